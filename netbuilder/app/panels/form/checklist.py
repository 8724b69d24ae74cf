"""All of something, or the ones that are ticked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from netbuilder.app.panels.form.controls import ChoiceField
from netbuilder.app.theme import fonts, sizes

_ROWS = 6
"""Rows seen at once; more scroll."""


class Checklist(QWidget):
    """Choose all, or tick names in a list beneath. None stands for all."""

    chosen = Signal(object)
    """None, or a tuple of the ticked names in the order of the list."""

    def __init__(self, all_text: str, some_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.which = ChoiceField([(all_text, "all"), (some_text, "some")])
        self.list = QListWidget()
        self.list.setFont(fonts.panel_mono())
        self.list.setUniformItemSizes(True)
        self._names: tuple[str, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(4)
        layout.addWidget(self.which)
        layout.addWidget(self.list)
        self.setFocusProxy(self.which)
        self.which.chosen.connect(self._which_chosen)
        self.list.itemChanged.connect(self._tick_changed)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.which.setAccessibleName(name)
        self.list.setAccessibleName(f"{name}, list")

    def show_choice(self, names: Sequence[str], chosen: tuple[str, ...] | None) -> None:
        """Show which of these names are chosen; names that are gone stay to be unticked."""
        self.list.blockSignals(True)
        every = (*names, *(n for n in chosen or () if n not in names))
        if every != self._names:
            self._names = every
            self.list.clear()
            for name in every:
                item = QListWidgetItem(name, self.list)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable
                              | Qt.ItemFlag.ItemIsSelectable)  # fmt: skip
                item.setSizeHint(QSize(0, sizes.LIST_ROW))
                item.setToolTip(name)
        for row, name in enumerate(every):
            ticked = chosen is None or name in chosen
            state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
            self.list.item(row).setCheckState(state)
        self.list.blockSignals(False)
        self.which.show_value("all" if chosen is None else "some")
        rows = min(max(len(every), 1), _ROWS)
        self.list.setFixedHeight(rows * sizes.LIST_ROW + 2 * self.list.frameWidth() + 2)
        self.list.setVisible(chosen is not None)

    def _which_chosen(self, which: object) -> None:
        self.chosen.emit(None if which == "all" else self._names)

    def _tick_changed(self) -> None:
        ticked = tuple(
            name
            for row, name in enumerate(self._names)
            if self.list.item(row).checkState() == Qt.CheckState.Checked
        )
        self.chosen.emit(ticked)
