"""One sample beside the curves: what the model looks at, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from netbuilder.app.panels.asking import LiveQuestion
from netbuilder.app.panels.form import ChoiceField
from netbuilder.app.panels.look_inside.attention_view import levels, patches
from netbuilder.app.panels.look_inside.methods import TITLES, is_amount, offered
from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.pictures.numbers import grey, probabilities
from netbuilder.app.panels.train.live_tiles import LiveTile, Result
from netbuilder.app.session import Session
from netbuilder.app.theme import fonts
from netbuilder.app.theme.plots import over_picture
from netbuilder.app.widgets import BarRows, ImageView, ThemedLabel

TOP = 3


class SampleTile(LiveTile):
    """Saliency of a picture and, where tokens are patches of it, what attention covers."""

    interval_ms = 500

    def __init__(self, session: Session) -> None:
        super().__init__("Sample 0", session, "saliency")
        self._sample = 0
        self.image, self.looked = ImageView(""), ImageView("")
        self.image.setAccessibleName("What the answer rests on")
        self.looked.setAccessibleName("Where the tokens look, all heads")
        self.method = ChoiceField(())
        self.method.setFont(fonts.body())
        self.method.setAccessibleName("Method")
        self.heads = ThemedLabel("Attention, all heads", "text2")
        self.bars = BarRows("The likeliest answers")
        self._attention = LiveQuestion(
            session, "attention", self._attended, self.interval_ms, self.isVisible, self
        )
        pictures, below = QHBoxLayout(), QHBoxLayout()
        for row in (pictures, below):
            row.setSpacing(12)
        for view in (self.image, self.looked):
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            pictures.addWidget(view, 1)
        below.addWidget(self.method, 5)
        below.addWidget(self.heads, 4)
        self.body.addLayout(pictures, 1)
        self.body.addLayout(below)
        self.body.addWidget(self.bars)
        self.body.addWidget(self.trouble)
        self.method.chosen.connect(lambda _: self.refresh())

    def minimumSizeHint(self) -> QSize:
        """The names of the methods fit."""
        return QSize(300 if self.subject.attends else 190, 150)

    def suits(self, subject: Subject) -> bool:
        return subject.kind == "picture" and subject.answers == "class"

    def show_subject(self, subject: Subject) -> None:
        super().show_subject(subject)
        self._attention.forget()
        methods = offered(subject)
        chosen = self.method.currentData()
        self.method.set_choices([(TITLES[m], m) for m in methods])
        self.method.show_value(chosen if chosen in methods else methods[0])
        self.looked.setVisible(subject.attends)
        self.heads.setVisible(subject.attends)

    def set_sample(self, sample: int) -> None:
        """Follow another sample, for instance the one chosen in Look inside."""
        if sample != self._sample:
            self._sample = sample
            self.set_title(f"Sample {sample}")
            if not self.isHidden():
                self.refresh()

    def arguments(self) -> dict[str, Any]:
        return {"method": self.method.currentData() or "gradient", **self._which()}

    def refresh(self) -> None:
        super().refresh()
        if self.subject.attends:
            self._attention.ask(**self._which())

    def clear(self) -> None:
        self.image.clear()
        self.looked.clear()
        self.bars.set_values([])
        self.note.setText("")

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._attention.wake()

    def take(self, result: Mapping[str, Any]) -> None:
        amount = is_amount(str(result["method"]), self.subject)
        found = np.asarray(result["map"], np.float32)
        plane = found.max(0) if amount else found.sum(0)
        sample = np.asarray(result["fields"][self.subject.field])[0]
        self.image.set_image(over_picture(plane, grey(sample), "amount" if amount else "signed"))
        shares = probabilities(np.asarray(result["scores"]))
        order = [int(i) for i in np.argsort(-shares, kind="stable")[:TOP]]
        names = self.subject.classes
        rows = [(names[i] if i < len(names) else str(i), float(shares[i])) for i in order]
        self.bars.set_values(rows, 0)
        weights = result.get("weights", {})
        if weights.get("origin") == "training":
            self.note.setText(f"at step {weights['step']}")
        else:
            self.note.setText(f"{weights.get('origin', '')} weights")

    def _which(self) -> dict[str, Any]:
        return {"part": "validation", "sample": self._sample}

    def _attended(self, result: Result, error: str) -> None:
        maps = dict((result or {}).get("maps", {}))
        last = next(reversed(maps.values()), None) if maps else None
        grid = patches(last.shape[2], self.subject.shape) if last is not None else None
        over = last is not None and grid is not None and result is not None
        self.looked.setVisible(over)
        self.heads.setVisible(over)
        if last is None or grid is None or result is None:
            return
        rows, columns, extra = grid
        plane = grey(np.asarray(result["fields"][self.subject.field])[0])
        # What all tokens together look at, averaged over the heads.
        looked = last.mean((0, 1))[extra:].reshape(rows, columns)
        large = np.kron(looked, np.ones((plane.shape[0] // rows, plane.shape[1] // columns)))
        self.looked.set_image(over_picture(large, plane, "amount", levels(looked)))
