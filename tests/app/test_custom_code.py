"""A project with somebody's code in a window: nothing runs until the person trusts it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netbuilder import trusted
from netbuilder.app.window import MainWindow
from netbuilder.graph import Edge, Node, Project
from netbuilder.graph.file import save
from netbuilder.layers import trial

READY_MS = 60_000
CONTROL = Qt.KeyboardModifier.ControlModifier


def theirs(blobs: Callable[..., Project], code: str) -> Project:
    """Blobs with a Custom node between its first layers."""
    project = blobs()
    graph = project.graph.add(Node("own_1", "custom", {"code": code}, (176, 160)))
    graph = graph.remove(edges=[e for e in graph.edges if e.target == "tanh_1"])
    graph = graph.connect(Edge("linear_1", "y", "own_1", "x"), Edge("own_1", "y", "tanh_1", "x"))
    return project.with_graph(graph)


@pytest.mark.timeout(180)
@pytest.mark.slow
def test_code_of_a_file_runs_in_the_engine_and_only_once_it_is_trusted(
    open_window: Callable[..., MainWindow],
    blobs: Callable[..., Project],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trial, "_known", {})
    monkeypatch.setattr(trial, "wanted", {})
    sign = tmp_path / "it_ran"
    code = (
        "import os\n\n\nclass Own(nn.Module):\n"
        f"    open({str(sign)!r}, 'w').write(str(os.getpid()))\n\n"
        "    def forward(self, x):\n        return torch.cat([x, x], 1)\n"
    )
    save(theirs(blobs, code), tmp_path / "theirs.netbuilder")
    window = open_window(begin=True)
    qtbot.waitUntil(lambda: window.session.state == "idle", timeout=READY_MS)
    document, canvas = window.document, window.canvas
    document.open(tmp_path / "theirs.netbuilder", discard=True)
    # Everything that people do before they decide: look, copy, paste, draw, read the code.
    canvas.select(["own_1"])
    canvas.setFocus()
    qtbot.keyClick(canvas.viewport(), Qt.Key.Key_C, CONTROL)
    qtbot.keyClick(canvas.viewport(), Qt.Key.Key_V, CONTROL)
    window.bottom.show_panel("code")
    window.grab()
    window.session.train()
    told = [p.message for p in document.check.problems]
    assert trusted.SENTENCE in told
    qtbot.wait(300)
    assert not sign.exists()
    canvas.select(["own_1"])
    page = window.inspector.node
    (link,) = page._callouts[0].links()
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    item = canvas.canvas.nodes["own_1"]
    qtbot.waitUntil(lambda: item.face.shape == "B × 16", timeout=READY_MS)
    # It opens the file anew each time that it runs.
    qtbot.waitUntil(lambda: sign.read_text() == str(window.session._client.pid))
    # One byte more, and it asks again.
    document.edit_graph("Edit", document.project.graph.set_param("own_1", "code", code + "\n"))
    assert trusted.SENTENCE in [p.message for p in document.check.problems]
    # What ends the engine is told on the node, and the window lives.
    ends = code.replace("return torch.cat([x, x], 1)", "os._exit(3)")
    trusted.trust(ends)
    document.edit_graph("Edit", document.project.graph.set_param("own_1", "code", ends))
    qtbot.waitUntil(
        lambda: any("The code ended the engine" in p.message for p in document.check.problems),
        timeout=READY_MS,
    )
    qtbot.waitUntil(lambda: window.session.state == "idle", timeout=READY_MS)
    assert document.project.graph["own_1"].params["code"] == ends
