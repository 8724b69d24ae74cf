"""The line at the bottom: what the engine does, how fast, what is selected, when saved."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from netbuilder.app.theme import colour, fonts, sizes
from netbuilder.app.widgets import ThemedLabel
from netbuilder.training.events import Event, Failed, PlanChanged, Read, Started, Steps

_WORDS = {
    "starting": "Engine is starting",
    "off": "No engine",
    "idle": "Ready",
    "running": "Training",
    "paused": "Paused",
    "stopped": "Run finished",
}
_DOT = {
    "starting": "text3",
    "off": "error",
    "idle": "ok",
    "running": "ok",
    "paused": "warn",
    "stopped": "ok",
}


class Status(QWidget):
    """Seven short texts; nothing here asks for attention."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A QStatusBar keeps three pixels above its widgets and two below.
        self.setFixedHeight(sizes.STATUS_HEIGHT - 5)
        self.setAutoFillBackground(True)
        self._saved: float | None = None
        self._failed, self._state = False, "starting"
        self.dot = _Dot()
        names = ("state", "speed", "plan", "problems", "selection", "engine", "saved")
        self.labels = {
            n: ThemedLabel("", token="text2", font=fonts.caption(), steady=n == "speed")
            for n in names
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.addWidget(self.dot)
        row.addWidget(self.labels["state"])
        row.addWidget(self.labels["speed"])
        row.addWidget(self.labels["plan"])
        row.addWidget(self.labels["problems"])
        row.addStretch(1)
        for name in ("selection", "engine", "saved"):
            row.addWidget(self.labels[name])
        row.setSpacing(12)
        self._clock = QTimer(self)
        self._clock.setInterval(5000)
        self._clock.timeout.connect(self._age)
        self._clock.start()
        self.set_state("starting")

    def set_state(self, state: str) -> None:
        """Say what the session does."""
        self._state = state
        failed = self._failed and state == "stopped"
        self.labels["state"].setText("Run failed" if failed else _WORDS[state])
        self.dot.show_token("error" if failed else _DOT[state])
        if state != "running":
            self.labels["speed"].setText("")
            self.labels["plan"].setText("")

    def set_silent(self, seconds: float) -> None:
        """Say for how long the engine has not answered."""
        self.labels["state"].setText(f"No answer for {seconds:.0f} s")
        self.dot.show_token("warn")

    def follow(self, events: Sequence[Event]) -> None:
        """Show the speed of training."""
        for event in events:
            self._failed = isinstance(event, Failed)
            if isinstance(event, Read):
                over = event.done >= event.total
                words = _WORDS[self._state] if over else event.message
                self.labels["state"].setText(words)
            if isinstance(event, Started | PlanChanged):
                self._show_plan(event.plan, event.gain)
            if isinstance(event, Steps):
                count = f"{event.samples_per_second:,.0f}".replace(",", " ")
                self.labels["speed"].setText(f"{count} samples/s")

    def _show_plan(self, plan: str, gain: float) -> None:
        """Say how steps are computed where that is not as anybody would write it first."""
        shown = "" if plan in ("", "eager") else plan
        self.labels["plan"].setText(shown)
        faster = f"{gain:.2g} times as fast as plain PyTorch, as tried" if gain > 1 else "As set"
        told = f"{faster}; see Speed in the training settings."
        self.labels["plan"].setToolTip(told if shown else "")

    def set_problems(self, errors: int, warnings: int) -> None:
        """Count of problems."""
        parts = [_count(errors, "error"), _count(warnings, "warning")]
        self.labels["problems"].setText(", ".join(p for p in parts if p))

    def set_selection(self, count: int) -> None:
        """Number of selected nodes."""
        self.labels["selection"].setText(f"{_count(count, 'node')} selected" if count else "")

    def set_engine(self, text: str) -> None:
        """What computes, such as PyTorch 2.13."""
        self.labels["engine"].setText(text)

    def set_saved(self) -> None:
        """The project was saved just now."""
        self._saved = time.monotonic()
        self._age()

    def set_unsaved(self) -> None:
        """There are edits that no file holds yet; a journal does."""
        self._saved = None
        self.labels["saved"].setText("Unsaved changes")

    def clear_saved(self) -> None:
        """Nothing to say about saving."""
        self._saved = None
        self.labels["saved"].setText("")

    def _age(self) -> None:
        if self._saved is not None:
            seconds = int(time.monotonic() - self._saved)
            when = "just now" if seconds < 5 else f"{seconds} s ago"
            when = f"{seconds // 60} min ago" if seconds >= 60 else when
            when = f"{seconds // 3600} h ago" if seconds >= 3600 else when
            self.labels["saved"].setText(f"Saved {when}")


class _Dot(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(8, sizes.STATUS_HEIGHT - 5)
        self._token = "text3"

    def show_token(self, token: str) -> None:
        self._token = token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colour(self._token))
        painter.setBrush(colour(self._token))
        painter.drawEllipse(1, self.height() // 2 - 3, 6, 6)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""
