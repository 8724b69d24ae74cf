"""When to do what takes milliseconds: at once, or right behind a frame while something moves.

While a person pans or drags, the canvas is painted many times a second. A plot that is drawn at
any time in between delays the next of these frames by as long as it takes; drawn right behind
one, it is done before the next is due.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

#: Seconds between two frames below which something moves.
_MOVING_S = 0.05
#: Milliseconds after which work is done though no frame came.
_LATEST_MS = 60


class Moments(QObject):
    """Work that waits for its moment, one piece behind each frame of the watched widget."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._painted = self._before = -1e9
        self._waiting: dict[object, Callable[[], None]] = {}
        self._behind = QTimer(self)
        self._behind.setSingleShot(True)
        self._behind.timeout.connect(self._next)
        self._latest = QTimer(self)
        self._latest.setSingleShot(True)
        self._latest.setInterval(_LATEST_MS)
        self._latest.timeout.connect(self._all)

    def watch(self, widget: QWidget) -> None:
        """Take the frames of this widget, such as the viewport of the canvas."""
        widget.installEventFilter(self)

    @property
    def moving(self) -> bool:
        """Whether frames follow each other just now."""
        return time.monotonic() - self._before < 2 * _MOVING_S

    def take(self, key: object, work: Callable[[], None]) -> None:
        """Do this at its moment; what waits under the same key is replaced by it."""
        if not self.moving:
            work()
            return
        self._waiting[key] = work
        if not self._latest.isActive():
            self._latest.start()

    def stop(self) -> None:
        """Forget what waits: nobody looks any more."""
        self._waiting = {}
        self._behind.stop()
        self._latest.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a frame, which is painted after this."""
        if event.type() == QEvent.Type.Paint:
            now = time.monotonic()
            moves = now - self._painted < _MOVING_S
            self._before, self._painted = self._painted if moves else -1e9, now
            if self._waiting:
                self._behind.start(0)
        return False

    def _next(self) -> None:
        if self._waiting:
            key = next(iter(self._waiting))
            self._waiting.pop(key)()
        if self._waiting:
            self._latest.start()
        else:
            self._latest.stop()

    def _all(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for work in waiting.values():
            work()
