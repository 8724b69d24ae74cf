"""How fast networks are laid out. Run it: ``python tests/benchmarks/layout.py``.

Medians in milliseconds; the goals are 500 nodes in 100 ms and 5,000 in 3 s. In a window
5,000 nodes are laid out in the background: what counts is how long its event loop waits.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netbuilder.graph import Edge, Graph, Node, Project
from netbuilder.graph.arrange import layered


def network(count: int, seed: int = 7) -> Graph:
    """A network of `count` nodes as people draw them: residuals, concats, long skips."""
    chance = random.Random(seed)
    nodes = [Node("n_0", "digits")]
    edges: list[Edge] = []

    def add(*sources: str) -> str:
        nodes.append(Node(f"n_{len(nodes)}", "relu" if len(sources) == 1 else "concatenate"))
        edges.extend(Edge(source, "y", nodes[-1].id, "x") for source in sources)
        return nodes[-1].id

    last, kept = "n_0", ["n_0"]
    while len(nodes) < count:
        kind = chance.random()
        if kind < 0.35:
            inner = add(add(add(last)))
            last = add(inner, last)
        elif kind < 0.55:
            branches = [add(last)]
            for depth in range(1, chance.randint(2, 4)):
                branch = add(last)
                for _ in range(depth):
                    branch = add(branch)
                branches.append(branch)
            last = add(*branches)
        elif kind < 0.62 and len(kept) > 4:
            last = add(last, kept.pop(chance.randrange(max(0, len(kept) - 12), len(kept) - 1)))
        else:
            last = add(add(last))
        kept.append(last)
    return Graph({node.id: node for node in nodes[:count]}, tuple(edges)).part(
        node.id for node in nodes[:count]
    )


def in_a_window(graph: Graph) -> tuple[float, float, float]:
    """Seconds until the places are known, the longest wait of the event loop meanwhile in
    ms, and seconds that showing them takes: the edit with shapes, items and all wires."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from netbuilder.app import theme
    from netbuilder.app.canvas import CanvasView
    from netbuilder.app.document import Document

    app = QApplication.instance() or QApplication([])
    theme.apply(app, "dark")
    document = Document(Project("large", graph))
    view = CanvasView(document)
    view.resize(1200, 700)
    view.show()
    app.processEvents()
    waits: list[float] = []
    before = [time.perf_counter()]

    def beat() -> None:
        waits.append(time.perf_counter() - before[0])
        before[0] = time.perf_counter()

    timer, loop = QTimer(), QEventLoop()
    timer.timeout.connect(beat)
    started = time.perf_counter()
    before[0] = started
    known: list[float] = []

    def ready() -> None:
        known.append(time.perf_counter())
        timer.stop()
        QTimer.singleShot(0, loop.quit)  # the first turn after everything is shown

    view.auto_layout.computed.connect(ready)
    timer.start(0)
    view.actions_by_name["layout"].trigger()
    loop.exec()
    taken = known[0] - started
    longest = max(waits)
    shown = time.perf_counter() - known[0]
    document.close()
    return taken, longest * 1000, shown


def main() -> None:
    for count, goal in ((500, 100), (5000, 3000)):
        graph = network(count)
        layered(graph)
        taken = []
        for _ in range(5 if count < 1000 else 3):
            start = time.perf_counter()
            layered(graph)
            taken.append((time.perf_counter() - start) * 1000)
        print(
            f"{len(graph):5} nodes, {len(graph.edges):5} wires "
            f"{statistics.median(taken):8.1f} ms (goal {goal})"
        )
    taken_s, wait, shown = in_a_window(network(5000))
    print(f"in a window: known after {taken_s:.2f} s, longest wait meanwhile {wait:.0f} ms")
    print(f"shown (shapes, items, every wire laid anew) in {shown:.2f} s")


if __name__ == "__main__":
    main()
