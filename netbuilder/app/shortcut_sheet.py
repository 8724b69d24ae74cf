"""Every key on one sheet, read from the very actions that it does; searchable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.theme import fonts


class ShortcutSheet(QDialog):
    """Groups of commands with their keys; typing keeps those whose words or keys match."""

    def __init__(self, parent: QWidget, groups: Mapping[str, Sequence[QAction]]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Every key")
        self.resize(460, 560)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Type a command or a key")
        self.field.setClearButtonEnabled(True)
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.setAccessibleName("Commands and their keys")
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        layout.addWidget(self.tree, 1)
        for title, actions in groups.items():
            self._add(title, actions)
        self.tree.expandAll()
        self.field.textChanged.connect(self._filter)
        self.field.setFocus()

    def _add(self, title: str, actions: Sequence[QAction]) -> None:
        group = QTreeWidgetItem([title])
        group.setFont(0, fonts.title())
        for action in actions:
            if keys := keys_of(action):
                row = QTreeWidgetItem([action.text().replace("&", ""), keys])
                row.setFont(1, fonts.caption())
                group.addChild(row)
        if group.childCount():
            self.tree.addTopLevelItem(group)

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for group in self._groups():
            rows = _rows(group)
            for row in rows:
                said = f"{row.text(0)} {row.text(1)}".lower()
                row.setHidden(not all(word in said for word in words))
            group.setHidden(all(row.isHidden() for row in rows))

    def _groups(self) -> list[QTreeWidgetItem]:
        found = (self.tree.topLevelItem(i) for i in range(self.tree.topLevelItemCount()))
        return [group for group in found if group is not None]

    def shown(self) -> list[tuple[str, str]]:
        """The commands in sight, with their keys."""
        rows = [row for group in self._groups() for row in _rows(group)]
        return [(row.text(0), row.text(1)) for row in rows if not row.isHidden()]


def _rows(group: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    found = (group.child(n) for n in range(group.childCount()))
    return [row for row in found if row is not None]


def keys_of(action: QAction) -> str:
    """The keys of an action as they stand on the keyboard."""
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(key.toString(native) for key in action.shortcuts())
