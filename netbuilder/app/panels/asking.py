"""A question that is asked again and again while training, never faster than it is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer

from netbuilder.app.session import Session
from netbuilder.engine.messages import Answer

#: Training and answers share a processor: the same question waits so many times as long as its
#: answer took, counted from when it was asked.
_AGAIN = 10.0


class LiveQuestion(QObject):
    """Asks at most once in `interval_ms`, one question at a time, the latest wins.

    While training, what was asked before is asked again only so often that answering takes a
    tenth of the time.

    wanted: whether anybody looks; while it says no, the question waits for `wake`.
    then: gets the result, or None and the sentence that says why there is none.
    """

    def __init__(
        self,
        session: Session,
        about: str,
        then: Callable[[Mapping[str, Any] | None, str], None],
        interval_ms: int = 330,
        wanted: Callable[[], bool] = lambda: True,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._about, self._then = session, about, then
        self._interval, self._wanted = interval_ms / 1000, wanted
        self._waiting: dict[str, Any] | None = None
        self._out = False
        self._asked_at, self._took = -1e9, 0.0
        self._asked: dict[str, Any] = {}
        self._generation = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._send)
        session.engine_died.connect(self._lost)

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._out

    def ask(self, **arguments: Any) -> None:
        """Ask as soon as it is allowed; replaces a question that still waits."""
        self._waiting = arguments
        self._send()

    def wake(self) -> None:
        """Somebody looks now: ask what waited."""
        self._send()

    def forget(self) -> None:
        """Another subject: what is on its way no longer matters."""
        self._waiting, self._out = None, False
        self._asked_at, self._asked = -1e9, {}
        self._generation += 1
        self._timer.stop()

    def _send(self) -> None:
        if self._waiting is None or self.busy or not self._wanted():
            return
        trains = self._session.state == "running"
        again = _AGAIN * self._took if trains and _same(self._waiting, self._asked) else 0.0
        rest = self._asked_at + max(self._interval, again) - time.monotonic()
        if rest > 0:
            self._timer.start(int(rest * 1000) + 1)
            return
        arguments, self._waiting = self._waiting, None
        self._asked_at, self._asked = time.monotonic(), arguments
        generation = self._generation
        # A session may answer at once, so the question counts as out before it is sent.
        self._out = True
        self._session.ask(
            self._about,
            arguments,
            lambda answer: self._answered(answer, generation),
            key=f"{self._about}-{id(self)}",
        )

    def _answered(self, answer: Answer, generation: int) -> None:
        if generation != self._generation:
            return
        self._out = False
        self._took = time.monotonic() - self._asked_at
        self._then(answer.result, answer.error or "")
        self._send()

    def _lost(self, _: str) -> None:
        """The answer went with the engine; the next question goes to the new one."""
        self._out = False
        self._generation += 1


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two questions are one; arrays are, where they are the same object or equal."""
    return one.keys() == other.keys() and all(
        np.array_equal(v, other[k]) if isinstance(v, np.ndarray) else bool(v == other[k])
        for k, v in one.items()
        if v is not other[k]
    )
