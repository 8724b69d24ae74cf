"""Why this answer: the sample, and beside it what the answer rests on, by several methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from netbuilder.app.panels.form import ChoiceField
from netbuilder.app.panels.look_inside.method_view import MethodView
from netbuilder.app.panels.look_inside.predictions import Predictions
from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.pictures.numbers import picture
from netbuilder.app.panels.pictures.plane import Plane
from netbuilder.app.panels.pictures.tile import Tile
from netbuilder.app.session import Session
from netbuilder.app.theme import fonts, sizes
from netbuilder.app.theme.plots import to_rgba
from netbuilder.app.widgets import ColourBar, ImageView, ThemedLabel

METHODS = ("integrated_gradients", "gradient", "smoothgrad", "grad_cam")
NARROWEST = 176
"""Width of one picture; as many methods are shown as have it."""

PREDICTED = -1


class Why(Tile):
    """Asks every method that is seen about the chosen sample."""

    answered = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Why?", parent=parent)
        self.subject = Subject()
        self._sample: int | None = None
        self.input = ImageView("the sample itself")
        # Its bar takes the room of the others' bars, so that all pictures are of one size.
        self.input.set_colour_bar(ColourBar("grey", "least", "most"))
        self.plane = Plane("Samples, the chosen one with a ring")
        self.methods = [MethodView(session, method) for method in METHODS]
        self.target = ChoiceField((("the answer", PREDICTED),))
        self.target.setFont(fonts.body())
        self.target.setAccessibleName("Class that is explained")
        self.target.setMinimumWidth(104)
        self._target_label = ThemedLabel("Explain", "text2")
        self.head.addWidget(self._target_label)
        self.head.addWidget(self.target)
        self._input_title = ThemedLabel("Input", "text2")
        self._input_title.setFixedHeight(sizes.FIELD_HEIGHT)
        self._input = QWidget()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.input)
        self._pages.addWidget(self.plane)
        column = QVBoxLayout(self._input)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._input_title)
        column.addWidget(self._pages, 1)
        self._row = QHBoxLayout()
        self._row.setSpacing(16)
        self._row.addWidget(self._input, 1)
        for view in self.methods:
            self._row.addWidget(view, 1)
            view.answered.connect(self.answered)
        self.body.addLayout(self._row, 1)
        self.target.chosen.connect(lambda _: self._ask())
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """One method and, for pictures, the picture."""
        wide = 2 if self._input.isVisibleTo(self) else 1
        return QSize(wide * 150 + 16, 200)

    def show_subject(self, subject: Subject) -> None:
        """Another project."""
        self.subject = subject
        self._sample = None
        self.set_title("Why?")
        self.note.setText("")
        for view in self.methods:
            view.show_subject(subject)
        judged = subject.answers in ("class", "token") and len(subject.classes) > 1
        self._target_label.setVisible(judged)
        self.target.setVisible(judged)
        names = subject.classes if subject.answers == "class" else subject.tokens
        self.target.set_choices(
            [("the answer", PREDICTED), *((n.strip() or "·", i) for i, n in enumerate(names[:100]))]
        )
        self.target.show_value(PREDICTED)
        self._input.setVisible(subject.kind in ("picture", "series", "point"))
        self._pages.setCurrentWidget(self.plane if subject.kind == "point" else self.input)
        self.input.clear()
        self.plane.clear()
        self._fit()

    def show_columns(self, names: tuple[str, ...]) -> None:
        """Names of the features, for bars."""
        for view in self.methods:
            view.columns = names

    def show_sample(self, predictions: Predictions, index: int) -> None:
        """Explain a sample; asks anew, because the weights may be other ones."""
        self._sample = index
        subject, found = self.subject, predictions
        if not 0 <= index < len(found):
            return
        if subject.kind == "picture":
            self.input.set_image(picture(found.inputs[index]))
        elif subject.kind == "series":
            self.input.set_image(to_rgba(np.asarray(found.inputs[index], np.float32), "signed"))
        elif subject.kind == "point":
            labels = found.labels if found.labels is not None else ()
            whole = labels if getattr(labels, "dtype", None) is not None else ()
            self.plane.show_points(found.inputs, whole if _whole(whole) else ())
            self.plane.set_chosen(index)
        verdict = found.verdict(index)
        if verdict is None:
            self.set_title("Why this answer?")
            self.note.setText(f"Sample {index}")
        elif subject.answers == "token":
            self.set_title(f"Why “{_name(subject.tokens, verdict.predicted)}”?")
            self.note.setText(f"next after sample {index}")
        else:
            self.set_title(f"Why {_name(subject.classes, verdict.predicted)}?")
            true = _name(subject.classes, verdict.true) if verdict.true >= 0 else ""
            self.note.setText(f"Sample {index}" + (f", label {true}" if true else ""))
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many methods as fit."""
        super().resizeEvent(event)
        self._fit()

    def _ask(self) -> None:
        if self._sample is None:
            return
        arguments: dict[str, Any] = {"part": "validation", "sample": self._sample}
        target = self.target.currentData()
        if self.target.isVisibleTo(self) and target is not None and target != PREDICTED:
            arguments["target"] = int(target)
        for view in self.methods:
            view.ask(dict(arguments))

    def _fit(self) -> None:
        taken = 1 if self._input.isVisibleTo(self) else 0
        pictures = self.subject.kind in ("picture", "series")
        # Bars and texts need more width than pictures.
        each = NARROWEST if pictures else 300
        room = max((self.width() + 16) // (each + 16) - taken, 1)
        for place, view in enumerate(self.methods):
            view.setVisible(place < room)


def _whole(labels: Any) -> bool:
    return getattr(labels, "ndim", 0) == 1 and labels.dtype.kind in "iu"


def _name(names: tuple[str, ...], index: int) -> str:
    if not 0 <= index < len(names):
        return str(index)
    return names[index].replace("\n", "↵").replace(" ", "·") or "∅"


def step_words(result: Mapping[str, Any]) -> str:
    """Which weights answered, in a few words."""
    weights = result.get("weights") or {}
    origin, step = weights.get("origin", ""), int(weights.get("step", 0))
    if origin == "fresh":
        return "fresh weights, not trained yet"
    if origin == "training":
        return f"updated at step {step}"
    return f"{origin} weights, step {step}" if origin else ""
