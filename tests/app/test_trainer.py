"""What a window says of faults, and what one click on it does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.window import MainWindow
from netbuilder.graph import Project
from netbuilder.training.events import EpochDone, Failed, Finished, RateChanged, Started, Steps


@pytest.mark.slow
def test_faults_are_said_with_what_can_be_done(
    open_window: Callable[..., MainWindow], blobs: Callable[..., Project], qtbot: QtBot
) -> None:
    window = open_window(blobs(batch_size=64))
    session, document = window.session, window.document

    def sizes() -> int:
        return document.project.training.batch_size

    session.events.emit([Failed("The memory was not enough.", "linear_1", "1", 3, batch_size=32)])
    toast = window.toasts.visible()[-1]
    assert toast.link is not None
    assert toast.link.text() == "Set the batch size to 32"
    assert sizes() == 64  # never by itself
    toast.link.click()
    assert sizes() == 32
    told = window.toasts.visible()[-1]
    assert "The batch size is now 32" in told.text()
    assert told.link is not None
    document.stack.undo()
    assert sizes() == 64

    session.silent = 12.0
    session.silence.emit("The engine has not answered for 12 s.")
    toast = window.toasts.visible()[-1]
    assert toast.link is not None
    assert (toast.text(), toast.link.text()) == (
        "The engine has not answered for 12 s.", "Restart the engine",
    )  # fmt: skip
    assert window.status.labels["state"].text() == "No answer for 12 s"
    session.silence.emit("")
    assert toast not in window.toasts.visible()
    assert window.status.labels["state"].text() == "Engine is starting"

    # What is in force is shown while it runs, the project's own rate after it.
    session.events.emit([EpochDone(1, 9, {}, {}, learning_rates={"main": 0.004})])
    assert window.toolbar.rate.value() == pytest.approx(0.004)
    session.events.emit([Finished("a", "a", True, 9, 1, {})])
    assert window.toolbar.rate.value() == pytest.approx(0.05)

    # Under a schedule what is chosen is in force, and the project begins at what leads there.
    sent: list[tuple[str, float]] = []
    session.set_learning_rate = lambda name, rate: sent.append((name, rate))
    session.state = "running"
    session.events.emit([Started("a", "a", 9, 1, 1, "cpu", 0, 1, ("main",), {})])
    losses = np.zeros(1, np.float32)
    session.events.emit([Steps(0, 1, {"main": losses}, 1.0, 1.0, {"main": 0.005})])
    assert window.toolbar.rate.value() == pytest.approx(0.005)
    field = window.toolbar.rate.field
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    qtbot.keyClicks(field, "0.01")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert sent == [("main", 0.01)]
    assert document.project.training.optimisers[0].settings["lr"] == 0.05
    session.events.emit([RateChanged(3, "main", 0.01, 0.1)])
    assert document.project.training.optimisers[0].settings["lr"] == 0.1
    assert window.toolbar.rate.value() == pytest.approx(0.01)
    session.state = "stopped"
    session.events.emit([Finished("a", "a", True, 9, 1, {})])
    assert window.toolbar.rate.value() == pytest.approx(0.1)
    document.undo()
    assert document.project.training.optimisers[0].settings["lr"] == 0.05

    trained: list[Project] = []
    session.train, session.state = trained.append, "idle"
    window.menus.by_name["bag"].trigger()
    form = window.runs.details.waiting.form
    assert form.isVisible()
    form.count.setValue(4)
    qtbot.mouseClick(form.add, Qt.MouseButton.LeftButton)
    assert [item.project.training.resample for item in window.runs.queue.items] == [1, 2, 3, 4]
    assert trained[0].training.resample == 1

    queue = window.runs.queue
    queue.close()  # as when the window is closed before any of them began
    queue.items.clear()
    window.trainer.take_up_queue()
    toast = window.toasts.visible()[-1]
    assert toast.text() == "4 runs wait in the queue since a window was closed."
    assert queue.held
