"""How far the first reading of a data set is, where it takes long enough to be told.

Whoever has a person in front of it listens, the terminal as the engine; what reads only counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Hear = Callable[[str, int, int], None]
"""Gets what is read, how much of it is done, and how much there is."""

#: What is done sooner needs no word; then so many seconds lie between two.
_SILENT_S, _BETWEEN_S = 1.0, 0.2
_listeners: list[Hear] = []


@contextmanager
def heard_by(hear: Hear) -> Iterator[None]:
    """Tell `hear` meanwhile, on the thread that reads; the last word says that all is done."""
    _listeners.append(hear)
    try:
        yield
    finally:
        _listeners.remove(hear)


class Reading:
    """One data set as it is read; `done` is called often and costs next to nothing."""

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total = what, total
        self._next = time.monotonic() + _SILENT_S
        self._told = False

    def done(self, count: int) -> None:
        """So many of all are read."""
        now = time.monotonic()
        if now >= self._next:
            self._next, self._told = now + _BETWEEN_S, True
            self._tell(count)

    def end(self) -> None:
        """All of it is read, or reading was given up."""
        if self._told:
            self._tell(self.total)

    def _tell(self, count: int) -> None:
        for hear in list(_listeners):
            hear(self.what, count, self.total)
