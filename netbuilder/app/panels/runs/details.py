"""Beside the list of runs: their curves, in what two differ, notes, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from netbuilder.app.panels.runs.difference_view import DifferenceView
from netbuilder.app.panels.runs.notes import Notes
from netbuilder.app.panels.runs.overlay import Overlay
from netbuilder.app.panels.runs.queue import RunQueue
from netbuilder.app.panels.runs.queue_view import QueueView
from netbuilder.app.session import Session

PAGES = ("Curves", "Differences", "Notes", "Queue")


class Details(QWidget):
    """Four pages about the selected runs; only the one in sight is filled."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.overlay, self.difference, self.notes = Overlay(), DifferenceView(), Notes()
        self.queue = RunQueue(session, self)
        self.waiting = QueueView(self.queue)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("About the selected runs")
        self.pages = QStackedWidget()
        for words, page in zip(
            PAGES, (self.overlay, self.difference, self.notes, self.waiting), strict=True
        ):
            self.tabs.addTab(words)
            self.pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.tabs)
        layout.addWidget(self.pages, 1)
        self._runs: tuple[Path, ...] = ()
        self._chosen: Path | None = None
        self.tabs.currentChanged.connect(self._turn)
        self.queue.changed.connect(self._count)

    def show_runs(self, folders: Sequence[Path], chosen: Path | None) -> None:
        """Be about these runs; notes are of the chosen one."""
        self._runs, self._chosen = tuple(folders), chosen
        self._fill()

    def turn_to(self, page: str) -> None:
        """Show a page by its name."""
        self.tabs.setCurrentIndex(PAGES.index(page))

    def _turn(self, place: int) -> None:
        self.pages.setCurrentIndex(place)
        self._fill()

    def _fill(self) -> None:
        self.notes.show_run(self._chosen)
        if not self.isVisible():
            return
        page = self.pages.currentWidget()
        if page is self.overlay:
            self.overlay.show_runs(self._runs)
        elif page is self.difference:
            self.difference.show_runs(self._runs)

    def _count(self) -> None:
        left = sum(item.state == "waiting" for item in self.queue.items)
        self.tabs.setTabText(PAGES.index("Queue"), f"Queue ({left})" if left else "Queue")
