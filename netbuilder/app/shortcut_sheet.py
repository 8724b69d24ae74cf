"""Every key on one sheet, read from the very actions that it does; searchable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QTreeWidget, QVBoxLayout, QWidget

from netbuilder.app.command_tree import CommandTree
from netbuilder.app.widgets import Link


class ShortcutSheet(QDialog):
    """The commands that have keys; a link leads to where they are changed."""

    change_wanted = Signal()

    def __init__(self, parent: QWidget, groups: Mapping[str, Sequence[QAction]]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Every key")
        self.resize(460, 560)
        self.commands = CommandTree(groups)
        self.commands.tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.change = Link("Change keys …", self._change)
        layout = QVBoxLayout(self)
        layout.addWidget(self.commands, 1)
        layout.addWidget(self.change, 0, Qt.AlignmentFlag.AlignLeft)
        self.commands.setFocus()

    def _change(self) -> None:
        self.close()
        self.change_wanted.emit()
