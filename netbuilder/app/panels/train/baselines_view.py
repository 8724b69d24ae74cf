"""Classical models on the same rows as the network, in one table, filled as they are fitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.session import Session
from netbuilder.app.theme import fonts, sizes
from netbuilder.app.widgets import Callout
from netbuilder.baselines import BASELINES
from netbuilder.engine.messages import Answer

#: The part that models are chosen by; the test rows are shown once a run has measured them.
JUDGED = "validation"
_NAMES = {"accuracy": "accuracy", "r2": "R²", "mae": "MAE"}


class BaselinesView(QWidget):
    """Asks for one model after the other, the best on the validation rows on top."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows: list[Mapping[str, Any]] = []
        self._left: list[str] = []
        self._asked_of: object = None
        self._ending = ""
        self.callout = Callout("info", "")
        self.table = QTableWidget(0, 0)
        self.table.setAccessibleName("Baselines beside the network")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setFrameShape(QTableWidget.Shape.NoFrame)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(sizes.LIST_ROW)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self.callout)
        layout.addWidget(self.table, 1)

    def refresh(self) -> None:
        """Fit them anew if the network or its weights are others than those in the table."""
        of = (self._session.project, self._session.run)
        if of == self._asked_of:
            return
        self._asked_of = of
        self.rows = []
        self._ending = ""
        self._left = ["network", *BASELINES]
        self._draw()
        self._next()

    def wake(self) -> None:
        """Somebody looks now: nothing waits here."""

    @property
    def busy(self) -> bool:
        """Whether a model is being fitted."""
        return bool(self._left)

    def _next(self) -> None:
        if not self._left:
            return
        name, of = self._left[0], self._asked_of
        self._session.ask(
            "baseline", {"name": name}, lambda answer: self._came(answer, of), key="baseline"
        )

    def _came(self, answer: Answer, of: object) -> None:
        if of != self._asked_of or not self._left:
            return  # of a network that was changed meanwhile
        name = self._left.pop(0)
        if answer.result is None:
            if name != "network":  # what refuses one refuses all
                self._left = []
                self._ending = answer.error or ""
        elif answer.result.get("row"):
            self.rows.append(answer.result["row"])
        self._draw()
        self._next()

    def _draw(self) -> None:
        done = len(BASELINES) - sum(name in BASELINES for name in self._left)
        if self._left:
            now = self._left[0]
            title = "This network" if now == "network" else BASELINES[now].title
            self.callout.set_message("info", f"{title} … {done} of {len(BASELINES)} fitted.")
        elif self._ending:
            self.callout.set_message("warning", self._ending)
        else:
            self.callout.set_message("ok", self._verdict())
        self._fill()

    def _verdict(self) -> str:
        best = next((r for r in self._sorted() if r["figures"]), None)
        network = next((r for r in self.rows if r["name"] == "network"), None)
        if best is None:
            return "Nothing could be fitted."
        if network is None:
            return f"{best['title']} is best so far; train the network to see it in this table."
        if best is network:
            return "The network is better than every baseline."
        return f"{best['title']} is as good as the network or better, and simpler."

    def _sorted(self) -> list[Mapping[str, Any]]:
        """The best on top; a baseline before a network that is no better."""

        def value(row: Mapping[str, Any]) -> tuple[float, bool]:
            figures = row["figures"].get(JUDGED) or row["figures"].get("train") or {}
            first = next(iter(figures.values()), float("-inf"))
            return (-first, row["name"] == "network")

        return sorted(self.rows, key=value)

    def _fill(self) -> None:
        rows = self._sorted()
        shown: Mapping[str, Any] = next((r["figures"] for r in rows if r["figures"]), {})
        columns = [(part, name) for part in shown for name in shown[part]]
        heads = [f"{part} {_NAMES.get(name, name)}" for part, name in columns]
        table = self.table
        table.setColumnCount(len(columns) + 3)
        table.setHorizontalHeaderLabels(["Model", *heads, "Seconds", ""])
        table.setRowCount(len(rows))
        for line, row in enumerate(rows):
            seconds = f"{row['seconds']:.2f}" if row["seconds"] else ""
            figures = [_number(row["figures"].get(part, {}).get(name)) for part, name in columns]
            for place, text in enumerate([row["title"], *figures, seconds, row["note"]]):
                item = QTableWidgetItem(text)
                if 0 < place <= len(columns) + 1:
                    item.setFont(fonts.mono())
                if place == 0 and row["name"] in BASELINES:
                    item.setToolTip(BASELINES[row["name"]].help)
                table.setItem(line, place, item)
        table.setVisible(bool(rows))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
