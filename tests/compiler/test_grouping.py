"""A network computes the same in one piece, as blocks, and taken apart."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netbuilder.compiler import check
from netbuilder.compiler.build import build
from netbuilder.graph import GraphError, Project
from netbuilder.graph.order import ancestors, descendants
from netbuilder.layers.blocks import group, ungroup
from netbuilder.layers.muting import role_of

Names = Mapping[str, str]

# Torch says once that an even kernel costs a copy; the networks here are drawn by chance.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


def selection(project: Project, chosen: random.Random) -> set[str]:
    """Some layers of the top graph that are near each other, and what lies between them."""
    graph = project.graph
    layers = [node.id for node in graph if role_of(node) == "layer"]
    start = chosen.choice(layers)
    near = (descendants(graph, [start]) | {start}) & set(layers)
    picked = set(chosen.sample(sorted(near), chosen.randint(1, len(near))))
    for node in graph:  # who shares weights stays together
        if node.share is not None and {node.id, node.share} & picked:
            picked |= {node.id, node.share}
    return picked | ((descendants(graph, picked) & ancestors(graph, picked)) - picked)


def moved(state: Mapping[str, Tensor], names: Names) -> dict[str, Tensor]:
    """Weights under new names: the longest prefix that has one is replaced."""
    found = {}
    for key, value in state.items():
        parts = key.split(".")
        for length in range(len(parts), 0, -1):
            prefix = ".".join(parts[:length])
            if prefix in names:
                key = ".".join([names[prefix], *parts[length:]])
                break
        found[key] = value
    return found


def results(module: nn.Module, batch: Mapping[Any, Tensor], source: Any) -> list[Tensor]:
    """What forward and every objective give, with the same random numbers."""
    found: list[Tensor] = []
    module.eval()
    torch.manual_seed(0)
    out = module(*(batch[a.node, a.port] for a in source.inputs))
    found += out if isinstance(out, tuple) else [out]
    fields = {f.name: batch[f.node, f.port] for f in source.fields}
    for objective in source.objectives:
        torch.manual_seed(0)
        found.append(getattr(module, objective.method)(**fields)[0])
    return found


def assert_equal_networks(
    before: Project, after: Project, names: Names, random_batch: Callable[..., Any]
) -> None:
    assert check(after).errors == ()
    one, two = build(before), build(after)
    state, fresh = moved(one.state_dict(), names), two.state_dict()
    # A block is built as a whole; of single nodes those that nothing needs are left out.
    assert state.keys() <= fresh.keys() or state.keys() >= fresh.keys()
    if state.keys() == fresh.keys():
        assert check(after).parameters == check(before).parameters
    two.load_state_dict({key: state.get(key, value) for key, value in fresh.items()})
    batch = random_batch(before, one.source, 3, 1)
    was, became = results(one, batch, one.source), results(two, batch, two.source)
    assert len(was) == len(became)
    for a, b in zip(was, became, strict=True):
        assert torch.allclose(a, b, rtol=1e-4, atol=1e-5, equal_nan=True)


def apart(whole: Project, instance: str) -> tuple[Project, dict[str, str]]:
    """A project with an instance taken apart, and how its weights are called then."""
    block = whole.blocks[str(whole.graph[instance].block)]
    inside = [node.id for node in block.graph if role_of(node) == "layer"]
    repeat = whole.graph[instance].params.get("repeat", 1)
    assert isinstance(repeat, int)
    project, nodes = ungroup(whole, (), instance)
    names = {}
    for number, node_id in enumerate(nodes):
        copy = f"{instance}.{number // len(inside)}" if repeat > 1 else instance
        names[f"{copy}.{inside[number % len(inside)]}"] = node_id
    return project, names


@pytest.mark.parametrize("seed", range(20))
def test_a_block_computes_what_its_nodes_did(
    seed: int, random_project: Callable[[int], Project], random_batch: Callable[..., Any]
) -> None:
    project, chosen = random_project(seed), random.Random(seed)
    for _ in range(20):
        picked = selection(project, chosen)
        try:
            whole, instance = group(project, (), picked, "Part")
        except GraphError as error:
            assert "shares" in str(error) or "stays where it is" in str(error)  # noqa: PT017
            continue
        break
    names = {node_id: f"{instance}.{node_id}" for node_id in picked}
    assert_equal_networks(project, whole, names, random_batch)
    back, _ = ungroup(whole, (), instance)
    assert dict(back.graph.nodes) == dict(project.graph.nodes)
    assert back.graph.incoming == project.graph.incoming


@pytest.mark.parametrize("seed", range(20))
def test_blocks_taken_apart_compute_what_they_did(
    seed: int, random_project: Callable[[int], Project], random_batch: Callable[..., Any]
) -> None:
    project = random_project(seed)
    for node in [node for node in project.graph if node.block is not None]:
        try:
            plain, names = apart(project, node.id)
        except GraphError as error:
            assert "shares" in str(error) or "twice" in str(error)  # noqa: PT017
            continue
        assert_equal_networks(project, plain, names, random_batch)
        project = plain
