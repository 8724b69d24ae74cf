"""Commands by group with their keys, and a field that finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.theme import fonts
from netbuilder.app.theme.keycaps import caps

_ACTION = Qt.ItemDataRole.UserRole


class CommandTree(QWidget):
    """Typing keeps the commands whose words or keys match; `keyless` lists those without too."""

    def __init__(self, groups: Mapping[str, Sequence[QAction]], keyless: bool = False) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setPlaceholderText("Type a command or a key")
        self.field.setAccessibleName("Find a command")
        self.field.setClearButtonEnabled(True)
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(False)
        self.tree.setAccessibleName("Commands and their keys")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.field)
        layout.addWidget(self.tree, 1)
        for title, actions in groups.items():
            self._add(title, actions, keyless)
        self.refresh()
        self.tree.expandAll()
        self.field.textChanged.connect(self._filter)
        self.setFocusProxy(self.field)

    def _add(self, title: str, actions: Sequence[QAction], keyless: bool) -> None:
        group = QTreeWidgetItem([title])
        group.setFont(0, fonts.title())
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        for action in actions:
            if keyless or action.shortcuts():
                row = QTreeWidgetItem([action.text().replace("&", ""), ""])
                row.setData(0, _ACTION, action)
                row.setFont(1, fonts.caption())
                group.addChild(row)
        if group.childCount():
            self.tree.addTopLevelItem(group)

    def refresh(self) -> None:
        """Read the keys of the actions anew."""
        for row in self.rows():
            if (action := action_of(row)) is not None:
                row.setText(1, caps(action.shortcuts()))

    def rows(self) -> Iterator[QTreeWidgetItem]:
        """Every command's row, from the top."""
        for group in self._groups():
            yield from _children(group)

    def shown(self) -> list[tuple[str, str]]:
        """The commands in sight, with their keys."""
        return [(row.text(0), row.text(1)) for row in self.rows() if not row.isHidden()]

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for group in self._groups():
            rows = _children(group)
            for row in rows:
                said = f"{row.text(0)} {row.text(1)}".lower()
                row.setHidden(not all(word in said for word in words))
            group.setHidden(all(row.isHidden() for row in rows))

    def _groups(self) -> list[QTreeWidgetItem]:
        found = (self.tree.topLevelItem(i) for i in range(self.tree.topLevelItemCount()))
        return [group for group in found if group is not None]


def action_of(row: QTreeWidgetItem) -> QAction | None:
    """The command of a row; None for the title of a group."""
    action = row.data(0, _ACTION)
    return action if isinstance(action, QAction) else None


def _children(group: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    found = (group.child(n) for n in range(group.childCount()))
    return [row for row in found if row is not None]
