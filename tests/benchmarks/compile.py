"""How long the compiler takes after one edit of a graph of 200 nodes.

Run it: ``python tests/benchmarks/compile.py``. Prints medians in milliseconds. Goal: an edit
and its shapes within 16 ms, so that the canvas follows at 60 frames a second.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netbuilder.building import Network
from netbuilder.compiler import check, generate
from netbuilder.graph import Project

GOAL_MS = 16.0
NODES = 200
TIMES = 60


def network(nodes: int = NODES) -> Project:
    """A row of convolutions with batch norm and activation; every fourth has a skip."""
    net = Network("two hundred")
    data = net.digits()
    x = net.conv2d(data.image, out_channels=8)
    while len(net.graph) < nodes - 5:
        skip = x
        x = net.relu(net.batch_norm(net.conv2d(x, out_channels=8, bias=False)))
        x = net.add(x, skip)
    logits = net.linear(net.global_avg_pool(x), out_features=10)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    return net.project()


def edits(project: Project) -> dict[str, Iterator[Project]]:
    """Endless edits of each sort, none of them seen before."""
    graph = project.graph
    convolutions = [n.id for n in graph if n.kind == "conv2d"]
    middle = convolutions[len(convolutions) // 2]

    def moved() -> Iterator[Project]:
        for i in count(1):
            yield replace(project, graph=graph.move({middle: (float(i), 0.0)}))

    def set_one() -> Iterator[Project]:
        for i in count(1):
            yield replace(project, graph=graph.set_param(middle, "dilation", (1 + i % 900,)))

    def all_downstream() -> Iterator[Project]:
        for i in count(9):  # a width that every layer behind it takes over
            changed = graph
            for node_id in convolutions:
                changed = changed.set_param(node_id, "out_channels", i)
            yield replace(project, graph=changed)

    def wired() -> Iterator[Project]:
        edge = graph.incoming[middle][0]
        for i in count(1):
            changed = graph.remove(edges=[edge]).move({middle: (float(i), 0.0)})
            yield replace(project, graph=changed)

    return {
        "move a node": moved(),
        "one parameter in the middle": set_one(),
        "a width that all follow": all_downstream(),
        "cut a wire (all behind it fails)": wired(),
    }


def median(work: Callable[[Project], object], projects: Iterator[Project]) -> float:
    """Median milliseconds of `work`, each time on a project of its own."""
    taken = []
    for _ in range(TIMES):
        project = next(projects)
        start = time.perf_counter()
        work(project)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def edited(project: Project) -> Callable[[Project], object]:
    """What the window does for one gesture: a new graph, then its shapes and problems."""

    def work(unseen: Project) -> object:
        one = next(iter(unseen.graph))
        return check(replace(unseen, graph=unseen.graph.move({one.id: (0.5, 0.5)})))

    return work


def main() -> None:
    project = network()
    found = check(project)
    assert not found.errors, found.errors
    print(f"{len(project.graph)} nodes, {len(project.graph.edges)} wires, goal ≤ {GOAL_MS:g} ms")
    print(f"{'edit and check':<36} {'ms':>8}")
    for name, projects in edits(project).items():
        time_ms = median(edited(project), projects)
        print(f"{name:<36} {time_ms:8.2f}   {'ok' if time_ms <= GOAL_MS else 'above'}")
    print(f"{'generate the source':<36} {median(generate, checked(project)):8.2f}")
    from netbuilder.compiler.build import build

    print(f"{'build the module':<36} {median(build, checked(project)):8.2f}")


def checked(project: Project) -> Iterator[Project]:
    """Projects whose shapes are known and whose source is not."""
    for unseen in edits(project)["move a node"]:
        check(unseen)
        yield unseen


if __name__ == "__main__":
    main()
