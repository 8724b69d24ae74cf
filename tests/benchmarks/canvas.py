"""How fast the canvas is with 1,000 nodes. Run it: ``python tests/benchmarks/canvas.py``.

Prints medians in milliseconds and, where two ways are compared, their ratio. Frames are
painted into an image by the processor, so a real screen does no worse.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
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


def main() -> None:
    app = QApplication([])
    motion.set_reduced(True)
    theme.apply(app, "dark")
    project = network(1000)
    document = Document(project)
    start = time.perf_counter()
    document.check  # noqa: B018  (the compiler's share, measured apart)
    checked = (time.perf_counter() - start) * 1000
    start = time.perf_counter()
    view = CanvasView(document)
    built = (time.perf_counter() - start) * 1000
    view.resize(1600, 900)
    view.show()
    app.processEvents()
    scene = view.canvas
    print(f"{len(scene.nodes)} nodes, {len(scene.wires)} wires")
    print(f"check                        {checked:8.1f} ms")
    print(f"build                        {built:8.1f} ms")

    def frame() -> None:
        view.viewport().repaint()

    view.camera.set_zoom(0.2)
    view.centerOn(scene.bounds().center())
    batched = median(frame)
    print(f"frame, all visible, batched  {batched:8.1f} ms")
    view.camera.set_zoom(0.31)
    view.centerOn(scene.bounds().center())
    single = median(frame)
    shown = len([i for i in scene.nodes.values() if view.camera.seen.intersects(i.box)])
    each = single / shown * 1000
    print(f"frame, {shown} items one by one {single:8.1f} ms, {each:.0f} µs a node")
    print(f"  for all nodes, batched : one by one = {batched / (each * 1e-3 * 1000):.2f}")
    view.camera.set_zoom(1.0)
    view.centerOn(3000, 1500)
    print(f"frame at 1:1                 {median(frame):8.1f} ms")

    def zoom() -> None:
        view.camera.zoom(1.1, QPoint(800, 450))
        frame()
        view.camera.zoom(1 / 1.1, QPoint(800, 450))
        frame()

    print(f"zooming near 1:1, a frame    {median(zoom) / 2:8.1f} ms")
    item = scene.nodes["n_500"]
    view.centerOn(item)
    at = [QPointF(item.pos()), QPointF(item.pos()) + QPointF(8, 8)]

    def move() -> None:
        at.reverse()
        scene.place_nodes({"n_500": at[0]})

    print(f"one move, unpainted          {median(move, 99):8.3f} ms")

    def painted_move() -> None:
        move()
        app.processEvents()

    print(f"one move, painted at 1:1     {median(painted_move, 49):8.3f} ms")
    points = [QPointF(37.0 * i, 20.0 * (i % 200)) for i in range(200)]
    near = median(lambda: [(scene.node_at(p), scene.port_at(p)) for p in points])
    print(f"200 hit tests (node, port)   {near:8.1f} ms")
    near = median(lambda: [scene.wire_at(p) for p in points])
    print(f"200 hit tests (wire)         {near:8.1f} ms")

    edit = [8.0]

    def nudge() -> None:
        edit[0] = -edit[0]
        graph = document.project.graph
        x, y = graph["n_500"].position
        document.edit_graph("Move", graph.move({"n_500": (x + edit[0], y)}))

    print(f"edit to shapes on the screen {median(nudge):8.1f} ms")
    document.close()


if __name__ == "__main__":
    main()
