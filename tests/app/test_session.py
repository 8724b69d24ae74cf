"""The session: one run at a time, questions that never queue up, an engine that may die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from netbuilder.app import session as session_module
from netbuilder.app.session import Session
from netbuilder.engine import client as client_module
from netbuilder.engine import silence
from netbuilder.engine.messages import (
    Answer,
    EngineDied,
    Pulse,
    Ready,
    Reply,
    Request,
    SetLearningRate,
    Told,
    Train,
)
from netbuilder.graph import Project
from netbuilder.training.events import Event, Failed, Finished, Paused, Refused, Resumed, Started

READY = Ready("2.13.0", ("cpu",))
DIED = EngineDied(-9, "The engine was killed.")
START_MS = 60_000


class Line:
    """An engine at the other end of a line on which the test speaks."""

    def __init__(self) -> None:
        self.sent: list[Request] = []
        self.asked: list[tuple[int, str, dict[str, Any]]] = []
        self.replies: list[Reply] = []
        self.restarts = 0
        self.closed = False

    def send(self, request: Request) -> bool:
        self.sent.append(request)
        return True

    def ask(self, about: str, project: Project, **arguments: Any) -> int:
        self.asked.append((len(self.asked) + 1, about, arguments))
        return len(self.asked)

    def poll(self) -> list[Reply]:
        replies, self.replies = self.replies, []
        return replies

    def restart(self) -> None:
        self.restarts += 1

    def kill(self, why: str) -> None:
        self.replies.append(EngineDied(-9, why))

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def line(session: Session, monkeypatch: pytest.MonkeyPatch) -> Line:
    made = Line()
    monkeypatch.setattr(session_module, "EngineClient", lambda: made)
    session.start()
    session._timer.stop()  # the test drains
    return made


def hear(session: Session, line: Line, *replies: Reply | Event) -> None:
    told = (Ready, Answer, Pulse, EngineDied)
    line.replies += [r if isinstance(r, told) else Told(r) for r in replies]
    session.drain()


def started(folder: str = "/runs/1", step: int = 0) -> Started:
    return Started("1", folder, 5, 3, 64, "cpu", 0, 35, ("main",), {"train": 180}, step)


def finished(stopped: bool = False) -> Finished:
    return Finished("1", "/runs/1", stopped, 15, 5, {})


# --- questions -----------------------------------------------------------------------------


def test_of_questions_with_a_key_the_newest_waits(session: Session, line: Line) -> None:
    hear(session, line, READY)
    got: list[Any] = []
    for n in range(5):
        session.ask("predict", {"sample": n}, lambda a, n=n: got.append((n, a.result)), key="k")
    session.ask("data", {}, lambda a: got.append(("other", a.result)))
    assert [(n, about) for n, about, _ in line.asked] == [(1, "predict"), (2, "data")]
    hear(session, line, Answer(1, {"first": 1}))
    assert line.asked[2][1:] == ("predict", {"sample": 4})
    hear(session, line, Answer(3, {"last": 1}), Answer(2, {"data": 1}))
    assert got == [(0, {"first": 1}), (4, {"last": 1}), ("other", {"data": 1})]
    assert len(line.asked) == 3


def test_a_forgotten_question_goes_unheard(session: Session, line: Line) -> None:
    got: list[Answer] = []
    session.ask("early", {}, got.append, key="early")
    session.forget("early")
    hear(session, line, READY)
    assert line.asked == []
    session.ask("flying", {}, got.append, key="k")
    session.ask("next", {}, got.append, key="k")
    session.forget("k")
    hear(session, line, Answer(1, {}))
    session.ask("again", {}, got.append, key="k")
    assert [about for _, about, _ in line.asked] == ["flying", "again"]
    assert got == []


def test_early_questions_wait_and_supersede_too(session: Session, line: Line) -> None:
    for n in range(3):
        session.ask("predict", {"sample": n}, lambda a: None, key="k")
        session.ask("data", {"n": n}, lambda a: None)
    hear(session, line, READY)
    assert [(about, arguments) for _, about, arguments in line.asked] == [
        ("data", {"n": 0}),
        ("data", {"n": 1}),
        ("predict", {"sample": 2}),
        ("data", {"n": 2}),
    ]


def test_a_listener_that_fails_takes_no_other_answer_with_it(session: Session, line: Line) -> None:
    hear(session, line, READY)
    got: list[Answer] = []

    def fail(_: Answer) -> None:
        raise LookupError("gone")

    session.ask("a", {}, fail)
    session.ask("b", {}, got.append)
    with pytest.raises(LookupError):
        hear(session, line, Answer(1, {}), Answer(2, {}))
    session.drain()
    assert [a.id for a in got] == [2]


def test_a_question_is_about_the_project_in_training(
    session: Session, line: Line, blobs: Callable[..., Project]
) -> None:
    hear(session, line, READY)
    trained = session.document.project
    session.train()
    hear(session, line, started())
    session.document.new(blobs(name="other"))
    assert session.project is trained
    hear(session, line, finished())
    assert session.project is session.document.project
    assert session.run == "/runs/1"


# --- states --------------------------------------------------------------------------------


def test_states_follow_events(session: Session, line: Line) -> None:
    states: list[str] = []
    session.state_changed.connect(states.append)
    assert session.state == "starting"
    hear(session, line, READY)
    session.train()
    hear(session, line, started())
    session.pause()
    hear(session, line, Paused(3))
    session.step()
    hear(session, line, Paused(4))
    session.resume()
    hear(session, line, Resumed(4))
    session.set_learning_rate("main", 0.1)
    session.stop()
    hear(session, line, finished(stopped=True))
    session.step()
    hear(session, line, started(), Failed("The loss became NaN.", None, "1", 2))
    assert states == [
        "idle", "running", "paused", "running", "stopped", "running", "stopped",
    ]  # fmt: skip
    assert [type(r).__name__ for r in line.sent] == [
        "Train", "Pause", "StepOnce", "Resume", "SetLearningRate", "Stop", "Train", "StepOnce",
    ]  # fmt: skip
    assert SetLearningRate("main", 0.1) in line.sent


def test_run_pressed_early_and_twice_is_one_run(session: Session, line: Line) -> None:
    session.train()
    session.train()
    assert session.state == "starting"
    hear(session, line, READY)
    assert session.state == "running"
    assert [type(r) for r in line.sent] == [Train]


def test_a_second_run_is_refused_and_the_first_goes_on(
    session: Session, line: Line, blobs: Callable[..., Project]
) -> None:
    hear(session, line, READY)
    session.train()
    hear(session, line, started())
    trained = session.project
    told: list[Event] = []
    session.events.connect(told.extend)
    session.train(blobs(name="another"))
    assert [type(e) for e in told] == [Refused]
    assert "stop it first" in told[0].message  # type: ignore[union-attr]
    assert session.project is trained
    assert len(line.sent) == 1


# --- death ---------------------------------------------------------------------------------


def test_death_in_a_run_keeps_what_resuming_needs(
    session: Session, line: Line, blobs: Callable[..., Project], qtbot: QtBot
) -> None:
    hear(session, line, READY)
    trained = session.document.project
    session.train()
    hear(session, line, started("/runs/7"))
    got: list[Answer] = []
    session.ask("predict", {}, got.append, key="k")
    session.ask("predict", {}, got.append, key="k")
    with qtbot.waitSignal(session.engine_died) as died:
        hear(session, line, DIED)
    assert died.args == ["The engine was killed."]
    assert [a.error for a in got] == ["The engine was killed."] * 2  # nobody waits for ever
    assert (session.state, session.lost, line.restarts) == ("starting", "/runs/7", 1)
    session.document.new(blobs(name="edited meanwhile"))
    session.resume_lost()
    assert session.lost is None
    hear(session, line, READY)
    assert line.sent[-1] == Train(trained, "/runs/7")
    assert session.state == "running"


def test_death_without_a_run_leaves_none_to_resume(session: Session, line: Line) -> None:
    hear(session, line, READY)
    session.train()
    hear(session, line, started(), finished())
    hear(session, line, DIED)
    assert session.lost is None
    hear(session, line, READY)
    session.train()
    hear(session, line, DIED)  # before the run had a folder of its own
    assert session.lost is None
    assert line.restarts == 2


def test_last_words_are_heard_before_the_death(session: Session, line: Line) -> None:
    hear(session, line, READY)
    session.train()
    hear(session, line, started("/runs/2"), DIED)
    assert session.lost == "/runs/2"
    hear(session, line, READY)
    session.train()
    hear(session, line, started("/runs/3"), finished(), DIED)
    assert session.lost is None


def test_an_engine_that_cannot_start_is_not_started_for_ever(session: Session, line: Line) -> None:
    for _ in range(3):
        hear(session, line, DIED)
    assert (session.state, line.restarts, line.closed) == ("off", 2, True)
    session.train()
    assert session.state == "starting"
    hear(session, line, READY)
    assert session.state == "running"


def test_an_engine_that_a_question_ends_each_time_is_not_started_for_ever(
    session: Session, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(session_module.time, "monotonic", lambda: clock[0])
    for _ in range(5):  # now and then: it is started again
        hear(session, line, READY)
        clock[0] += 100.0
        hear(session, line, DIED)
    assert (session.state, line.restarts) == ("starting", 5)
    for _ in range(4):  # a run that ends it is for the person to begin again
        hear(session, line, READY)
        session.train()
        hear(session, line, started(), DIED)
    assert (session.state, line.restarts) == ("starting", 9)
    for _ in range(3):
        hear(session, line, READY, DIED)
    assert (session.state, line.closed) == ("off", True)
    session.train()
    hear(session, line, READY)
    assert session.state == "running"


def test_a_silent_engine_is_told_and_a_new_one_goes_on(
    session: Session, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "SILENT_S", 2.0)
    clock = [0.0]
    monkeypatch.setattr(session_module.time, "monotonic", lambda: clock[0])
    said: list[str] = []
    session.silence.connect(said.append)
    hear(session, line, READY)
    trained = session.document.project
    session.train()
    hear(session, line, started("/runs/7"))
    for clock[0] in (1.0, 2.0, 3.0):
        hear(session, line)
    assert len(said) == 1
    assert "has not answered for 2 s" in said[0]
    assert session.silent == 3.0
    hear(session, line, Pulse())
    assert (said[1:], session.silent) == ([""], 0.0)
    deaths: list[str] = []
    session.engine_died.connect(deaths.append)
    session.restart_engine()
    session.drain()
    assert (deaths, session.resuming) == (["The engine did not answer and was ended."], True)
    hear(session, line, READY)
    assert line.sent[-1] == Train(trained, "/runs/7")
    assert session.state == "running"


def test_an_engine_whose_device_is_lost_is_changed_quietly(session: Session, line: Line) -> None:
    hear(session, line, READY)
    deaths: list[str] = []
    session.engine_died.connect(deaths.append)
    session.train()
    hear(session, line, started("/runs/7"), Failed("CUDA error.", None, "7", 2, spoilt=True))
    session.drain()
    assert (deaths, session.state, line.restarts) == ([], "starting", 1)
    session.train()
    hear(session, line, READY)
    assert session.state == "running"


# --- with a real engine ----------------------------------------------------------------------


@pytest.mark.slow
def test_a_life_with_a_real_engine(
    session: Session, qtbot: QtBot, blobs: Callable[..., Project]
) -> None:
    told: list[Event] = []
    answers: list[Answer] = []
    session.events.connect(told.extend)
    session.ask("data", {"samples": 2}, answers.append)  # before there is an engine
    session.start()
    session.document.new(blobs(epochs=20_000))
    qtbot.waitUntil(lambda: bool(answers), timeout=START_MS)
    assert answers[0].result is not None
    assert answers[0].result["rows"] == 300

    session.step()
    qtbot.waitUntil(lambda: session.state == "paused", timeout=START_MS)
    assert [e.step for e in told if isinstance(e, Paused)] == [1]
    session.step()
    qtbot.waitUntil(lambda: [e.step for e in told if isinstance(e, Paused)] == [1, 2])
    for n in range(20):
        session.ask("predict", {"rows": [n]}, answers.append, key="k")
    qtbot.waitUntil(lambda: len(answers) == 3)
    session.resume()
    qtbot.waitUntil(lambda: session.state == "running")

    run, pid = session.run, session._client.pid  # type: ignore[union-attr]
    assert run is not None
    assert pid is not None
    with qtbot.waitSignal(session.engine_died, timeout=10_000):
        os.kill(pid, signal.SIGKILL)
    assert session.lost == run
    told.clear()
    session.resume_lost()
    qtbot.waitUntil(lambda: any(isinstance(e, Started) for e in told), timeout=START_MS)
    again = next(e for e in told if isinstance(e, Started))
    assert (again.folder, session.state) == (run, "running")
    assert again.step >= 2
    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=10_000)
    assert isinstance(told[-1], Finished)
    assert told[-1].stopped


@pytest.mark.slow
def test_closing_while_training_leaves_no_process(
    session: Session, qtbot: QtBot, blobs: Callable[..., Project]
) -> None:
    session.start()
    session.train(blobs(epochs=20_000))
    qtbot.waitUntil(lambda: session.state == "running" and bool(session.run), timeout=START_MS)
    pid = session._client.pid  # type: ignore[union-attr]
    assert pid in [child.pid for child in multiprocessing.active_children()]
    session.close()
    assert multiprocessing.active_children() == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)  # type: ignore[arg-type]
    last = Path(session.run or "") / "checkpoints" / "last.safetensors"
    assert last.is_file()


@pytest.mark.slow
def test_an_engine_that_ends_at_once_is_given_up(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "engine_main", sys.exit)
    deaths: list[str] = []
    session.engine_died.connect(deaths.append)
    session.start()
    qtbot.waitUntil(lambda: session.state == "off", timeout=START_MS)
    assert deaths == ["The engine ended with code 1."] * 3
