"""What a model can show of itself while it learns: each asks only for what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt

from netbuilder.app.panels.asking import LiveQuestion
from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.pictures.grid import PictureGrid
from netbuilder.app.panels.pictures.numbers import is_picture, picture
from netbuilder.app.panels.pictures.plane import Plane
from netbuilder.app.panels.pictures.tile import Tile
from netbuilder.app.session import Session
from netbuilder.app.theme import fonts
from netbuilder.app.widgets import ThemedLabel

Result = Mapping[str, Any] | None


class LiveTile(Tile):
    """A tile with one question, asked by `refresh` while somebody looks."""

    interval_ms = 500

    def __init__(self, title: str, session: Session, about: str) -> None:
        super().__init__(title)
        self.subject = Subject()
        self.question = LiveQuestion(
            session, about, self._answered, self.interval_ms, self.isVisible, self
        )
        self.trouble = ThemedLabel("", "text3", fonts.caption())
        self.trouble.setWordWrap(True)
        self.trouble.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.trouble.hide()

    def suits(self, subject: Subject) -> bool:
        """Whether there is anything to show for this project."""
        raise TypeError(f"{type(self).__name__} does not say what it suits")

    def show_subject(self, subject: Subject) -> None:
        """Another project: forget what was shown of the one before."""
        self.subject = subject
        self.question.forget()
        self.clear()

    def refresh(self) -> None:
        """Ask again."""
        self.question.ask(**self.arguments())

    def arguments(self) -> dict[str, Any]:
        """What is asked."""
        return {}

    def clear(self) -> None:
        """Show nothing."""

    def take(self, result: Mapping[str, Any]) -> None:
        """Show an answer."""

    def showEvent(self, event: Any) -> None:
        """Ask what waited for somebody to look."""
        super().showEvent(event)
        self.question.wake()

    def _answered(self, result: Result, error: str) -> None:
        self.trouble.setText(error)
        self.trouble.setVisible(bool(error))
        if result is not None:
            self.take(result)


class BoundaryTile(LiveTile):
    """Where a model of two numbers changes its mind, with the data over it."""

    interval_ms = 250

    def __init__(self, session: Session) -> None:
        super().__init__("Decision boundary", session, "boundary")
        self.plane = Plane("Decision boundary")
        self.body.addWidget(self.plane, 1)
        self.body.addWidget(self.trouble)
        self._data = LiveQuestion(session, "data", self._data_came, 0, self.isVisible, self)

    def suits(self, subject: Subject) -> bool:
        return subject.kind == "point" and subject.answers in ("class", "number")

    def show_subject(self, subject: Subject) -> None:
        super().show_subject(subject)
        self._data.forget()
        if self.suits(subject):
            self._data.ask(samples=400)

    def arguments(self) -> dict[str, Any]:
        return {"resolution": 96, "regression": self.subject.answers == "number"}

    def clear(self) -> None:
        self.plane.clear()

    def take(self, result: Mapping[str, Any]) -> None:
        regression = self.subject.answers == "number"
        self.plane.show_map(result["x"], result["y"], result["probabilities"], regression)

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._data.wake()

    def _data_came(self, result: Result, error: str) -> None:
        samples = (result or {}).get("samples", {})
        points = next((v for v in samples.values() if v.ndim == 2 and v.shape[1] == 2), None)
        if points is not None:
            labels = next((v for v in samples.values() if v.ndim == 1 and v.dtype.kind == "i"), ())
            self.plane.show_points(points, labels)


class SamplesTile(LiveTile):
    """What a generative model makes of the same random numbers, again and again."""

    interval_ms = 400
    COUNT = 16

    def __init__(self, session: Session) -> None:
        super().__init__("Made from noise", session, "samples")
        self.grid = PictureGrid("Generated samples")
        self.plane = Plane("Generated points")
        self.plane.hide()
        self.body.addWidget(self.grid, 1)
        self.body.addWidget(self.plane, 1)
        self.body.addWidget(self.trouble)

    def suits(self, subject: Subject) -> bool:
        return subject.makes and (is_picture(subject.output_shape) or subject.output_shape == (2,))

    def arguments(self) -> dict[str, Any]:
        return {"count": self.COUNT if is_picture(self.subject.output_shape) else 200, "seed": 0}

    def clear(self) -> None:
        self.grid.show_pictures([])
        self.plane.clear()

    def take(self, result: Mapping[str, Any]) -> None:
        made = np.asarray(next(iter(result["outputs"].values())))
        pictures = is_picture(tuple(made.shape[1:]))
        self.grid.setVisible(pictures)
        self.plane.setVisible(not pictures)
        if pictures:
            self.grid.show_pictures([picture(one) for one in made])
        else:
            self.plane.show_points(made.reshape(len(made), -1)[:, :2])


class ReconstructionTile(LiveTile):
    """Pictures of the validation split above what an autoencoder makes of them."""

    interval_ms = 400
    COUNT, COLUMNS = 8, 4

    def __init__(self, session: Session) -> None:
        super().__init__("Drawn again", session, "reconstruction")
        self.note.setText("below each input")
        self.grid = PictureGrid("Inputs, and below what the model makes of them",
                                columns=self.COLUMNS)  # fmt: skip
        self.body.addWidget(self.grid, 1)
        self.body.addWidget(self.trouble)

    def suits(self, subject: Subject) -> bool:
        return subject.reconstructs

    def arguments(self) -> dict[str, Any]:
        return {"part": "validation", "rows": list(range(self.COUNT))}

    def clear(self) -> None:
        self.grid.show_pictures([])

    def take(self, result: Mapping[str, Any]) -> None:
        inputs, outputs, width = result["inputs"], result["outputs"], self.COLUMNS
        shown = []
        for start in range(0, len(inputs), width):
            shown += [*inputs[start : start + width], *outputs[start : start + width]]
        self.grid.show_pictures([picture(one) for one in shown])


class TextTile(LiveTile):
    """A language model goes on writing from the same beginning."""

    interval_ms = 2500

    def __init__(self, session: Session) -> None:
        super().__init__("Written", session, "text")
        self.text = ThemedLabel("", "text2", fonts.panel_mono())
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.text.setAccessibleName("Text written by the model")
        self.body.addWidget(self.text, 1)
        self.body.addWidget(self.trouble)

    def sizeHint(self) -> QSize:
        return QSize(280, 220)

    def suits(self, subject: Subject) -> bool:
        return subject.answers == "token"

    def arguments(self) -> dict[str, Any]:
        return {"prompt": "", "length": 220, "temperature": 0.7, "seed": 0}

    def clear(self) -> None:
        self.text.clear()

    def take(self, result: Mapping[str, Any]) -> None:
        self.text.setText(str(result["text"]).lstrip("\n"))


TILES: tuple[Callable[[Session], LiveTile], ...] = (
    BoundaryTile,
    SamplesTile,
    ReconstructionTile,
    TextTile,
)
