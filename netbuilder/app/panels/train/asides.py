"""What can be asked of a network beside its curves: a link for each question, then its answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from netbuilder.app.panels.train.baselines_view import BaselinesView
from netbuilder.app.panels.train.beginnings_view import BeginningsView
from netbuilder.app.panels.train.playground_view import PlaygroundView
from netbuilder.app.panels.train.rehearsal_view import OneBatchView, RateView
from netbuilder.app.panels.train.search_view import SearchView
from netbuilder.app.session import Session
from netbuilder.app.widgets import Link

BEGIN, CURVES = "How do the weights begin?", "Back to what training shows"
BASELINES = "Compare with baselines"
RACE = "Optimiser playground"
SEARCH = "Search for parameters"
RATE, BATCH = "Find a learning rate", "Overfit one batch"


class Aside(Protocol):
    """A view that takes the place of the curves while somebody looks."""

    def refresh(self) -> None:
        """Ask anew; the network may have changed."""

    def wake(self) -> None:
        """Somebody looks now."""


class Asides(QWidget):
    """The view that was chosen; `bar` is the row of links that choose."""

    turned = Signal()
    """Another view is shown, or none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.beginnings = BeginningsView(session)
        self.baselines = BaselinesView(session)
        self.playground = PlaygroundView(session)
        self.rate, self.one_batch = RateView(session), OneBatchView(session)
        self.search = SearchView(session)
        self._views: dict[str, QWidget] = {
            BEGIN: self.beginnings,
            RATE: self.rate,
            BATCH: self.one_batch,
            SEARCH: self.search,
            BASELINES: self.baselines,
            RACE: self.playground,
        }
        self.shown: QWidget | None = None
        self.links: dict[str, Link] = {}
        self.bar = QWidget()
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for words in self._views:
            self.links[words] = Link(words, partial(self._turn, words))
            row.addWidget(self.links[words])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for view in self._views.values():
            layout.addWidget(view, 1)
            view.hide()
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)

    def close_view(self) -> None:
        """Back to the curves."""
        if self.shown is not None:
            self._show(None)

    def refresh(self) -> None:
        """The network has changed."""
        self._told(lambda view: view.refresh())

    def wake(self) -> None:
        """Somebody looks now."""
        self._told(lambda view: view.wake())

    def _turn(self, words: str) -> None:
        """Show the view behind a link; the same link leads back."""
        view = self._views[words]
        self._show(None if self.shown is view else view)
        if self.shown is view:
            self.refresh()

    def _show(self, wanted: QWidget | None) -> None:
        self.shown = wanted
        for words, view in self._views.items():
            view.setVisible(view is wanted)
            link = self.links[words]
            link.setText(CURVES if view is wanted else words)
            link.setVisible(wanted is None or view is wanted)
        self.turned.emit()

    def _told(self, what: Callable[[Aside], None]) -> None:
        if self.shown is not None:
            what(self.shown)  # type: ignore[arg-type]
