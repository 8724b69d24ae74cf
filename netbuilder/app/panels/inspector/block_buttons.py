"""Commands about blocks where they are looked for: beneath the name of one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget


class BlockButtons(QWidget):
    """Small buttons in a row; `wanted` tells the name of the canvas's command."""

    wanted = Signal(str)

    def __init__(self, names: dict[str, str], parent: QWidget | None = None) -> None:
        """names: words on the button by the command."""
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 6)
        self.buttons: dict[str, QPushButton] = {}
        for name, words in names.items():
            button = self.buttons[name] = QPushButton(words)
            button.setProperty("small", True)
            button.clicked.connect(partial(self.wanted.emit, name))
            row.addWidget(button)
        row.addStretch(1)
