"""The list of layers: folds by family, is dragged from, and answers to the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QMenu, QTreeView, QWidget

from netbuilder.app.panels.palette.delegate import ENTRY_X, PaletteDelegate
from netbuilder.app.panels.palette.entries import Entry
from netbuilder.app.panels.palette.model import PaletteModel
from netbuilder.app.panels.palette.name_field import NameField
from netbuilder.app.theme import colour, fonts, icons, sizes


class PaletteTree(QTreeView):
    """Double-click or Enter on an entry emits `chosen`; on a family it folds or unfolds."""

    chosen = Signal(str)
    """The kind to place."""
    forget_wanted = Signal(str)
    """One of the person's own blocks is to be taken out."""

    def __init__(self, model: PaletteModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self._delegate = PaletteDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(False)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Layers")
        #: Gives a block of the person's own another name; returns why that cannot be.
        self.rename: Callable[[str, str], str] = lambda old, new: ""
        self.activated.connect(self._activated)

    def _activated(self, index: QModelIndex) -> None:
        entry = self._model.entry(index)
        if entry is not None:
            self.chosen.emit(entry.kind)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        super().mouseReleaseEvent(event)
        # A family folds on one click anywhere on its row, not only on its small arrow.
        left = event.button() == Qt.MouseButton.LeftButton
        if left and index.isValid() and index == self.currentIndex() and self._folds(index):
            self.setExpanded(index, not self.isExpanded(index))

    def _folds(self, index: QModelIndex) -> bool:
        return self._model.entry(index) is None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() in keys and index.isValid():
            if self._folds(index):
                self.setExpanded(index, not self.isExpanded(index))
            else:
                self._activated(index)
            event.accept()
            return
        if event.key() == Qt.Key.Key_F2 and self._model.is_mine(index):
            self.start_rename(index)
            return
        entry = self._model.entry(index)
        deletes = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if deletes and entry is not None and self._model.is_mine(index):
            self.forget_wanted.emit(entry.title)
            event.accept()
            return
        super().keyPressEvent(event)

    def start_rename(self, index: QModelIndex) -> None:
        """Ask for another name of one of the person's own blocks, in its row."""
        entry = self._model.entry(index)
        if entry is not None:
            row = self.visualRect(index).adjusted(ENTRY_X - 5, 0, -6, 0)
            accept = partial(self._renamed, entry.title)
            NameField(self.viewport(), row, entry.title, accept)

    def _renamed(self, old: str, new: str) -> str:
        return self.rename(old, new)

    def menu_at(self, index: QModelIndex) -> QMenu | None:
        """What the right button offers on an entry: place it; rename or delete one's own."""
        entry = self._model.entry(index)
        if entry is None:
            return None
        menu = QMenu(self)
        place = menu.addAction(icons.icon("add"), "Place it")
        place.triggered.connect(partial(self.chosen.emit, entry.kind))
        if self._model.is_mine(index):
            menu.addSeparator()
            rename = menu.addAction(icons.icon("edit"), "Rename")
            rename.triggered.connect(partial(self.start_rename, index))
            forget = menu.addAction(icons.icon("delete"), "Delete from My blocks")
            forget.triggered.connect(partial(self.forget_wanted.emit, entry.title))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if keyboard else self.indexAt(event.pos())
        menu = self.menu_at(index)
        if menu is not None:
            self.setCurrentIndex(index)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            corner = self.visualRect(index).bottomLeft()
            menu.popup(self.viewport().mapToGlobal(corner) if keyboard else event.globalPos())

    def startDrag(self, actions: Qt.DropAction) -> None:
        entry = self._model.entry(self.currentIndex())
        if entry is None:
            return
        drag = QDrag(self)
        drag.setMimeData(self._model.mimeData([self.currentIndex()]))
        picture = drag_picture(entry, self.devicePixelRatioF())
        drag.setPixmap(picture)
        drag.setHotSpot(QPoint(sizes.NODE_TITLE_X, sizes.NODE_HEADER // 2))
        drag.exec(actions, Qt.DropAction.CopyAction)


def drag_picture(entry: Entry, ratio: float) -> QPixmap:
    """What hangs at the pointer during a drag: the header of the node to be."""
    width, height = sizes.NODE_WIDTH, sizes.NODE_HEADER
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour("accent"), 1))
    painter.setBrush(colour("node_head"))
    inside = QRectF(0.5, 0.5, width - 1, height - 1)
    painter.drawRoundedRect(inside, sizes.RADIUS_NODE, sizes.RADIUS_NODE)
    icon = icons.FAMILY_ICON.get(entry.family, icons.FAMILY_ICON["Unknown"])
    side = sizes.NODE_ICON
    icons.paint(painter, icon, "text2", QRectF(sizes.NODE_ICON_X, (height - side) / 2, side, side))
    painter.setFont(fonts.title())
    painter.setPen(colour("text"))
    room = QRectF(sizes.NODE_TITLE_X, 0, width - sizes.NODE_TITLE_X - 6, height)
    title = painter.fontMetrics().elidedText(
        entry.title, Qt.TextElideMode.ElideRight, int(room.width())
    )
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
    painter.end()
    return picture
