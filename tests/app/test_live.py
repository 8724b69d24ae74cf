"""Life on the canvas: pictures and gradients of the network that is open, and of no other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from netbuilder.app.live import _picture, _statistics, _view
from netbuilder.app.window import MainWindow
from netbuilder.graph import Project
from netbuilder.training.events import Event, Started, Steps

LEFT = Qt.MouseButton.LeftButton
Open = Callable[..., MainWindow]
READY_MS = 60_000


def test_pictures_or_a_histogram() -> None:
    pictures = _view({"pictures": [np.eye(5), -np.eye(5)], "counts": [1]})
    assert isinstance(pictures, list)
    assert [(p.width(), p.height()) for p in pictures] == [(5, 5), (5, 5)]
    histogram = _view({"pictures": (), "counts": np.array([1, 2])})
    assert isinstance(histogram, tuple)
    assert histogram[0] == "hist"
    assert _view({"pictures": (), "counts": None}) is None


def test_samples_are_shown_in_their_colours() -> None:
    grey = _picture(np.linspace(0, 1, 16, dtype=np.float32).reshape(1, 4, 4))
    assert grey.pixelColor(3, 3).lightness() > grey.pixelColor(0, 0).lightness()
    red = np.zeros((3, 4, 4), np.float32)
    red[0] = 1
    assert _picture(red).pixelColor(1, 1).red() == 255
    assert _picture(red).pixelColor(1, 1).blue() == 0
    flat = _picture(np.ones((3, 4, 4), np.float32))  # no contrast at all
    assert flat.width() == 4


def test_statistics_for_the_inspector() -> None:
    seen = {"counts": [1, 2], "edges": [-1.0, 0.0, 1.0], "mean": 0.1, "std": 0.2}
    found = _statistics(seen, [0.5], 12)
    assert (found["low"], found["high"], found["step"]) == (-1.0, 1.0, 12)


@pytest.mark.slow
def test_nodes_and_wires_live_while_training(
    open_window: Open, blobs: Callable[..., Project], qtbot: QtBot
) -> None:
    window = open_window(blobs(epochs=20_000), begin=True)
    told: list[Event] = []
    window.session.events.connect(told.extend)
    nodes = window.canvas.canvas.nodes
    qtbot.waitUntil(lambda: nodes["tanh_1"].view is not None, timeout=READY_MS)  # fresh weights
    QTest.mouseClick(window.toolbar.buttons["run"], LEFT)
    qtbot.waitUntil(lambda: any(isinstance(e, Steps) for e in told), timeout=READY_MS)
    qtbot.waitUntil(lambda: bool(window.canvas.canvas._gradients), timeout=READY_MS)
    window.canvas.select(["tanh_1"])
    qtbot.waitUntil(lambda: (window.live._step or 0) > 0, timeout=READY_MS)

    window.menus.by_name["activations"].trigger()
    assert nodes["tanh_1"].view is None
    assert not window.canvas.canvas._gradients
    window.menus.by_name["activations"].trigger()
    qtbot.waitUntil(lambda: nodes["tanh_1"].view is not None, timeout=READY_MS)

    # Another project with nodes of the same names: the run goes on, unseen.
    window.document.new(blobs(name="other", epochs=3))
    nodes = window.canvas.canvas.nodes
    qtbot.wait(1200)
    assert window.session.state == "running"
    assert nodes["tanh_1"].view is None
    QTest.mouseClick(window.toolbar.buttons["stop"], LEFT)
    qtbot.waitUntil(lambda: nodes["tanh_1"].view is not None, timeout=READY_MS)
    told.clear()
    QTest.mouseClick(window.toolbar.buttons["run"], LEFT)
    qtbot.waitUntil(lambda: any(isinstance(e, Started) for e in told), timeout=READY_MS)
    qtbot.waitUntil(lambda: window.session.state == "stopped", timeout=READY_MS)
