"""The problems of a project as a list model, errors first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from netbuilder.compiler.report import Problem

PROBLEM_ROLE = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex


class ProblemsModel(QAbstractListModel):
    """One row a problem; rows stay where they are while the words stay the same."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems: list[Problem] = []

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Show these problems, errors before warnings."""
        found = sorted(problems, key=lambda p: p.severity != "error")
        if [_words(p) for p in found] == [_words(p) for p in self._problems]:
            # Remedies hold functions, which are new in every check.
            self._problems = found
            return
        self.beginResetModel()
        self._problems = found
        self.endResetModel()

    def problem(self, index: Index) -> Problem:
        """The problem of a row."""
        return self._problems[index.row()]

    def find(self, words: tuple[object, ...]) -> QModelIndex:
        """The row of a problem with these words (see `words`), or an invalid index."""
        for row, problem in enumerate(self._problems):
            if _words(problem) == words:
                return self.index(row)
        return QModelIndex()

    def words(self, index: Index) -> tuple[object, ...]:
        """What identifies the problem of a row from one check to the next."""
        return _words(self.problem(index))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._problems)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        problem = self.problem(index)
        if role == PROBLEM_ROLE:
            return problem
        if role == Qt.ItemDataRole.DisplayRole:
            return problem.message
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{problem.message}\n{where(problem)}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            remedies = "".join(f" Remedy: {fix.label}." for fix in problem.fixes)
            kind = problem.severity.capitalize()
            return f"{kind}: {problem.message} {where(problem)}.{remedies}"
        return None


def where(problem: Problem) -> str:
    """Where a problem is, in words."""
    if problem.node is None:
        return "the whole project" if problem.block is None else f"block {problem.block}"
    return problem.node if problem.block is None else f"{problem.node} in {problem.block}"


def _words(problem: Problem) -> tuple[object, ...]:
    return (
        problem.severity,
        problem.message,
        problem.node,
        problem.block,
        tuple(fix.label for fix in problem.fixes),
    )
