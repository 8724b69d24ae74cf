"""A list to choose from, with one sentence on the row that is meant."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from netbuilder.app.start.offers import Offer
from netbuilder.app.theme import icons, sizes

_ROWS = 7
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Listing(QListWidget):
    """Enter or a click takes a row, letters find one, Esc goes back."""

    taken = Signal(str)
    meant = Signal(str)
    back = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(16, 16))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(_ROWS * sizes.LIST_ROW + 4)
        self.itemClicked.connect(self._take)
        self.currentItemChanged.connect(self._means)

    def show_offers(self, offers: Iterable[Offer]) -> None:
        """List these, the first one chosen."""
        self.clear()
        for offer in offers:
            item = QListWidgetItem(icons.icon(offer.icon), offer.title)
            item.setData(Qt.ItemDataRole.UserRole, offer)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, offer.help)
            item.setSizeHint(QSize(0, sizes.LIST_ROW))
            self.addItem(item)
        self.setCurrentRow(0)

    @property
    def offer(self) -> Offer | None:
        """The row that is meant."""
        item = self.currentItem()
        found: Offer | None = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return found

    def _take(self, item: QListWidgetItem) -> None:
        self.taken.emit(item.data(Qt.ItemDataRole.UserRole).name)

    def _means(self, item: QListWidgetItem | None, _: QListWidgetItem | None) -> None:
        if item is not None:
            self.meant.emit(item.data(Qt.ItemDataRole.UserRole).name)

    def event(self, event: QEvent) -> bool:
        """Letters, arrows and Tab are the list's own before they are commands of the canvas."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            held = event.modifiers() & ~(
                Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
            )
            function = Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
            if held == Qt.KeyboardModifier.NoModifier and not function:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back.emit()
        elif event.key() in _ENTER and self.currentItem() is not None:
            self._take(self.currentItem())
        else:
            super().keyPressEvent(event)
