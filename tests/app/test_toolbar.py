"""The toolbar: buttons that make sense, progress that is true, a rate nobody typed stays."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.app.toolbar import Toolbar, _clock
from netbuilder.training.events import EpochDone, Failed, Finished, Read, Started, Steps

LEFT = Qt.MouseButton.LeftButton
STARTED = Started("1", "/runs/1", 20, 23, 64, "cpu", 0, 35, ("main",), {"train": 1437})


@pytest.fixture
def toolbar(qtbot: QtBot) -> Toolbar:
    made = Toolbar()
    qtbot.addWidget(made)
    made.resize(1440, 40)
    made.show()
    qtbot.waitExposed(made)
    return made


def steps(last: int, epoch: int, left: float = 41.0) -> Steps:
    return Steps(last, epoch, {"main": np.zeros(1, np.float32)}, 44_100.0, left)


@pytest.mark.parametrize(
    ("state", "sensible", "primary"),
    [
        ("starting", {"run"}, None),
        ("off", {"run"}, "run"),
        ("idle", {"run", "step"}, "run"),
        ("running", {"pause", "stop"}, "pause"),
        ("paused", {"run", "step", "stop"}, "run"),
        ("stopped", {"run", "step"}, "run"),
    ],
)
def test_buttons_that_make_sense(
    toolbar: Toolbar, state: str, sensible: set[str], primary: str | None
) -> None:
    toolbar.set_state(state)
    assert {n for n, b in toolbar.buttons.items() if b.isEnabled()} == sensible
    assert [n for n, b in toolbar.buttons.items() if b.isDefault()] == [primary] * bool(primary)
    assert toolbar.buttons["run"].text() == ("Resume" if state == "paused" else "Run")


@pytest.mark.parametrize("name", ["run", "pause", "step", "stop"])
def test_a_press_is_told(toolbar: Toolbar, qtbot: QtBot, name: str) -> None:
    toolbar.set_state("running" if name == "pause" else "paused")
    with qtbot.waitSignal(getattr(toolbar, f"{name}_pressed"), timeout=1000):
        QTest.mouseClick(toolbar.buttons[name], LEFT)


def test_progress_of_a_run(toolbar: Toolbar) -> None:
    toolbar.set_state("idle")
    assert toolbar.epoch.text() == "Ready to train"
    toolbar.set_state("running")
    toolbar.follow([STARTED, steps(7 * 23 + 11, 8)])
    assert toolbar.epoch.text() == "Epoch 8 of 20"
    assert toolbar.where.text() == "step 12 / 23"
    assert toolbar.left.text() == "0:41 left"
    assert toolbar.bar.value() / toolbar.bar.maximum() == pytest.approx((7 * 23 + 12) / 460)
    toolbar.set_state("paused")
    assert toolbar.left.text() == "paused"
    toolbar.follow([EpochDone(8, 8 * 23, {}, {})])
    assert toolbar.where.text() == "step 23 / 23"
    toolbar.follow([Finished("1", "/runs/1", False, 460, 20, {}, {}, 62.0)])
    assert toolbar.epoch.text() == "Epoch 20 of 20"
    assert toolbar.left.text() == "took 1:02"
    assert toolbar.bar.value() == toolbar.bar.maximum()


def test_a_run_that_is_over_leaves_no_time_to_go(toolbar: Toolbar) -> None:
    toolbar.set_state("running")
    toolbar.follow([STARTED, steps(3, 1), Failed("The loss became NaN.", None, "1", 3)])
    toolbar.set_state("stopped")
    assert toolbar.left.text() == "failed"
    toolbar.follow([STARTED, steps(3, 1), Finished("1", "/runs/1", True, 4, 0, {})])
    assert toolbar.left.text() == "stopped"


def test_a_dead_engine_or_another_project_takes_the_progress_away(toolbar: Toolbar) -> None:
    toolbar.set_state("running")
    toolbar.follow([STARTED, steps(30, 2)])
    toolbar.set_state("starting")
    assert (toolbar.bar.value(), toolbar.where.text(), toolbar.left.text()) == (0, "", "")
    toolbar.set_state("idle")
    assert toolbar.epoch.text() == "Ready to train"
    toolbar.follow([STARTED, steps(30, 2)])
    toolbar.clear()
    assert (toolbar.epoch.text(), toolbar.bar.value()) == ("Ready to train", 0)


def test_devices_of_the_engine(toolbar: Toolbar, qtbot: QtBot) -> None:
    toolbar.set_devices(("cpu", "cuda"), "cuda")
    assert [toolbar.device.itemText(i) for i in range(toolbar.device.count())] == [
        "auto", "cpu", "cuda",
    ]  # fmt: skip
    assert toolbar.device.currentText() == "cuda"
    toolbar.choose_device("mps")  # a project from another machine
    assert toolbar.device.currentText() == "auto"
    toolbar.device.setFocus()
    with qtbot.waitSignal(toolbar.device_chosen, timeout=1000) as chosen:
        QTest.keyClick(toolbar.device, Qt.Key.Key_Down)
    assert chosen.args == ["cpu"]


def test_a_rate_is_typed_and_only_then_told(toolbar: Toolbar, qtbot: QtBot) -> None:
    told: list[float] = []
    toolbar.rate_changed.connect(told.append)
    toolbar.set_rate(0.00123456)
    field = toolbar.rate.field
    field.setFocus()
    toolbar.buttons["run"].setFocus()
    assert told == []
    assert toolbar.rate.value() == 0.00123456
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.02")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert told == [0.02]
    toolbar.set_rate(0.0)  # an optimiser without a rate
    toolbar.set_rate(float("nan"))
    assert toolbar.rate.value() == 0.02


@pytest.mark.parametrize("width", [1140, 1219, 1220, 1280, 1300, 1366, 1400, 1920])
def test_nothing_is_cut_off_at_any_width(toolbar: Toolbar, width: int) -> None:
    toolbar.set_state("paused")
    toolbar.follow([STARTED, steps(7 * 23 + 11, 8, 3723.0)])
    toolbar.resize(width, 40)
    QApplication.processEvents()
    assert toolbar.width() == width
    shown = [w for w in toolbar.children() if isinstance(w, QWidget) and w.isVisible()]
    shown.sort(key=lambda w: w.x())
    for before, after in itertools.pairwise(shown):
        assert before.geometry().right() < after.x()
    assert shown[-1] is toolbar.commands
    assert shown[-1].geometry().right() < width - 8
    for widget in shown:
        assert widget.width() >= (widget.minimumWidth() or widget.minimumSizeHint().width())
    assert toolbar.buttons["run"].x() < 20


def test_buttons_keep_their_places(toolbar: Toolbar) -> None:
    toolbar.set_state("paused")
    QApplication.processEvents()
    before = [b.geometry() for b in toolbar.buttons.values()]
    toolbar.set_state("running")
    QApplication.processEvents()
    assert [b.geometry() for b in toolbar.buttons.values()] == before


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0:00"), (41.4, "0:41"), (725, "12:05"), (3729, "1:02:09")]
)
def test_clock(seconds: float, text: str) -> None:
    assert _clock(seconds) == text


def test_before_a_run_it_shows_how_far_its_data_is_read(toolbar: Toolbar) -> None:
    toolbar.set_state("idle")
    toolbar.follow([Read("images of cats", 10, 2000)])  # for the Data panel: no run waits for it
    assert toolbar.epoch.text() == "Ready to train"
    toolbar.set_state("running")
    toolbar.follow([Read("images of cats", 500, 2000)])
    assert (toolbar.epoch.text(), toolbar.where.text()) == ("Reading", "500 / 2,000")
    assert toolbar.bar.value() / toolbar.bar.maximum() == 0.25
    toolbar.follow([STARTED, Read("images of dogs", 5, 10)])
    assert toolbar.epoch.text() == "Epoch 1 of 20"
    assert toolbar.bar.value() == 0
