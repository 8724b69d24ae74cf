"""How fast a run is and how long it will take."""

from __future__ import annotations

#: Weight of the newest report in the running mean.
_NEW = 0.2


class Pace:
    """Running means of seconds a step and seconds a validation; pauses do not count."""

    def __init__(self) -> None:
        self.samples_per_second = 0.0
        self._step_s: float | None = None
        self._measure_s = 0.0
        self._since = 0.0

    def begin(self, now: float) -> None:
        """Steps begin, or go on after something else."""
        self._since = now

    def report(self, now: float, steps: int, rows: int) -> None:
        """That many steps over that many rows were done since the last call."""
        seconds, self._since = max(now - self._since, 1e-9), now
        if not steps:
            return
        self._step_s = _mixed(self._step_s, seconds / steps)
        self.samples_per_second = _mixed(self.samples_per_second or None, rows / seconds)

    def measured(self, seconds: float) -> None:
        """A validation took that long."""
        self._measure_s = _mixed(self._measure_s or None, seconds)

    def seconds_left(self, steps: int, epochs: int) -> float:
        """Time for that many steps and validations."""
        return (self._step_s or 0.0) * steps + self._measure_s * epochs


def _mixed(old: float | None, new: float) -> float:
    return new if old is None else old + _NEW * (new - old)
