"""Look inside: choose a sample, see why the model answers as it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedLayout, QWidget

from netbuilder.app.panels.asking import LiveQuestion
from netbuilder.app.panels.look_inside.answer import WIDTH as ANSWER_WIDTH
from netbuilder.app.panels.look_inside.answer import AnswerView
from netbuilder.app.panels.look_inside.attention_view import AttentionView
from netbuilder.app.panels.look_inside.maps import FeatureMaps
from netbuilder.app.panels.look_inside.neighbours_view import NeighboursView
from netbuilder.app.panels.look_inside.predictions import Predictions
from netbuilder.app.panels.look_inside.samples import WIDTH, SampleStrip
from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.look_inside.why import Why, step_words
from netbuilder.app.panels.pictures.empty import Empty
from netbuilder.app.session import Session
from netbuilder.app.theme import colour, sizes, theme
from netbuilder.app.widgets import Chip
from netbuilder.graph import Project
from netbuilder.training.events import EpochDone, Event, Finished, Started

STRIP = 96
"""Samples in the strip: as many as a person looks through."""

TALL = 520
"""From this height on feature maps and attention have a row of their own."""

ROOMY = 1500
"""From this width on three of them stand side by side; before, one is chosen."""

NARROW = 1106
"""Below this width strip and answer give up some of theirs."""
NARROWEST = 990

INTERVAL_MS = 330

Side = Literal["maps", "attention", "neighbours"]


class LookInside(QWidget):
    """Follows the session by itself; works on fresh weights too."""

    sample_chosen = Signal(int)
    """Number of the sample within the validation split."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.subject = Subject()
        self.predictions = Predictions(self.subject)
        self._epoch = 0
        self._rows = 0
        self._due = True
        self._tall: bool | None = None
        self._roomy: bool | None = None
        self.strip = SampleStrip()
        self.why = Why(session)
        self.maps = FeatureMaps(session)
        self.attention = AttentionView(session)
        self.neighbours = NeighboursView(session)
        self.answer = AnswerView()
        self.empty = Empty("There is nothing to look into yet.")
        self.maps_chip = Chip("Feature maps", checkable=True)
        self.attention_chip = Chip("Attention", checkable=True)
        self.neighbours_chip = Chip("Neighbours", checkable=True)
        self._sides: dict[Side, tuple[Chip, QWidget]] = {
            "maps": (self.maps_chip, self.maps),
            "attention": (self.attention_chip, self.attention),
            "neighbours": (self.neighbours_chip, self.neighbours),
        }
        self._data = LiveQuestion(session, "data", self._data_came, 0, self.isVisible, self)
        self._predict = LiveQuestion(
            session, "predict", self._predicted, INTERVAL_MS, self.isVisible, self
        )
        self._lay_out()
        self.strip.chosen.connect(self._chosen)
        self.why.answered.connect(lambda result: self.answer.updated.setText(step_words(result)))
        for side, (chip, _) in self._sides.items():
            chip.clicked.connect(lambda _=False, side=side: self._show_side(side))
        session.events.connect(self._take)
        session.document.settled.connect(self._look_again)
        session.state_changed.connect(self._look_again)
        theme.changed.connect(self.update)
        self.look_at(session.project)

    def _lay_out(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.setMinimumWidth(NARROWEST)
        self._inside = QWidget()
        self._switch = QWidget()
        row = QHBoxLayout(self._switch)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for chip, _ in self._sides.values():
            row.addWidget(chip)
        row.addStretch(1)
        self._middle = QGridLayout()
        self._middle.setHorizontalSpacing(sizes.GAPS[4])
        self._middle.setVerticalSpacing(8)
        columns = QHBoxLayout(self._inside)
        columns.setContentsMargins(sizes.PANEL_PADDING, 8, sizes.PANEL_PADDING, 8)
        columns.setSpacing(sizes.GAPS[4])
        columns.addWidget(self.strip)
        columns.addLayout(self._middle, 1)
        columns.addWidget(self.answer)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._inside)
        self._pages.addWidget(self.empty)
        self._arrange()

    # --- what is looked at ---------------------------------------------------------------

    def look_at(self, project: Project) -> None:
        """Look into another project, or another version of it."""
        subject = Subject.of(project)
        if subject.trouble:
            # A half-wired network is an everyday sight: what was shown stays.
            if self.subject.kind == "none" and not self.subject.embeddings:
                self.empty.say("There is nothing to look into yet.", subject.trouble)
                self._pages.setCurrentWidget(self.empty)
            return
        if subject != self.subject:
            self.subject = subject
            self._start_over()
        else:
            self.refresh()

    def _look_again(self, _: object) -> None:
        """At what is asked about: the project in training, whatever is opened meanwhile."""
        self.look_at(self._session.project)

    def _start_over(self) -> None:
        subject = self.subject
        self.predictions, self._epoch, self._rows = Predictions(subject), 0, 0
        self._data.forget()
        self._predict.forget()
        self.answer.clear()
        self.answer.updated.setText("")
        for part in (self.why, self.maps, self.attention, self.neighbours):
            part.show_subject(subject)
        explained = subject.kind != "none"
        for beside in (self.strip, self.why, self.answer):
            beside.setVisible(explained)
        self.strip.show_predictions(self.predictions)
        if not explained and not subject.embeddings:
            self.empty.say(
                "This network takes nothing that can be looked into.",
                "Pictures, tables, points, series and texts can be; see Train for what it makes.",
            )
            self._pages.setCurrentWidget(self.empty)
            return
        self._pages.setCurrentWidget(self._inside)
        self._show_side("attention")
        self.neighbours.ask()
        if explained:
            self._data.ask(samples=1)

    def refresh(self) -> None:
        """Ask everything anew, as soon as somebody looks."""
        self.neighbours.ask()
        if self.subject.kind == "none" or not self._rows:
            return
        rows = list(range(min(STRIP, self._rows)))
        self._predict.ask(part="validation", rows=rows)

    def show_node(self, node_id: str) -> None:
        """Show the feature maps of a node, for instance of the one selected on the canvas."""
        self._show_side("maps")
        self.maps.show_node(node_id)

    def _chosen(self, sample: int) -> None:
        if 0 <= sample < len(self.predictions):
            self._explain(sample)
            self.sample_chosen.emit(sample)

    def _explain(self, sample: int) -> None:
        self.answer.show_answer(self.predictions, sample)
        self.why.show_sample(self.predictions, sample)
        arguments: dict[str, Any] = {"part": "validation", "sample": sample}
        if self.subject.maps:
            self.maps.ask(dict(arguments))
        if self.subject.attends:
            self.attention.ask(dict(arguments))

    # --- answers and events --------------------------------------------------------------

    def _data_came(self, result: Mapping[str, Any] | None, error: str) -> None:
        if result is None:
            self.empty.say("The data set cannot be read.", error)
            self._pages.setCurrentWidget(self.empty)
            return
        self._rows = int(result["parts"].get("validation", 0))
        if not self._rows:
            why = result.get("trouble", "Give the project a validation split in its settings.")
            self.empty.say("There are no validation samples to look at.", why)
            self._pages.setCurrentWidget(self.empty)
            return
        summary = result["fields"].get(self.subject.field) or {}
        self.why.show_columns(tuple(summary.get("columns", ())))
        self.refresh()

    def _predicted(self, result: Mapping[str, Any] | None, error: str) -> None:
        if result is None:
            self.empty.say("The network cannot answer as it is.", error)
            self._pages.setCurrentWidget(self.empty)
            return
        self._pages.setCurrentWidget(self._inside)
        self.predictions.take(result, self._epoch)
        self.answer.updated.setText(step_words(result))
        self.strip.show_predictions(self.predictions, self._rows)
        self._explain(min(self.strip.sample, len(self.predictions) - 1))

    def _take(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Started):
                self._epoch = 0
                self.look_at(self._session.project)
            elif isinstance(event, EpochDone):
                self._epoch = event.epoch
        if any(isinstance(e, (Started, EpochDone, Finished)) for e in events):
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask what waited for somebody to look."""
        super().showEvent(event)
        self._data.wake()
        self._predict.wake()

    # --- arrangement ---------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One row in the dock, two in the whole window; two columns of samples if narrow."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.strip.setFixedWidth(2 * 46 + 14 if narrow else WIDTH)
        self.answer.setFixedWidth(ANSWER_WIDTH - 24 if narrow else ANSWER_WIDTH)
        self._arrange()

    def _arrange(self) -> None:
        tall = self.height() >= TALL
        roomy = self.width() >= ROOMY
        if (tall, roomy) == (self._tall, self._roomy):
            return
        self._tall, self._roomy = tall, roomy
        grid = self._middle
        views = [view for _, view in self._sides.values()]
        for part in (self._switch, self.why, *views):
            grid.removeWidget(part)
        if tall:
            grid.addWidget(self.why, 0, 0, 1, len(views))
            grid.addWidget(self._switch, 1, 0, 1, len(views))
            stretches = (3, 0, 4)
        else:
            grid.addWidget(self.why, 0, 0, 2, 1)
            grid.addWidget(self._switch, 0, 1)
            stretches = (0, 1, 0)
        for column, view in enumerate(views):
            grid.addWidget(view, 2 if tall else 1, column if tall else 1)
        for row, stretch in enumerate(stretches):
            grid.setRowStretch(row, stretch)
        chosen = [side for side, (chip, _) in self._sides.items() if chip.isChecked()]
        self._show_side(chosen[0] if chosen else "attention")

    def _show_side(self, wanted: Side) -> None:
        """One of the parts at the side of the explanation, or all where there is room below."""
        s = self.subject
        explained = s.kind != "none"  # maps and attention are of a sample
        there: dict[Side, bool] = {
            "maps": explained and bool(s.maps),
            "attention": explained and s.attends,
            "neighbours": bool(s.embeddings),
        }
        sides = [side for side in self._sides if there[side]]
        shown = wanted if wanted in sides else next(iter(sides), None)
        all_ = bool(self._tall) and (bool(self._roomy) or len(sides) < len(self._sides))
        for column, (side, (chip, view)) in enumerate(self._sides.items()):
            seen = there[side] and (all_ or side == shown)
            chip.setChecked(side == shown)
            chip.setVisible(there[side])
            view.setVisible(seen)
            # Where there is nothing to show, the others have all the room.
            share = 4 if side == "attention" else 3
            self._middle.setColumnStretch(column, share if self._tall and seen else 0)
        self._switch.setVisible(len(sides) > 1 and not all_)
        if not self._tall:
            self._middle.setColumnStretch(0, 1 if explained else 0)
            self._middle.setColumnStretch(1, 1 if sides else 0)
        elif not sides:
            self._middle.setColumnStretch(0, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line beside the strip and before the answer."""
        super().paintEvent(event)
        if self._pages.currentWidget() is not self._inside or self.strip.isHidden():
            return
        painter = QPainter(self)
        gap = sizes.GAPS[4] // 2
        for x in (self.strip.geometry().right() + gap, self.answer.geometry().left() - gap):
            painter.fillRect(x, 0, 1, self.height(), colour("line"))
