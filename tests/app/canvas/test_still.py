"""Nodes that are kept as pictures show what painted ones do, whatever happens to them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QGraphicsItem

from netbuilder.app import theme
from netbuilder.app.canvas.ports import PortRef

PICTURE = QGraphicsItem.CacheMode.DeviceCoordinateCache
PAINTED = QGraphicsItem.CacheMode.NoCache


def modes(canvas) -> set[QGraphicsItem.CacheMode]:
    return {item.cacheMode() for item in canvas.scene.nodes.values()}


def pixels(canvas) -> np.ndarray:
    image = canvas.view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return rows[..., :3].astype(int)


@pytest.fixture
def still(make_canvas, qtbot):
    canvas = make_canvas()
    qtbot.waitUntil(lambda: modes(canvas) == {PICTURE})
    pixels(canvas)  # every picture is made
    return canvas


def hover(canvas) -> None:
    canvas.move(canvas.head("conv2d_1"))


def select(canvas) -> None:
    canvas.click(canvas.head("relu_1"))


def run(canvas) -> None:
    canvas.scene.set_running(0.1)
    pixels(canvas)
    canvas.scene.set_running(0.7)


def show(canvas) -> None:
    canvas.scene.set_views({"linear_1": ("hist", np.arange(20.0))})
    pixels(canvas)
    canvas.scene.set_views({"linear_1": ("hist", np.arange(20.0)[::-1])})


def fit(canvas) -> None:
    canvas.scene.show_fits({PortRef("add_1", "x", False): True})


def edit(canvas) -> None:
    canvas.view.edit("Bias", canvas.graph.set_param("conv2d_1", "kernel_size", 5))


def walk(canvas) -> None:
    canvas.view.select(["conv2d_1"])
    canvas.view.walking.go(1, 0)
    assert canvas.scene.nodes["relu_1"].state.focused
    pixels(canvas)
    canvas.view.select(["relu_1"])


def lighten(canvas) -> None:
    theme.apply(QApplication.instance(), "light")


def carry(canvas) -> None:
    canvas.scene.place_nodes({"relu_1": canvas.scene.nodes["relu_1"].pos()})
    canvas.view.scroll_by(33, -20)


@pytest.mark.parametrize("happen", [hover, select, run, show, fit, edit, walk, lighten, carry])
def test_a_picture_shows_what_painting_would(still, happen: Callable[..., None]) -> None:
    before = pixels(still)
    happen(still)
    kept = pixels(still)
    assert (kept != before).any()
    for item in still.scene.nodes.values():
        item.setCacheMode(PAINTED)
    painted = pixels(still)
    # A border between pixels may be mixed a shade otherwise.
    assert (np.abs(kept - painted).max(-1) > 24).mean() < 2e-4


def test_while_one_zooms_nodes_are_painted(still, qtbot) -> None:
    still.view.camera.zoom(1.2)
    assert modes(still) == {PAINTED}
    still.view.edit("Add", still.graph.move({"relu_1": (360.0, 20.0)}))
    qtbot.waitUntil(lambda: modes(still) == {PICTURE})
    still.view.camera.set_zoom(0.3)  # too far to read: nothing is kept
    qtbot.wait(400)
    assert modes(still) == {PAINTED}


def test_a_node_that_comes_is_a_picture_as_the_others(still) -> None:
    added = still.view.add_kind("relu")
    assert added is not None
    assert modes(still) == {PICTURE}
