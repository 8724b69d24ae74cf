"""How fast the canvas is with 2,000 and 5,000 nodes: ``python tests/benchmarks/canvas.py``.

Prints medians in milliseconds. Frames are painted into an image by the processor, so a
real screen does no worse. Goals are those of a quiet machine.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication

from netbuilder.app import theme
from netbuilder.app.canvas import CanvasView
from netbuilder.app.document import Document
from netbuilder.app.theme import motion
from netbuilder.graph import Edge, Graph, Node, Project


def network(count: int) -> Project:
    """Rows of 40 nodes: convolutions and activations in a chain, a skip every eight."""
    nodes = [Node("digits_1", "digits")]
    edges = []
    for i in range(1, count):
        kind, params = ("conv2d", {"padding": "same"}) if i % 2 else ("relu", {})
        if i % 8 == 0:
            kind = "add"
        nodes.append(Node(f"n_{i}", kind, params, (176.0 * (i % 40), 160.0 * (i // 40))))
        port = "image" if i == 1 else "y"
        edges.append(Edge(nodes[i - 1].id, port, nodes[i].id, "x"))
        if kind == "add":
            edges.append(Edge(nodes[i - 3].id, "y", nodes[i].id, "x"))
    return Project("large", Graph({n.id: n for n in nodes}, tuple(edges)))


def median(work: Callable[[], object], times: int = 9) -> float:
    """Median time of `work` in milliseconds, after one run to warm up."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


@dataclass(frozen=True)
class Goals:
    """Milliseconds and MB; None where there is none."""

    build: float | None = None
    memory: float | None = None
    far: float | None = None
    near: float | None = None
    edit: float | None = None


def resident() -> float:
    """Memory of this process in MB."""
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def row(what: str, taken: float, goal: float | None = None, unit: str = "ms") -> None:
    met = "" if goal is None else f"   goal {goal:g}{'' if taken <= goal else ', not met'}"
    print(f"{what:36s}{taken:9.2f} {unit}{met}")


def measure(app: QApplication, count: int, goals: Goals) -> None:
    """Build, look at and edit a network of `count` nodes."""
    document = Document(network(count))
    start = time.perf_counter()
    document.check  # noqa: B018  (the compiler's share, measured apart)
    checked = (time.perf_counter() - start) * 1000
    memory = resident() if Path("/proc/self/statm").exists() else None
    start = time.perf_counter()
    view = CanvasView(document)
    built = (time.perf_counter() - start) * 1000
    scene = view.canvas
    print(f"\n{len(scene.nodes)} nodes, {len(scene.wires)} wires")
    row("first check", checked)
    row("build", built, goals.build)
    if memory is not None:
        row("memory of nodes and wires", resident() - memory, goals.memory, "MB")
    view.resize(1600, 900)
    view.show()
    app.processEvents()

    def frame() -> None:
        view.viewport().repaint()

    fit = min(1600 / scene.bounds().width(), 900 / scene.bounds().height())
    view.camera.set_zoom(min(fit, 0.25))
    view.centerOn(scene.bounds().center())
    row("frame, all visible", median(frame), goals.far)
    view.camera.set_zoom(1.0)
    view.centerOn(3000, 1500)
    row("frame at 1:1", median(frame), goals.near)

    def zoom() -> None:
        view.camera.zoom(1.1, QPoint(800, 450))
        frame()
        view.camera.zoom(1 / 1.1, QPoint(800, 450))
        frame()

    row("zooming near 1:1, a frame", median(zoom) / 2, goals.near)

    def pan() -> None:
        bar = view.horizontalScrollBar()
        bar.setValue(bar.value() + 7)
        app.processEvents()

    row("panning at 1:1, with all around it", median(pan, 29), goals.near)
    item = scene.nodes["n_500"]
    view.centerOn(item)
    at = [QPointF(item.pos()), QPointF(item.pos()) + QPointF(8, 8)]

    def move() -> None:
        at.reverse()
        scene.place_nodes({"n_500": at[0]})

    row("a node dragged on, unpainted", median(move, 99))

    def painted_move() -> None:
        move()
        app.processEvents()

    row("a node dragged on, painted", median(painted_move, 49), goals.near)
    points = [QPointF(37.0 * i, 20.0 * (i % 200)) for i in range(200)]
    row(
        "200 hit tests (node, port)",
        median(lambda: [(scene.node_at(p), scene.port_at(p)) for p in points]),
    )
    row("200 hit tests (wire)", median(lambda: [scene.wire_at(p) for p in points]))
    step = [8.0]

    def nudge() -> None:
        step[0] = -step[0]
        graph = document.project.graph
        x, y = graph["n_500"].position
        document.edit_graph("Move", graph.move({"n_500": (x + step[0], y)}))

    row("edit, scene and undo step: moved", median(nudge, 19), goals.edit)

    def undo() -> None:
        document.undo()
        document.redo()

    row("undo or redo of it", median(undo, 19) / 2, goals.edit)

    def bias() -> None:
        graph = document.project.graph
        document.edit_graph(
            "Bias", graph.set_param("n_501", "bias", not graph["n_501"].params.get("bias", True))
        )

    row("the same and new shapes: a parameter", median(bias, 19))
    document.close()
    view.close()


def main() -> None:
    app = QApplication([])
    motion.set_reduced(True)
    theme.apply(app, "dark")
    first = Document(network(50))  # fonts, icons and modules are loaded once
    CanvasView(first)
    first.close()
    measure(app, 2000, Goals(near=16, edit=5))
    measure(app, 5000, Goals(500, 40, 8, 16))


if __name__ == "__main__":
    main()
