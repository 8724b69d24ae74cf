"""The train panel: curves, figures and pictures of a run, as it goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.pictures.empty import Empty
from netbuilder.app.panels.train.asides import BEGIN, Asides
from netbuilder.app.panels.train.compare import Compare
from netbuilder.app.panels.train.confusion import ConfusionView
from netbuilder.app.panels.train.figure_plot import FigurePlot
from netbuilder.app.panels.train.history import History
from netbuilder.app.panels.train.live_tiles import TILES, LiveTile
from netbuilder.app.panels.train.loss_plot import LossPlot
from netbuilder.app.panels.train.sample_tile import SampleTile
from netbuilder.app.panels.train.wording import title, whole
from netbuilder.app.session import Session
from netbuilder.app.theme import sizes
from netbuilder.app.widgets import Callout, CalloutKind, Link
from netbuilder.graph import Project
from netbuilder.training.events import EpochDone, Event, Failed, Finished, Started, Steps

REDRAW_MS, NEXT_MS = 66, 17
"""Ten redraws a second at most, and none while nothing changes or nobody looks. Each plot has
a frame of its own: together they would hold the canvas up."""

PARTS = "Parts of the loss"


class TrainPanel(QWidget):
    """Follows the session by itself; `show_run` shows a run of the past instead."""

    shown = Signal(str)
    """The run that is shown, in a few words for the row of tabs."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._live = History()
        self.history = self._live
        self._drawn = -1
        self._waiting: list[Callable[[], None]] = []
        self._subject = Subject()
        self._figures: dict[tuple[str, ...], FigurePlot] = {}
        self.confusion = ConfusionView()
        self.sample = SampleTile(session)
        self.tiles: list[LiveTile] = [*(make(session) for make in TILES), self.sample]
        self.empty = Empty(
            "Nothing has been trained yet.", "Run starts a run; its curves grow here."
        )
        self.callout = Callout("error", "")
        self.back = Link("Back to the run in progress", self.show_live)
        self.comparing = Compare(self.compare_with)
        self.ghost: History | None = None
        self.asides = Asides(session)
        self.beginnings, self.baselines = self.asides.beginnings, self.asides.baselines
        self.begin = self.asides.links[BEGIN]
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: session.moments.take("plots", self._draw_on))
        session.events.connect(self._take)
        session.document.settled.connect(self._edited)
        self.asides.turned.connect(self._turned)
        self._see(session.project)
        self.redraw()

    def _lay_out(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self._inside = QWidget()
        self._row = QHBoxLayout(self._inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(sizes.GAPS[4])
        self._row.addWidget(self.confusion)
        for tile in self.tiles:
            self._row.addWidget(tile, 2)
        self._scroll = _Across()
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self._scroll.setWidget(self._inside)
        self._inside.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        layout = QVBoxLayout(self)
        pad = sizes.PANEL_PADDING
        layout.setContentsMargins(pad, 8, pad, 0)  # the scroll bar has its room below
        layout.setSpacing(4)
        layout.addWidget(self.callout)
        layout.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        links = QHBoxLayout()
        links.setSpacing(16)
        links.addWidget(self.asides.bar)
        links.addWidget(self.comparing)
        links.addStretch(1)
        layout.addLayout(links)
        layout.addWidget(self.asides, 1)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.empty, 1)
        self.callout.hide()
        self.back.hide()

    @cached_property
    def loss(self) -> LossPlot:
        """Made for the first run that is shown: the window opens 0.4 s sooner without plots."""
        plot = LossPlot()
        self._row.insertWidget(0, plot, 3)
        return plot

    # --- what is shown -------------------------------------------------------------------

    def show_run(self, history: History) -> None:
        """Show the curves of a run of the past; a new run brings the panel back."""
        self.history = history
        self._drawn = -1
        self.asides.close_view()
        self.redraw()

    def show_live(self) -> None:
        """Back to the run in progress, or the last one here."""
        self.history = self._live
        self._drawn = -1
        self.asides.close_view()
        self.redraw()

    def compare_with(self, ghost: History | None) -> None:
        """Lay the curves of another run behind those that are shown; None takes them away."""
        self.ghost = ghost
        self.comparing.show_ghost(ghost.run if ghost is not None else "")
        self._drawn = -1
        self.redraw()

    @property
    def caption(self) -> str:
        """The run that is shown, for the row of tabs."""
        history = self.history
        seed = "" if history.seed is None else f" · seed {history.seed}"
        return f"{history.run}{seed}" if history.run else ""

    @property
    def figures(self) -> list[FigurePlot]:
        """The plots of figures that are shown, in order."""
        return [plot for plot in self._figures.values() if not plot.isHidden()]

    def _take(self, events: Sequence[Event]) -> None:
        for event in events:
            self._live.apply(event)
            if isinstance(event, Started):
                self.history = self._live
                self.asides.close_view()
                self._see(self._session.project)
        if any(isinstance(e, (Started, Steps, EpochDone, Finished, Failed)) for e in events):
            if not self._timer.isActive():
                self._timer.start(REDRAW_MS)
            for tile in self.tiles:
                if not tile.isHidden():
                    tile.refresh()

    def _turned(self) -> None:
        """Between what a run showed and a question about the network."""
        self._drawn = -1
        self.redraw()

    def _edited(self, project: Project) -> None:
        self.asides.refresh()
        if self._live.empty or self._live.ended:
            self._see(project)

    def _see(self, project: Project) -> None:
        """Find out what there is to show of a project."""
        subject = Subject.of(project)
        if subject.trouble or subject == self._subject:
            return
        self._subject = subject
        for tile in self.tiles:
            tile.show_subject(subject)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened unseen."""
        super().showEvent(event)
        self.redraw()
        self.asides.wake()

    # --- drawing -------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw what has changed, if anybody looks."""
        for draw in self._changed():
            draw()
        self._waiting = []

    def _draw_on(self) -> None:
        """Draw the next plot of those that have changed."""
        if not self._waiting:
            self._waiting = self._changed()
        if self._waiting:
            self._waiting.pop(0)()
        if self._waiting:
            self._timer.start(NEXT_MS)

    def _changed(self) -> list[Callable[[], None]]:
        """Show and hide what belongs here; what there is to draw, plot by plot."""
        history = self.history
        live = history is self._live
        begins = self.asides.shown is not None
        self.asides.bar.setVisible(live and (not history.run or history.ended))
        self.asides.setVisible(begins)
        self.comparing.setVisible(not history.empty and not begins)
        self.empty.setVisible(history.empty and not begins)
        self._scroll.setVisible(not history.empty and not begins)
        self.back.setVisible(not live and not self._live.empty and not self._live.ended)
        self._say_what_it_shows(history)
        for tile in self.tiles:
            seen = live and not history.empty and not begins and tile.suits(self._subject)
            if seen and tile.isHidden():
                tile.refresh()
            tile.setVisible(seen)
        if history.empty or history.revision == self._drawn or not self.isVisible():
            return []
        self._drawn = history.revision
        self.shown.emit(self.caption)
        return [self._show_loss, *self._show_figures(history), self._show_confusion]

    def _show_loss(self) -> None:
        self.loss.show_ghost(self.ghost)
        self.loss.show_history(self.history)

    def _show_confusion(self) -> None:
        history = self.history
        table = history.tables.get("confusion")
        square = table is not None and table.ndim == 2 and table.shape[0] == table.shape[1]
        self.confusion.setVisible(bool(square))
        if table is not None and square:
            names = self._subject.classes if len(self._subject.classes) == len(table) else ()
            self.confusion.show_counts(table, names, history.tables_of)

    def _say_what_it_shows(self, history: History) -> None:
        """Why it failed, or what a teacher would see in its curves."""
        found = history.diagnosis
        seen = found.sentence if found is not None else ""
        said = history.failure or " ".join(part for part in (seen, history.ending) if part)
        if said and said != self.callout.text():
            harmless = found is None or found.kind == "unfinished"
            kind: CalloutKind = "info" if harmless else "warning"
            self.callout.set_message("error" if history.failure else kind, said)
        self.callout.setVisible(bool(said) and self.asides.shown is None)

    def _show_figures(self, history: History) -> list[Callable[[], None]]:
        """The plots of what a run has figures of, each to be drawn."""
        parts = tuple(n for n in history.metrics if n in self._subject.losses)
        alone: dict[str, list[str]] = {}  # figures of one metric, class by class, are one plot
        for name in history.metrics:
            if name not in parts:
                alone.setdefault(whole(name), []).append(name)
        wanted = [tuple(names) for names in alone.values()]
        wanted += [parts] if parts else []
        # A VAE's parts are small beside one another; only a log scale shows both.
        for names in wanted:
            if names not in self._figures:
                heading = title(whole(names[0])) if len(names) > 1 else ""
                heading = PARTS if names == parts else heading
                plot = FigurePlot(names, heading, log_y=names == parts)
                self._figures[names] = plot
                self._row.insertWidget(self._row.indexOf(self.confusion), plot, 3)
        for names, plot in self._figures.items():
            plot.setVisible(names in wanted)
        return [partial(self._show_figure, self._figures[names]) for names in wanted]

    def _show_figure(self, plot: FigurePlot) -> None:
        plot.show_history(self.history)
        plot.show_ghost(self.ghost)


class _Across(QScrollArea):
    """Scrolls across. Its contents are as high whether there is a bar or not: the width of
    the matrix follows the height, so bar and matrix would call for each other for ever."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        bar = self.horizontalScrollBar().sizeHint().height()
        if (inside := self.widget()) is not None:
            inside.setFixedHeight(max(self.height() - bar, 1))
        super().resizeEvent(event)
