"""Random graphs: what is generated equals an interpreter that visits node after node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build, inspector, meta_run
from netbuilder.compiler.infer import ends as needed_ends
from netbuilder.graph import Project
from netbuilder.graph.order import ancestors

Making = Callable[[int], Project]
#: Graphs drawn by hypothesis, and all there are, each the same at every run, in parts.
QUICK, OFTEN, GRAPHS, PART = 10, 200, 500, 50
#: A trial on the meta device takes as long as all the rest; so many go there.
ON_META = 10
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


def weights(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def equal(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Bit by bit; a NaN equals a NaN."""
    return (
        a.shape == b.shape and a.isnan().equal(b.isnan()) and a.nan_to_num().equal(b.nan_to_num())
    )


@settings(max_examples=QUICK, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, QUICK - 1))
def test_generated_code_equals_the_interpreter(
    seed: int, random_project: Making, eager: Callable[..., Any], random_batch: Callable[..., Any]
) -> None:
    hold(seed, random_project(seed), eager, random_batch)


def parts() -> list[Any]:
    """Two hundred graphs; the rest only where time is given."""
    return [
        pytest.param(first, marks=[pytest.mark.long] if first >= OFTEN else [])
        for first in range(0, GRAPHS, PART)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("first", parts())
def test_five_hundred_equal_the_interpreter(
    first: int, random_project: Making, eager: Callable[..., Any], random_batch: Callable[..., Any]
) -> None:
    for seed in range(first, first + PART):
        try:
            hold(seed, random_project(seed), eager, random_batch)
        except Exception as error:
            error.add_note(f"random_project({seed})")
            raise


def hold(
    seed: int, project: Project, eager: Callable[..., Any], random_batch: Callable[..., Any]
) -> None:
    """Everything that holds between a project's code and the interpreter."""
    source = generate(project)
    torch.manual_seed(seed % 1000)
    module = build(source)
    module.train(seed % 2 == 0)
    found = check(project)
    assert weights(module) == found.parameters

    drawn = random_batch(project, source, 5, seed)
    arguments = [drawn[a.node, a.port] for a in source.inputs]
    fields = {f.name: drawn[f.node, f.port] for f in source.fields}
    ends = [node_id for _, node_id in source.outputs]
    read = [project.graph.incoming[i][0] for i in ends]

    # The model, bit by bit, and the statistics it leaves behind.
    plain = eager(project, module)
    values = plain.values(ends, drawn)
    results = module(*arguments)
    results = results if isinstance(results, tuple) else (results,)
    for result, edge in zip(results, read, strict=True):
        assert equal(result, values[edge.source, edge.source_port])
    for place, made in plain.built.items():
        for name, value in made.state_dict().items():
            assert equal(value, module.get_submodule(".".join(place)).state_dict()[name])

    # Inferred shapes are the real ones, run for real and on the meta device.
    shapes = meta_run(source, batch=5) if seed % ON_META == 0 else {}
    for (name, node_id), result in zip(source.outputs, results, strict=True):
        (spec,) = found.nodes[node_id,].inputs["x"]
        assert tuple(result.shape) == (5, *(int(n) for n in spec.shape[1:]))
        assert not shapes or shapes[name] == tuple(result.shape)

    # Objectives and their gradients, from the same weights.
    noises = {k: v for k, v in drawn.items() if project.graph[k[0]].kind == "noise"}
    for objective in source.objectives:
        plain = eager(project, module)
        inside = set(objective.losses)
        torch.manual_seed(seed % 77)
        redrawn = dict(drawn)
        rank = [i for i in noises if _needed(project, i[0], inside)]
        for key in rank:
            redrawn[key] = torch.randn(5, *drawn[key].shape[1:])
        torch.manual_seed(seed % 77)
        values = plain.values(objective.losses, redrawn, _called(project, ends, inside))
        expected = None
        for node_id in objective.losses:
            weight = project.graph[node_id].params.get("weight", 1.0)
            term = values[node_id, "loss"] * weight
            expected = term if expected is None else expected + term
        if not expected.requires_grad:
            continue
        module.zero_grad()
        torch.manual_seed(seed % 77)
        total, parts = getattr(module, objective.method)(**fields)
        assert equal(total, expected)
        assert {i: v.item() for i, v in parts.items()} == pytest.approx(
            {i: values[i, "loss"].item() for i in objective.losses}, rel=0, abs=0, nan_ok=True
        )
        total.backward()
        expected.backward()
        for place, made in plain.built.items():
            theirs = dict(module.get_submodule(".".join(place)).named_parameters())
            for name, parameter in made.named_parameters():
                ours, other = parameter.grad, theirs[name].grad
                assert (ours is None) == (other is None), (place, name)
                assert ours is None or equal(ours, other), (place, name)

    # The inspector sees what the interpreter sees.
    module.eval()
    plain = eager(project, module, every=True)
    goals = [n.id for n in project.graph if not _loose(project, n.id)]
    named = fields | {a.name: drawn[a.node, a.port] for a in source.inputs}
    named |= {key[0]: value for key, value in noises.items() if key[0] in goals}
    with torch.no_grad():
        plain.values(goals, drawn)
        seen = inspector(project, module)(**named)
    for name, value in seen.items():
        if name in plain.seen:
            assert equal(value, plain.seen[name]), name
    missing = {
        k for k in plain.seen if k not in seen and not k.rsplit(".", 2)[-2].startswith("input")
    }
    assert not missing, missing


def _needed(project: Project, node_id: str, goals: set[str]) -> bool:
    return node_id in ancestors(project.graph, goals)


def _called(project: Project, ends: list[str], goals: set[str]) -> list[str]:
    """The model's ends if the whole model serves the goals, as hand-written code calls it."""
    model = ancestors(project.graph, ends) - set(ends)
    return ends if model <= ancestors(project.graph, goals) else []


def _loose(project: Project, node_id: str) -> bool:
    return node_id not in ancestors(project.graph, needed_ends(project.graph))


@pytest.mark.slow
def test_the_random_graphs_hold_everything_that_matters(random_project: Making) -> None:
    """Otherwise the test above would say little."""
    seen: Counter[str] = Counter()
    for seed in range(2 * PART):
        project = random_project(seed)
        nodes = list(project.graph)
        kinds = [n.kind for n in nodes]
        seen["add"] += "add" in kinds
        seen["concat"] += "concat" in kinds
        seen["shared"] += any(n.share for n in nodes)
        seen["shared block"] += any(n.share and n.block for n in nodes)
        seen["nest"] += "block:nest" in kinds
        seen["repeat"] += any(n.params.get("repeat", 1) > 1 for n in nodes)
        seen["loop"] += any(n.params.get("repeat", 1) > 1 for n in nodes if n.block == "gate")
        seen["outputs"] += kinds.count("output") > 1
        seen["inputs"] += len(generate(project).inputs) > 1
        seen["optimisers"] += len(project.training.optimisers) > 1
        seen["recurrent"] += bool({"lstm", "gru", "rnn"} & set(kinds))
        seen["attention"] += "multihead_attention" in kinds
    rare = {name: n for name, n in seen.items() if n < 3}
    assert not rare, seen
