"""What the model says of the sample, how sure it is, and whether that is right."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from netbuilder.app.panels.look_inside.predictions import Predictions, Verdict
from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.look_inside.token_text import visible
from netbuilder.app.panels.pictures.tile import Tile
from netbuilder.app.theme import colour, fonts, icons, theme
from netbuilder.app.widgets import BarRows, ThemedLabel

BAR_ROW = 24
OTHERS = 48
"""Height of the lines below the bars."""

WIDTH = 228


class AnswerView(Tile):
    """Bars of all classes in their order where they fit, else of the likeliest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Answer", parent=parent)
        self._subject = Subject()
        self._verdict: Verdict | None = None
        self._before: np.ndarray | None = None
        self.bars = BarRows("Answer")
        self.number = ThemedLabel("", "text", fonts.number())
        self.outcome = _Outcome()
        self._tick = _Tick()
        self.head.addWidget(self._tick)
        self.body.addWidget(self.number)
        self.body.addWidget(self.bars)
        self.body.addWidget(self.outcome)
        self.updated = ThemedLabel("", "text3", fonts.caption())
        self.body.addStretch(1)
        self.body.addWidget(self.updated)
        self.setFixedWidth(WIDTH)
        self.clear()

    def sizeHint(self) -> QSize:
        """Ten classes."""
        return QSize(WIDTH, 300)

    def minimumSizeHint(self) -> QSize:
        """Three classes."""
        return QSize(WIDTH, 120)

    def clear(self) -> None:
        """Nothing was said yet."""
        self._verdict, self._before = None, None
        self.bars.hide()
        self.number.hide()
        self._tick.hide()
        self.outcome.say("", None)

    def show_answer(self, predictions: Predictions, index: int) -> None:
        """Show what is said of a sample."""
        self._subject = predictions.subject
        self._verdict = predictions.verdict(index)
        self._before = predictions.before(index)
        value = predictions.value(index)
        self.bars.setVisible(self._verdict is not None)
        self.number.setVisible(value is not None)
        if self._verdict is not None:
            self._show_bars()
            self._judge(self._verdict)
        elif value is not None:
            self._show_number(*value)
        else:
            self.outcome.say("The answer is no choice between classes.", None)
        self._tick.setVisible(self._verdict is not None and self._before is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many classes as fit."""
        super().resizeEvent(event)
        if self._verdict is not None:
            self._show_bars()

    def shown_classes(self) -> list[int]:
        """Classes whose bars are shown, in order from the top."""
        if self._verdict is None:
            return []
        shares = self._verdict.shares
        room = max((self.height() - 24 - OTHERS) // BAR_ROW, 3)
        if len(shares) <= room:
            return list(range(len(shares)))
        return [int(i) for i in np.argsort(-shares, kind="stable")[:room]]

    def _show_bars(self) -> None:
        if self._verdict is None:
            return
        shown, shares = self.shown_classes(), self._verdict.shares
        names = self._names()
        rows = [(names[i] if i < len(names) else str(i), float(shares[i])) for i in shown]
        before = self._before
        previous = [float(before[i]) for i in shown] if before is not None else []
        lit = shown.index(self._verdict.predicted) if self._verdict.predicted in shown else None
        self.bars.set_values(rows, lit, previous)

    def _names(self) -> tuple[str, ...]:
        if self._subject.answers == "token":
            return tuple(visible(t) for t in self._subject.tokens)
        return self._subject.classes

    def _judge(self, verdict: Verdict) -> None:
        names = self._names()
        if verdict.true < 0:
            self.outcome.say("The data set does not say what is right.", None)
            return
        what = "the text goes on with" if self._subject.answers == "token" else "the label is"
        true = names[verdict.true] if verdict.true < len(names) else str(verdict.true)
        if verdict.right:
            self.outcome.say(f"Right: {what} {true}", True)
        else:
            self.outcome.say(f"Wrong: {what} {true}", False)

    def _show_number(self, said: float, true: float | None) -> None:
        self.number.setText(f"{said:.3g}" if math.isfinite(said) else "not a number")
        if true is None:
            self.outcome.say("", None)
        else:
            self.outcome.say(f"Measured: {true:.3g}, off by {abs(said - true):.2g}", None)


class _Outcome(QWidget):
    """Icon and words: right, wrong, or a plain note."""

    def __init__(self) -> None:
        super().__init__()
        self._right: bool | None = None
        self.words = ThemedLabel("", "text2", fonts.body())
        self.words.setWordWrap(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 2, 0, 0)
        self._row.addWidget(self.words)
        theme.changed.connect(self.update)

    def say(self, words: str, right: bool | None) -> None:
        self._right = right
        self.words.setText(words)
        self._row.setContentsMargins(0 if right is None else 22, 2, 0, 0)
        self.setVisible(bool(words))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._right is None:
            return
        name, token = ("done", "ok") if self._right else ("refusal", "error")
        place = self.rect()
        place.setWidth(15)
        icons.paint(QPainter(self), name, token, place)


class _Tick(QWidget):
    """The mark of the previous epoch, and what it is."""

    def __init__(self) -> None:
        super().__init__()
        label = ThemedLabel("previous epoch", "text3", fonts.caption())
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 0, 0)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() // 2 - 6, 2, 12, colour("text"))
