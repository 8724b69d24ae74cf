"""One way of asking what an answer rests on, with its picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from netbuilder.app.panels.asking import LiveQuestion
from netbuilder.app.panels.form import ChoiceField
from netbuilder.app.panels.look_inside.feature_bars import FeatureBars
from netbuilder.app.panels.look_inside.methods import CAPTIONS, TITLES, is_amount, offered
from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.look_inside.token_text import TokenText
from netbuilder.app.panels.pictures.colour_bar import ColourBarLine
from netbuilder.app.panels.pictures.numbers import grey
from netbuilder.app.session import Session
from netbuilder.app.theme import fonts
from netbuilder.app.theme.plots import over_picture, to_rgba
from netbuilder.app.widgets import ColourBar, ImageView, ThemedLabel

INTERVAL_MS = 330

Result = Mapping[str, Any] | None
AGAINST_FOR = ColourBar("signed", "against", "for")
NONE_MOST = ColourBar("amount", "0", "most")


class MethodView(QWidget):
    """A choice of method over what it found; asks while it can be seen."""

    answered = Signal(object)
    """The result of a question, with the step of its weights."""

    def __init__(self, session: Session, method: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.subject = Subject()
        self.method = method
        self.columns: tuple[str, ...] = ()
        self.question = LiveQuestion(
            session, "saliency", self._take, INTERVAL_MS, self.isVisible, self
        )
        self.choice = ChoiceField(())
        self.choice.setFont(fonts.body())
        self.choice.setAccessibleName("Method")
        self.image = ImageView("")
        self.bars = FeatureBars("What each feature said")
        self.text = TokenText("What each token said")
        self.trouble = ThemedLabel("", "text3", fonts.caption())
        self.trouble.setWordWrap(True)
        self.stack = QStackedWidget()
        for page in (self.image, self.bars, self.text, self.trouble):
            self.stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self.bar = ColourBarLine(AGAINST_FOR)
        self.bar.hide()
        layout.addWidget(self.choice)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.bar)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.choice.chosen.connect(self._choose)

    def minimumSizeHint(self) -> QSize:
        """A picture that can be read."""
        return QSize(150, 120)

    def show_subject(self, subject: Subject) -> None:
        """Another project: other methods, nothing to show yet."""
        self.subject = subject
        self.question.forget()
        fits = offered(subject)
        if self.method not in fits:
            self.method = fits[0]
        self.choice.set_choices([(TITLES[m], m) for m in fits])
        self.choice.show_value(self.method)
        self.image.clear()
        self.image.set_caption("")

    def ask(self, arguments: dict[str, Any]) -> None:
        """Ask about a sample; waits while nobody looks."""
        self._arguments = arguments
        self.question.ask(method=self.method, **arguments)

    def showEvent(self, event: Any) -> None:
        """Ask what waited."""
        super().showEvent(event)
        self.question.wake()

    def _choose(self, method: object) -> None:
        self.method = str(method)
        if hasattr(self, "_arguments"):
            self.question.forget()
            self.ask(self._arguments)

    def _take(self, result: Result, error: str) -> None:
        if result is None:
            self.trouble.setText(error)
            self.stack.setCurrentWidget(self.trouble)
            self.bar.hide()
            return
        amount = is_amount(str(result["method"]), self.subject)
        found = np.asarray(result["map"], np.float32)
        sample = np.asarray(result["fields"][self.subject.field])[0]
        kind = self.subject.kind
        if kind == "picture":
            self._show_picture(found, sample, amount)
        elif kind == "series":
            self.image.set_image(to_rgba(found, "amount" if amount else "signed"))
            self.stack.setCurrentWidget(self.image)
        elif kind == "tokens":
            names = self.subject.tokens
            shown = [names[int(t)] if int(t) < len(names) else "?" for t in sample]
            self.text.show_tokens(shown, found, "amount" if amount else "signed")
            self.stack.setCurrentWidget(self.text)
        else:
            names = self.columns or tuple(f"{self.subject.field} {i}" for i in range(found.size))
            self.bars.show_values(names, found)
            self.stack.setCurrentWidget(self.bars)
        self.image.set_caption(CAPTIONS[str(result["method"])])
        bar = NONE_MOST if amount else AGAINST_FOR
        self.image.set_colour_bar(bar)
        self.bar.show_bar(bar)
        self.bar.setVisible(self.stack.currentWidget() is not self.image)
        self.answered.emit(result)

    def _show_picture(self, found: np.ndarray, sample: np.ndarray, amount: bool) -> None:
        # One colour a pixel: what its channels say together.
        plane = found.max(0) if amount else found.sum(0)
        self.image.set_image(over_picture(plane, grey(sample), "amount" if amount else "signed"))
        self.stack.setCurrentWidget(self.image)
