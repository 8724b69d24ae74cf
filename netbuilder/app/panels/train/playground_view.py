"""Optimisers racing on a small surface: choose who, from where, and watch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.panels.form.controls import ChoiceField, TextField
from netbuilder.app.panels.train.race_map import DASHES, Path, RaceMap
from netbuilder.app.session import Session
from netbuilder.app.theme import icons, sizes
from netbuilder.app.widgets import Callout
from netbuilder.engine.messages import Answer
from netbuilder.graph import Optimiser
from netbuilder.playground import SURFACES, Surface
from netbuilder.training.settings import ALGORITHMS

if TYPE_CHECKING:
    from netbuilder.app.theme.plot_widget import Plot

STEPS = 200
FRAME_MS = 33
#: Seconds that a whole race takes on the screen.
SECONDS = 4.0
#: In the colours of `CLASS_COLOURS`, in their order.
_TOKENS = ("image", "sequence", "vector", "loss", "label", "warn")
#: Racers at first: name, algorithm, settings, how its rate compares with the surface's.
RACERS: tuple[tuple[str, str, Mapping[str, Any], float], ...] = (
    ("SGD", "sgd", {}, 1.0),
    ("Momentum", "sgd", {"momentum": 0.9}, 0.5),
    ("Nesterov", "sgd", {"momentum": 0.9, "nesterov": True}, 0.5),
    ("RMSprop", "rmsprop", {}, 1.0),
    ("Adam", "adam", {}, 3.0),
    ("Adagrad", "adagrad", {}, 10.0),
)
#: Those that are given a scale by their own gradients move by about their rate each step.
_LEAST_RATE = {"rmsprop": 0.02, "adam": 0.1, "adagrad": 0.5}


class PlaygroundView(QWidget):
    """Asks the engine for the whole race, then plays it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._step = 0
        self._paths: list[Path] = []
        self.callout = Callout("info", "")
        self.map = RaceMap()
        self.map.start_chosen.connect(self._begin_at)
        self.surfaces = ChoiceField([(s.title, s.name) for s in SURFACES.values()])
        self.surfaces.setAccessibleName("Surface")
        self.surfaces.chosen.connect(self.choose)
        self.noise = _number("0", "Noise of the gradient, as mini-batches have it")
        self.noise.finished.connect(self.race)
        self.play = QPushButton(icons.icon("run", size=16), "Race")
        self.play.clicked.connect(self.race)
        self.racers: dict[str, tuple[QCheckBox, TextField]] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._frame)
        self._lay_out()
        self.choose("ravine", run=False)

    def _lay_out(self) -> None:
        chosen = QGridLayout()
        chosen.setHorizontalSpacing(8)
        chosen.setVerticalSpacing(4)
        chosen.addWidget(QLabel("Surface"), 0, 0)
        chosen.addWidget(self.surfaces, 0, 1)
        for row, (name, algorithm, _, _) in enumerate(RACERS, start=1):
            box = QCheckBox(name)
            box.setChecked(name in ("SGD", "Momentum", "Adam"))
            box.setToolTip(ALGORITHMS[algorithm].help)
            box.toggled.connect(self.race)
            rate = _number("", f"Learning rate of {name}")
            rate.finished.connect(self.race)
            self.racers[name] = (box, rate)
            chosen.addWidget(box, row, 0)
            chosen.addWidget(rate, row, 1)
        last = len(RACERS) + 1
        chosen.addWidget(QLabel("Noise"), last, 0)
        chosen.addWidget(self.noise, last, 1)
        chosen.addWidget(self.play, last + 1, 0, 1, 2)
        chosen.setRowStretch(last + 2, 1)
        chosen.setColumnStretch(1, 1)
        inside = QWidget()
        inside.setLayout(chosen)
        chosen.setContentsMargins(0, 0, 14, 0)  # the scroll bar has its room there
        left = QScrollArea()
        left.setWidget(inside)
        left.setWidgetResizable(True)
        left.setFrameShape(QScrollArea.Shape.NoFrame)
        left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.setFixedWidth(240)
        self._row = QHBoxLayout()
        self._row.setSpacing(sizes.GAPS[4])
        self._row.addWidget(left)
        self._row.addWidget(self.map, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self.callout)
        layout.addLayout(self._row, 1)

    @cached_property
    def plot(self) -> Plot:
        """How far each racer's loss is above the least; made when it is first needed."""
        from netbuilder.app.theme.plots import styled_plot

        plot = styled_plot("Loss above the least", "step", log_y=True)
        self._row.addWidget(plot, 2)
        return plot

    @property
    def surface(self) -> Surface:
        """The surface that is raced on."""
        return SURFACES[str(self.surfaces.currentData())]

    # --- what a person chooses -------------------------------------------------------------

    def choose(self, name: str, run: bool = True) -> None:
        """Race on another surface, at rates that suit it."""
        self.surfaces.show_value(name)
        self.map.show_surface(self.surface)
        for racer, algorithm, _, factor in RACERS:
            rate = max(self.surface.rate * factor, _LEAST_RATE.get(algorithm, 0.0))
            self.racers[racer][1].show_text(f"{rate:g}")
        if run:
            self.race()

    def _begin_at(self, start: tuple[float, ...]) -> None:
        self.map.set_start(start)
        self.race()

    def refresh(self) -> None:
        """Opened for the first time: race. What is drawn does not depend on the network."""
        if not self._paths:
            self.race()

    def race(self) -> None:
        """Race anew with what is chosen now."""
        if not self.isVisible():
            return  # a field that loses its focus because everything closes
        self._timer.stop()
        try:
            arguments = self._arguments()
        except ValueError as error:
            self.callout.set_message("error", str(error))
            return
        self._session.ask("race", arguments, self._came, key="race")

    def wake(self) -> None:
        """Somebody looks now: go on where it was."""
        if self._paths and self._step < STEPS:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing moves."""
        super().hideEvent(event)
        self._timer.stop()

    def _arguments(self) -> dict[str, Any]:
        racing = []
        for name, algorithm, settings, _ in RACERS:
            box, field = self.racers[name]
            if box.isChecked():
                rate = _read(field, f"The learning rate of {name}")
                racing.append(Optimiser(name, algorithm, {"lr": rate, **settings}))
        if not racing:
            raise ValueError("Nobody races: tick an optimiser.")
        return {
            "surface": self.surface.name,
            "optimisers": racing,
            "start": self.map.start,
            "steps": STEPS,
            "noise": _read(self.noise, "The noise"),
        }

    # --- the race --------------------------------------------------------------------------

    def _came(self, answer: Answer) -> None:
        if answer.result is None:
            self.callout.set_message("error", answer.error or "")
            return
        places = {name: place for place, (name, *_) in enumerate(RACERS)}
        racers = answer.result["racers"]
        self._paths = [
            Path(r["name"], places[r["name"]], np.asarray(r["path"]), np.asarray(r["losses"]))
            for r in racers
        ]
        notes = [f"{r['name']}: {r['note']}" for r in racers if r["note"]]
        told = " ".join([self.surface.teaches, *notes])
        self.callout.set_message("warning" if notes else "info", told)
        self.plot.clear_series()
        for path in self._paths:
            dash = DASHES[path.place]
            self.plot.add_series(path.name, _TOKENS[path.place], dash=dash or None)
        self._step = 0
        self._frame()
        self._timer.start()

    def _frame(self) -> None:
        self.map.show_paths(self._paths, self._step)
        least = min(float(self.surface(*low)) for low in self.surface.minima)
        for path in self._paths:
            values = np.maximum(path.losses[: self._step + 1] - least, 1e-12)
            self.plot.set_data(path.name, np.arange(len(values)), values)
        if self._step >= STEPS:
            self._timer.stop()
        self._step = min(STEPS, self._step + max(1, round(STEPS * FRAME_MS / (1000 * SECONDS))))


def _number(text: str, name: str) -> TextField:
    field = TextField()
    field.show_text(text)
    field.setMinimumWidth(60)
    field.setAccessibleName(name)
    field.setToolTip(name)
    return field


def _read(field: TextField, what: str) -> float:
    """The number in a field. Raises ValueError with one sentence."""
    try:
        value = float(field.text().replace(",", "."))
    except ValueError:
        raise ValueError(f"{what} is a number, not “{field.text()}”.") from None
    if not 0 <= value < 1e6:
        raise ValueError(f"{what} lies between 0 and a million.")
    return value
