"""Questions asked again and again: one at a time, the latest wins, nothing for nobody."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.asking import LiveQuestion
from netbuilder.graph import Project


class Asked:
    """A question with a switch for whether anybody looks."""

    def __init__(self, session: object, interval_ms: int) -> None:
        self.looked_at = True
        self.results: list[object] = []
        self.question = LiveQuestion(
            session,
            "data",
            self._take,
            interval_ms,
            lambda: self.looked_at,  # type: ignore[arg-type]
        )

    def _take(self, result: object, error: str) -> None:
        self.results.append(result if result is not None else error)


@pytest.fixture
def session(make_session: Callable[[Project], object]) -> object:
    return make_session(Project())


def test_only_one_is_under_way_and_the_latest_waits(qtbot: QtBot, session: object) -> None:
    asked = Asked(session, 0)
    for number in range(5):
        asked.question.ask(number=number)
    assert session.count("data") == 1  # type: ignore[attr-defined]
    session.give(session.asked[0], {"answer": 0})  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: session.count("data") == 2)  # type: ignore[attr-defined]
    assert session.asked[1].arguments == {"number": 4}  # type: ignore[attr-defined]
    assert asked.results == [{"answer": 0}]


def test_not_more_often_than_allowed(qtbot: QtBot, session: object) -> None:
    session.answers["data"] = {}  # type: ignore[attr-defined]
    asked = Asked(session, 120)
    for _ in range(10):
        asked.question.ask()
        qtbot.wait(20)
    assert 2 <= session.count("data") <= 3  # type: ignore[attr-defined]


def test_nothing_is_asked_while_nobody_looks(session: object) -> None:
    asked = Asked(session, 0)
    asked.looked_at = False
    asked.question.ask(number=1)
    asked.question.ask(number=2)
    assert session.count("data") == 0  # type: ignore[attr-defined]
    asked.looked_at = True
    asked.question.wake()
    assert [q.arguments for q in session.asked] == [{"number": 2}]  # type: ignore[attr-defined]


def test_an_answer_to_what_was_forgotten_is_not_heard(session: object) -> None:
    asked = Asked(session, 0)
    asked.question.ask()
    asked.question.forget()
    session.give(session.asked[0], {"late": True})  # type: ignore[attr-defined]
    assert asked.results == []
    asked.question.ask()
    session.give(session.asked[1], "No.")  # type: ignore[attr-defined]
    assert asked.results == ["No."]


def test_a_dead_engine_frees_the_question(session: object) -> None:
    asked = Asked(session, 0)
    asked.question.ask()
    assert asked.question.busy
    session.engine_died.emit("killed")  # type: ignore[attr-defined]
    asked.question.ask()
    assert session.count("data") == 2  # type: ignore[attr-defined]


def test_while_training_the_same_takes_a_tenth_of_the_time(qtbot: QtBot, session: object) -> None:
    asked = Asked(session, 0)

    def answered_in_60_ms(number: int) -> None:
        asked.question.ask(rows=np.arange(3), number=number)
        qtbot.wait(60)
        session.give(session.asked[-1], {})  # type: ignore[attr-defined]

    session.state = "running"  # type: ignore[attr-defined]
    answered_in_60_ms(1)
    asked.question.ask(rows=np.arange(3), number=1)
    qtbot.wait(200)
    assert session.count("data") == 1  # type: ignore[attr-defined]
    asked.question.ask(rows=np.arange(3), number=2)  # a person wants another
    assert session.count("data") == 2  # type: ignore[attr-defined]
    session.give(session.asked[-1], {})  # type: ignore[attr-defined]
    asked.question.ask(rows=np.arange(3), number=2)
    qtbot.waitUntil(lambda: session.count("data") == 3)  # type: ignore[attr-defined]
    session.state = "stopped"  # type: ignore[attr-defined]
    session.give(session.asked[-1], {})  # type: ignore[attr-defined]
    answered_in_60_ms(2)
    asked.question.ask(rows=np.arange(3), number=2)
    assert session.count("data") == 5  # type: ignore[attr-defined]
