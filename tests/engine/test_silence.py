"""What counts as silence of an engine: measured by a clock that the test moves."""

from __future__ import annotations

import pytest

from netbuilder.engine.messages import Pulse
from netbuilder.engine.silence import FIRST_S, SILENT_S, STUCK_S, Watch


@pytest.fixture
def watch() -> Watch:
    made = Watch()
    made.begin(0.0)
    made.run()
    return made


def live(watch: Watch, begin: int, end: int, stalled: float = 0.0, grows: bool = False) -> str:
    """A pulse a second from `begin` to `end`; what is said at the last."""
    said = ""
    for now in range(begin, end):
        watch.hear(Pulse(stalled + (now - begin if grows else 0.0)), float(now))
        said, _ = watch.look(float(now))
    return said


def test_pulses_keep_it_quiet_and_their_absence_is_told(watch: Watch) -> None:
    assert live(watch, 0, 200) == ""
    for now in range(200, 199 + int(SILENT_S)):
        assert watch.look(float(now)) == ("", 0.0)
    sentence, seconds = watch.look(199 + SILENT_S)
    assert seconds == SILENT_S
    assert f"has not answered for {SILENT_S:.0f} s" in sentence
    watch.hear(Pulse(), 210.0)
    assert watch.look(210.0) == ("", 0.0)


def test_a_step_is_measured_by_those_before_it(watch: Watch) -> None:
    watch.stepped()
    assert live(watch, 0, int(STUCK_S), grows=True) == ""
    assert "A step has not ended for 20 s" in live(watch, 20, 21, stalled=20.0)
    assert live(watch, 21, 22) == ""  # it ended: steps of this network take so long
    assert live(watch, 22, 180, grows=True) == ""
    assert "A step has not ended for 200 s" in live(watch, 180, 181, stalled=200.0)


def test_what_comes_before_the_first_step_may_take_longer(watch: Watch) -> None:
    assert live(watch, 0, int(FIRST_S), grows=True) == ""
    assert "not come to its second step" in live(watch, 60, 61, stalled=60.0)


def test_a_window_that_slept_knows_nothing(watch: Watch) -> None:
    live(watch, 0, 5)
    assert watch.look(3600.0) == ("", 0.0)
    assert watch.look(3601.0) == ("", 0.0)


def test_without_an_engine_there_is_no_silence(watch: Watch) -> None:
    watch.end()
    assert [watch.look(float(now))[0] for now in range(50)] == [""] * 50
