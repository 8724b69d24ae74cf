"""Everything the compiler objects to, each with its remedies."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder.app.document import Document
from netbuilder.app.panels.places import apply_fix
from netbuilder.app.panels.problems.list import EMPTY, HINT, ProblemsList
from netbuilder.app.panels.problems.model import ProblemsModel
from netbuilder.app.theme import sizes
from netbuilder.compiler.report import Check, Problem


class ProblemsPanel(QWidget):
    """reveal(block, node): show this node; block is None for the top graph.
    counted(errors, warnings): for the badge of the tab. told(sentence): a remedy that
    could not be applied says why.
    """

    reveal = Signal(object, str)
    counted = Signal(int, int)
    told = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.model = ProblemsModel(self)
        self.list = ProblemsList(self.model)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.setAutoFillBackground(True)
        self.list.viewport().setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.counts = (0, 0)
        self.list.revealed.connect(self._reveal)
        self.list.fix_wanted.connect(self._fix)
        document.checked.connect(self._show)
        self._show(document.check)

    def _show(self, check: Check) -> None:
        current = self.list.currentIndex()
        words = self.model.words(current) if current.isValid() else None
        self.model.set_problems(check.problems)
        if words is not None and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.find(words))
        errors = len(check.errors)
        warnings = len(check.problems) - errors
        self.list.setAccessibleDescription(EMPTY if not check.problems else HINT)
        if (errors, warnings) != self.counts:
            self.counts = (errors, warnings)
            self.counted.emit(errors, warnings)

    @property
    def current(self) -> Problem | None:
        """The problem of the current row."""
        index = self.list.currentIndex()
        return self.model.problem(index) if index.isValid() else None

    def place_of_current(self) -> QPoint:
        """Below the sentence of the current row, on the screen."""
        row = self.list.visualRect(self.list.currentIndex())
        return self.list.viewport().mapToGlobal(row.bottomLeft() + QPoint(sizes.PANEL_PADDING, 0))

    def _reveal(self, problem: Any) -> None:
        if problem.node is not None:
            self.reveal.emit(problem.block, problem.node)

    def _fix(self, fix: Any) -> None:
        why_not = apply_fix(self._document, fix)
        if why_not:
            self.told.emit(why_not)
