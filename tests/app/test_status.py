"""The status line: short, true, and quiet."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from netbuilder.app import status as status_module
from netbuilder.app.status import Status
from netbuilder.app.theme import colour
from netbuilder.training.events import Failed, Read, Started, Steps

STARTED = Started("1", "/runs/1", 2, 3, 64, "cpu", 0, 35, ("main",), {"train": 180})


@pytest.fixture
def status(qtbot: QtBot) -> Status:
    made = Status()
    qtbot.addWidget(made)
    made.resize(1280, 24)
    made.show()
    return made


def dot(status: Status) -> QColor:
    image = status.dot.grab().toImage()
    ratio = image.devicePixelRatio()
    return image.pixelColor(round(4 * ratio), round(status.dot.height() / 2 * ratio))


@pytest.mark.parametrize(
    ("state", "words", "token"),
    [
        ("starting", "Engine is starting", "text3"),
        ("off", "No engine", "error"),
        ("idle", "Ready", "ok"),
        ("running", "Training", "ok"),
        ("paused", "Paused", "warn"),
        ("stopped", "Run finished", "ok"),
    ],
)
def test_a_word_and_a_dot_for_every_state(
    status: Status, state: str, words: str, token: str
) -> None:
    status.set_state(state)
    assert status.labels["state"].text() == words
    assert dot(status) == colour(token)


def test_speed_only_while_training(status: Status) -> None:
    status.set_state("running")
    status.follow([STARTED, Steps(0, 1, {"main": np.zeros(1, np.float32)}, 44_100.4, 3)])
    assert status.labels["speed"].text() == "44 100 samples/s"
    status.set_state("paused")
    assert status.labels["speed"].text() == ""


def test_a_failure_is_not_called_finished(status: Status) -> None:
    status.set_state("running")
    status.follow([STARTED, Failed("The loss became NaN.")])
    status.set_state("stopped")
    assert status.labels["state"].text() == "Run failed"
    assert dot(status) == colour("error")
    status.follow([STARTED])
    status.set_state("running")
    assert status.labels["state"].text() == "Training"


def test_counts(status: Status) -> None:
    status.set_problems(1, 2)
    assert status.labels["problems"].text() == "1 error, 2 warnings"
    status.set_problems(0, 1)
    assert status.labels["problems"].text() == "1 warning"
    status.set_problems(0, 0)
    assert status.labels["problems"].text() == ""
    status.set_selection(1)
    assert status.labels["selection"].text() == "1 node selected"
    status.set_selection(3)
    assert status.labels["selection"].text() == "3 nodes selected"
    status.set_selection(0)
    assert status.labels["selection"].text() == ""


def test_the_age_of_the_file(status: Status, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(status_module.time, "monotonic", lambda: now[0])
    status.set_saved()
    assert status.labels["saved"].text() == "Saved just now"
    now[0] += 12
    status._age()
    assert status.labels["saved"].text() == "Saved 12 s ago"
    now[0] += 120
    status._age()
    assert status.labels["saved"].text() == "Saved 2 min ago"
    now[0] += 7200
    status._age()
    assert status.labels["saved"].text() == "Saved 2 h ago"
    status.set_unsaved()
    status._age()
    assert status.labels["saved"].text() == "Unsaved changes"
    status.clear_saved()
    assert status.labels["saved"].text() == ""


def test_it_says_what_is_read_until_it_is(status: Status) -> None:
    status.set_state("idle")
    status.follow([Read("images of cats", 500, 2000)])
    assert status.labels["state"].text() == "Reading images of cats: 500 of 2,000"
    status.follow([Read("images of cats", 2000, 2000)])
    assert status.labels["state"].text() == "Ready"
