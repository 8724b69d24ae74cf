"""When an engine has been silent for longer than it should be.

A process that is stopped, or holds Python's lock for ever, gives no pulse. One whose step
never ends still does, and says in it how long the step takes so far. What is long depends on
the network, so a step is measured by those before it.
"""

from __future__ import annotations

from netbuilder.engine.messages import Pulse

#: Seconds without a pulse, which comes once a second.
SILENT_S = 10.0
#: Seconds without the end of a step: before any step ended, and later at least.
FIRST_S, STUCK_S = 60.0, 20.0
#: So many times as long as the longest before it is too long for a step.
_FACTOR = 10.0
#: Whoever looks less often than this was asleep itself and knows nothing.
_NAP_S = 3.0


class Watch:
    """Fed with pulses; all times are of one monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._heard: float | None = None
        self._looked: float | None = None
        self._stalled = 0.0
        self._longest: float | None = None

    def begin(self, now: float) -> None:
        """An engine can compute."""
        self._heard, self._stalled = now, 0.0

    def run(self) -> None:
        """A run begins: what it loads and tries first may take long."""
        self._stalled, self._longest = 0.0, None

    def stepped(self) -> None:
        """Steps of the run ended."""
        self._longest = self._longest or 0.0

    def end(self) -> None:
        """There is no engine that could answer."""
        self._heard, self._stalled = None, 0.0

    def hear(self, pulse: Pulse, now: float) -> None:
        """A pulse came."""
        if pulse.stalled < self._stalled and self._longest is not None:
            self._longest = max(self._longest, self._stalled)
        self._heard, self._stalled = now, pulse.stalled

    def look(self, now: float) -> tuple[str, float]:
        """What is wrong, in one sentence, or ""; and for how many seconds there was no answer."""
        slept = self._looked is not None and now - self._looked > _NAP_S
        self._looked = now
        if self._heard is None:
            return "", 0.0
        if slept:
            self._heard = now
        silent = now - self._heard
        if silent >= SILENT_S:
            return (
                f"The engine has not answered for {silent:.0f} s; wait, or restart it and go on "
                "from the last checkpoint.",
                silent,
            )
        taken = self._stalled + silent
        if self._longest is None:
            limit, what = FIRST_S, "The run has not come to its second step"
        else:
            limit, what = max(STUCK_S, _FACTOR * self._longest), "A step has not ended"
        if self._stalled and taken >= limit:
            return (
                f"{what} for {taken:.0f} s, so the engine may hang; wait, or restart it and go on "
                "from the last checkpoint.",
                taken,
            )
        return "", 0.0
