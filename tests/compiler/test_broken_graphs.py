"""Whatever a file may hold, checking gives sentences; what has no error compiles and runs."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.compiler import CompileError, check, generate
from netbuilder.compiler.build import build, inspector, meta_run
from netbuilder.graph import Edge, Graph, GraphError, Node, Project
from netbuilder.layers import REGISTRY

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
BASES = 8
VALUES = (
    None, True, False, 0, 1, 2, 3, -1, 7, 10**12, 10**400, 0.5, float("nan"), float("inf"), "", "x",
    "=1", "=width", "=1/0", "=(((", (), (1,), (2, 2), (1, 2, 3), ("a",), ((1,),),
)  # fmt: skip
outcomes: Counter[str] = Counter()


def broken(project: Project, chance: random.Random) -> Project:
    """The project with a few random faults, in the top graph or in a block."""
    for _ in range(chance.choice([1, 1, 2, 3])):
        place: tuple[str, ...] = ()
        if project.blocks and chance.random() < 0.3:
            place = (chance.choice(sorted(project.blocks)),)
        with contextlib.suppress(GraphError):  # a block in itself is refused by the graph
            project = project.with_graph(faulty(project.graph_at(place), project, chance), place)
    return project


def faulty(graph: Graph, project: Project, chance: random.Random) -> Graph:
    nodes, edges = dict(graph.nodes), list(graph.edges)
    if not nodes:
        return graph
    node = nodes[chance.choice(sorted(nodes))]
    match chance.randrange(9):
        case 0 if edges:
            edges.remove(chance.choice(edges))
        case 1:
            source, target = chance.choice(sorted(nodes)), chance.choice(sorted(nodes))
            ports = ["x", "y", "last", "weights", "logits", "label", "image", "nowhere", "left"]
            edges.append(Edge(source, chance.choice(ports), target, chance.choice(ports)))
        case 2 if node.params:
            name = chance.choice(sorted(node.params))
            nodes[node.id] = node.with_params(**{name: chance.choice(VALUES)})
        case 3:
            layer = REGISTRY.get(node.kind)
            names = [p.name for p in layer.params()] if layer else ["repeat", "width", "depth"]
            if names:
                nodes[node.id] = node.with_params(**{chance.choice(names): chance.choice(VALUES)})
        case 4:
            blocks = [f"block:{name}" for name in project.blocks]
            nodes[node.id] = replace(node, kind=chance.choice([*sorted(REGISTRY), *blocks, "odd"]))
        case 5:
            nodes[node.id] = replace(node, share=chance.choice([*sorted(nodes), "ghost"]))
        case 6:
            del nodes[node.id]
            edges = [e for e in edges if node.id not in (e.source, e.target)]
        case 7:
            kind = chance.choice([*sorted(REGISTRY), *(f"block:{name}" for name in project.blocks)])
            nodes["added"] = Node("added", kind)
        case 8:
            nodes[node.id] = replace(node, position=(chance.random() * 900, chance.random() * 900))
    return Graph(nodes, tuple(edges))


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_only_sentences_come_back(seed: int, random_project: Callable[[int], Project]) -> None:
    project = broken(random_project(seed % BASES), random.Random(seed))
    problems = check(project).problems
    for problem in problems:
        assert problem.message.endswith("."), problem.message
        assert "\n" not in problem.message
        assert len(problem.message) < 400
        assert problem.node is None or problem.node in project.graph_at(
            (problem.block,) if problem.block else ()
        )
    for problem in problems:
        for fix in problem.fixes:
            left = [p for p in check(fix.apply(project)).problems if alike(p, problem)]
            assert not left, (fix.label, problem.message)
    if check(project).errors:
        outcomes["refused"] += 1
        with pytest.raises(CompileError):
            generate(project)
        return
    outcomes["sound"] += 1
    module = build(project)
    assert sum(p.numel() for p in module.parameters()) == check(project).parameters
    inspector(project, module)
    if not any(n.kind in ("lstm", "gru", "rnn") for n in project.graph):
        shapes = meta_run(module.source)
        for name, node_id in module.source.outputs:
            (spec,) = check(project).nodes[node_id,].inputs["x"]
            assert shapes[name][1:] == tuple(int(n) for n in spec.shape[1:])


def alike(a: Any, b: Any) -> bool:
    return (a.message, a.node, a.block, a.port) == (b.message, b.node, b.block, b.port)


def test_both_outcomes_were_seen() -> None:
    """Otherwise the test above says half of what it should."""
    if not outcomes:
        pytest.skip("the test above did not run")
    assert min(outcomes["refused"], outcomes["sound"]) > 10, outcomes
