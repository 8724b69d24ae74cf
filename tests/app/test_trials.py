"""A kind without a rule of its own: the engine tells its shape, and what torch objects to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from netbuilder.app.window import MainWindow
from netbuilder.graph import Node, Project
from netbuilder.layers import trial

READY_MS = 60_000


@pytest.mark.timeout(120)
def test_the_engine_tells_a_shape_that_only_torch_knows(
    open_window: Callable[..., MainWindow],
    blobs: Callable[..., Project],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trial, "_known", {})
    monkeypatch.setattr(trial, "wanted", {})
    window = open_window()
    document = window.document
    graph = blobs().graph
    document.new(blobs())
    params = {"name": "nn.Hardtanh", "arguments": "max_val=0.77"}
    document.edit_graph("Try", graph.put(Node("tanh_1", "torch_layer", params, (352, 0))))
    item = window.canvas.canvas.nodes["tanh_1"]
    assert item.face.shape != "B × 8"
    window.begin()
    qtbot.waitUntil(lambda: item.face.shape == "B × 8", timeout=READY_MS)
    assert not document.check.errors
    graph = document.project.graph
    # Written in steps, as a person does: each is answered, the last one is what stands.
    document.edit_graph("Name", graph.set_param("tanh_1", "arguments", ""))
    document.edit_graph("Name", document.project.graph.set_param("tanh_1", "name", "nn.LPPool2d"))
    (problem,) = [p for p in document.check.errors if p.node == "tanh_1"]
    assert "needs norm_type and kernel_size" in problem.message
    document.edit_graph(
        "Arguments",
        document.project.graph.set_param("tanh_1", "arguments", "norm_type=2, kernel_size=9"),
    )
    qtbot.waitUntil(
        lambda: any("torch refuses LPPool2d" in p.message for p in document.check.errors),
        timeout=READY_MS,
    )
    assert document.stack.undoText() == "Arguments"
