"""A small menu that asks which of several things to do; a figure, or Enter, chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from netbuilder.app.widgets.menu import Menu

#: Entries that can be chosen by a figure.
FIGURES = 9


class ChoiceMenu(Menu):
    """Its first row is chosen; Esc leaves all as it is. Its figures are no commands meanwhile."""

    def __init__(
        self, parent: QWidget, rows: Sequence[tuple[str, Callable[[], object]]], at: QPoint
    ) -> None:
        """Open at a point of the screen; a row is its words and what it does."""
        super().__init__(parent)
        for n, (words, effect) in enumerate(rows, start=1):
            figure = f"&{n}  " if n <= FIGURES else "     "
            action = self.addAction(figure + words.replace("&", "&&"))
            action.triggered.connect(partial(_do, effect))
        self.aboutToHide.connect(self.deleteLater)
        self.setActiveAction(self.actions()[0])
        self.popup(at)


def _do(effect: Callable[[], object], checked: bool = False) -> None:
    effect()
