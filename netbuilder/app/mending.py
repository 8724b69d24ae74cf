"""Ctrl+. mends the problem that a person looks at: of the list of problems, or of the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from netbuilder.app.canvas import CanvasView
from netbuilder.app.panels.places import block_of
from netbuilder.app.panels.problems import ProblemsPanel
from netbuilder.app.widgets import ChoiceMenu
from netbuilder.compiler.report import Problem


class Mending:
    """Applies a fix of the current problem; where it has several, a small menu asks which."""

    def __init__(self, canvas: CanvasView, panel: ProblemsPanel) -> None:
        self._canvas, self._panel = canvas, panel
        self.menu: ChoiceMenu | None = None

    def mend(self) -> None:
        """Mend the current row, the selected node, or the only thing that is wrong."""
        if self._panel.list.hasFocus() and self._panel.current is not None:
            self._apply([self._panel.current], self._panel.list, self._panel.place_of_current())
            return
        canvas = self._canvas
        here = self._of_selection()
        if canvas.selected and not here:
            canvas.refused.emit("Nothing is wrong with what is selected.")
            return
        node = next((p.node for p in here if p.fixes), None)
        at = canvas.rect().center()
        if node is not None:
            at = canvas.mapFromScene(canvas.canvas.nodes[node].box).boundingRect().bottomLeft()
        problems = here or list(canvas.document.check.problems)
        self._apply(problems, canvas, canvas.viewport().mapToGlobal(at))

    def _of_selection(self) -> list[Problem]:
        """What is wrong with the selected nodes, errors first."""
        canvas = self._canvas
        block, chosen = block_of(canvas.place), canvas.selected
        return [p for p in canvas.document.check.problems if p.block == block and p.node in chosen]

    def _apply(self, problems: Sequence[Problem], parent: QWidget, at: QPoint) -> None:
        canvas = self._canvas
        mended = next((p for p in problems if p.fixes), None)
        if not problems:
            canvas.refused.emit("Nothing is wrong here.")
        elif mended is None:
            canvas.refused.emit(f"This has no remedy of one click: {problems[0].message}")
        elif len(mended.fixes) == 1:
            canvas.apply_fix(mended.fixes[0])
        else:
            rows = [(fix.label, partial(canvas.apply_fix, fix)) for fix in mended.fixes]
            self.menu = ChoiceMenu(parent, rows, at)
