"""Work of milliseconds is done behind the frames of what moves, and at once where nothing does."""

from __future__ import annotations

import time

import pytest
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from netbuilder.app import moments
from netbuilder.app.moments import Moments

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Canvas(QWidget):
    """Writes down when it is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[object] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        self.done.append("frame")


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    made = Canvas()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: bool(made.done))
    made.done.clear()
    return made


def frame(canvas: Canvas, qtbot: QtBot) -> None:
    before = len(canvas.done)
    canvas.update()
    qtbot.waitUntil(lambda: "frame" in canvas.done[before:])


@pytest.fixture
def waiting(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> Moments:
    # However busy this machine is.
    monkeypatch.setattr(moments, "_MOVING_S", 2.0)
    made = Moments(canvas)
    made._latest.setInterval(10_000)
    made.watch(canvas)
    return made


def test_at_once_while_nothing_moves(canvas: Canvas, waiting: Moments, qtbot: QtBot) -> None:
    waiting.take("a", lambda: canvas.done.append("a"))
    frame(canvas, qtbot)  # one frame is no movement
    waiting.take("b", lambda: canvas.done.append("b"))
    assert canvas.done == ["a", "frame", "b"]


def test_one_piece_behind_each_frame_and_the_latest_of_its_key(
    canvas: Canvas, waiting: Moments, qtbot: QtBot
) -> None:
    for _ in range(2):
        frame(canvas, qtbot)
    canvas.done.clear()
    for key, word in (("plots", "old"), ("answers", "answers"), ("plots", "new")):
        waiting.take(key, lambda word=word: canvas.done.append(word))
    assert canvas.done == []
    for count in (1, 2):
        canvas.update()
        qtbot.waitUntil(lambda count=count: len(canvas.done) == 2 * count)
    assert canvas.done == ["frame", "new", "frame", "answers"]


def test_what_waits_when_it_ends_is_not_done(
    canvas: Canvas, waiting: Moments, qtbot: QtBot
) -> None:
    for _ in range(2):
        frame(canvas, qtbot)
    waiting.take("a", lambda: canvas.done.append("a"))
    waiting.stop()
    frame(canvas, qtbot)
    qtbot.wait(20)
    assert set(canvas.done) == {"frame"}


def test_work_is_not_put_off_for_ever(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(moments, "_MOVING_S", 2.0)
    made = Moments(canvas)
    made.watch(canvas)
    for _ in range(2):
        frame(canvas, qtbot)
    asked = time.monotonic()
    made.take("a", lambda: canvas.done.append("a"))
    made.take("b", lambda: canvas.done.append("b"))
    qtbot.waitUntil(lambda: canvas.done[-2:] == ["a", "b"])  # though no frame came
    assert time.monotonic() - asked >= moments._LATEST_MS / 2000
