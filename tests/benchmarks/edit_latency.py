"""Milliseconds from an edit to its shapes on the screen, in the whole window with 200 nodes.

Each edit goes the way of a gesture: a new project into `Document.edit_graph`, and the time
runs until canvas, inspector and panels have painted what changed. Every value is new, so
nothing comes out of a memory of earlier shapes. The edited node is selected. Nodes that
cannot be read, being out of sight or too small, may follow after that. Painting is
done by the processor (Qt's offscreen platform). The goal is 16 ms.

    python tests/benchmarks/edit_latency.py [edits]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from statistics import median, quantiles

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import networkx  # noqa: F401  (the program loads it right after its first frame)
from PySide6.QtCore import QEvent, QObject

from netbuilder.app import theme
from netbuilder.app.main import application
from netbuilder.app.preferences import Preferences
from netbuilder.app.theme import motion
from netbuilder.app.window import MainWindow
from netbuilder.graph import Edge, Graph, Node, Project
from netbuilder.graph.arrange import layered

NODES = 200
GOAL_MS = 16.0


def network(size: int) -> Project:
    """A convolution, residual groups of four nodes, and a classifier with loss and metric."""
    nodes = [Node("data", "digits")]
    edges: list[Edge] = []

    def put(kind: str, source: str, port: str = "x", **params: int | str) -> str:
        nodes.append(Node(f"n_{len(nodes)}", kind, params))
        edges.append(Edge(source, "image" if source == "data" else "y", nodes[-1].id, port))
        return nodes[-1].id

    last = put("conv2d", "data", out_channels=16, padding="custom", pad=1)
    while len(nodes) + 4 + 5 <= size:
        skipped = last
        last = put("conv2d", last, out_channels=16, bias=False)
        last = put("leaky_relu", put("batch_norm", last))
        last = put("add", last)
        edges.append(Edge(skipped, "y", last, "x"))
    while len(nodes) + 5 < size:
        last = put("relu", last)
    last = put("linear", put("global_avg_pool", last), out_features=10)
    put("output", last)
    for kind in ("cross_entropy", "accuracy"):
        edges.append(Edge("data", "label", put(kind, last, "logits"), "label"))
    graph = Graph({n.id: n for n in nodes}, tuple(edges))
    return Project("large", graph.move(layered(graph)))


class Paints(QObject):
    """Counts the paints of a widget."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


#: Of the edits, so that none repeats a value.
_numbers = count()

#: A gesture: from the graph as it is and the number of the edit, the next graph.
Edit = Callable[[Graph, int], Graph]


def edits(graph: Graph) -> dict[str, tuple[str, Edit]]:
    """By what they do: the node that is edited, and how."""
    adds = [n.id for n in graph if n.kind == "add"]
    slopes = [n.id for n in graph if n.kind == "leaky_relu"]
    middle, slope, first = adds[len(adds) // 2], slopes[len(slopes) // 2], "n_1"
    skip = graph.incoming[middle][-1]

    def rewire(graph: Graph, i: int) -> Graph:
        return graph.connect(skip) if skip not in graph.edges else graph.remove(edges=[skip])

    def nudge(graph: Graph, i: int) -> Graph:
        x, y = graph[middle].position
        return graph.move({middle: (x + (8.0 if i % 2 else -8.0), y)})

    return {
        "a value, no shape changes": (
            slope,
            lambda g, i: g.set_param(slope, "negative_slope", 0.01 + i / 999),
        ),
        "every shape changes": (first, lambda g, i: g.set_param(first, "pad", 2 + i)),
        "a wire, drawn or removed": (middle, rewire),
        "a node moved": (middle, nudge),
    }


def measure(window: MainWindow, node: str, edit: Edit, times: int) -> list[float]:
    """Milliseconds of each edit, from the graph before to the end of all painting."""
    app, document, canvas = application([]), window.document, window.canvas
    canvas.select([node])
    paints = Paints()
    canvas.viewport().installEventFilter(paints)
    found = []
    for i in islice(_numbers, times):
        deadline = time.perf_counter() + 0.3  # what waits for the hand to rest is done, too
        while time.perf_counter() < deadline:
            app.processEvents()
            time.sleep(0.005)
        before = paints.count
        begin = time.perf_counter()
        graph = document.project.graph
        document.edit_graph("Edit", edit(graph, i))
        app.processEvents()
        found.append((time.perf_counter() - begin) * 1000)
        if paints.count == before or document.check.errors:
            sys.exit("the canvas did not paint the edit, or the edit was no good")
    canvas.viewport().removeEventFilter(paints)
    return found


def main(times: int) -> None:
    app = application([])
    motion.set_reduced(True)
    theme.apply(app, "dark")
    window = MainWindow(Preferences())
    window.document.new(network(NODES))
    if window.document.check.errors or len(window.document.project.graph) != NODES:
        sys.exit("the network of this benchmark is not sound")
    window.show()
    app.processEvents()
    print(f"{NODES} nodes, {len(window.document.project.graph.edges)} wires; milliseconds")
    print("                             at 100 %         all in sight")
    print("                          median    p95     median    p95     goal")
    for name, (node, edit) in edits(window.document.project.graph).items():
        row = []
        for zoom in (1.0, None):
            window.canvas.frame_all()
            if zoom is not None:
                window.canvas.camera.set_zoom(zoom)
                window.canvas.centerOn(window.canvas.canvas.nodes[node])
            values = measure(window, node, edit, times)
            row.append((median(values), quantiles(values, n=20)[-1]))
        figures = "     ".join(f"{m:6.1f} {p:6.1f}" for m, p in row)
        print(f"{name:25s} {figures}   {GOAL_MS:6.1f}")
    window.document.stack.setClean()
    window.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["NETBUILDER_HOME"] = home
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
