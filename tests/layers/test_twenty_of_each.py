"""Twenty random configurations of every kind: shapes, code, gradients, files and source.

`drawing.py` draws them from the parameters' own ranges. For each kind they stand side by side
in one project, which is compiled once; each node is then held to the call that its declaration
makes, executed on the same weights without the compiler.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build
from netbuilder.graph.file import dumps, loads
from netbuilder.layers import REGISTRY, Layer, TensorSpec

# What torch says once about slower ways; the results are right.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel"),
    pytest.mark.filterwarnings("ignore:LSTM with projections"),
    pytest.mark.filterwarnings("ignore:RNN module weights are not part"),
]
COMPUTED = sorted(k for k in REGISTRY if REGISTRY[k].role in ("layer", "loss"))
LEAST = 20
#: torch unrolls these step by step on its meta device, which takes long: a few of them go there.
UNROLLED, FEW = ("rnn", "gru", "lstm"), 3
Case = tuple[Layer, list[Any]]


def drawn_batch(source: Any, rows: int = 5) -> dict[str, Tensor]:
    """Numbers for every field, by its name in the data set."""
    torch.manual_seed(1)
    found = {}
    for a in (*source.inputs, *source.fields):
        shape = [rows, *(int(n) for n in a.spec.shape[1:])]
        if a.spec.dtype == "float32":
            made = torch.randn(shape)
        else:
            made = torch.randint(0, a.spec.classes or 2, shape).to(getattr(torch, a.spec.dtype))
        found.setdefault(a.port, made)
    return found


def as_leaves(batch: Mapping[str, Tensor], fixed: str = "") -> dict[str, Tensor]:
    """Copies that take gradients; some losses of torch refuse them for their target."""
    return {
        name: t.clone().requires_grad_(not (fixed and name.startswith(fixed)))
        if t.is_floating_point()
        else t
        for name, t in batch.items()
    }


def same(a: Tensor | None, b: Tensor | None, where: str) -> None:
    """Bit by bit; a NaN equals a NaN."""
    assert (a is None) == (b is None), where
    if a is not None and b is not None:
        assert a.shape == b.shape, where
        assert torch.equal(a.isnan(), b.isnan()), where
        assert torch.equal(a.nan_to_num(), b.nan_to_num()), where


def wired(layer: Layer, specs: list[Any]) -> Iterator[tuple[str, int]]:
    """Every wire that arrives: its port and its place there."""
    for port, spec in zip(layer.input_ports(), specs, strict=True):
        each = spec if port.many else (spec,)
        yield from ((port.name, i) for i, s in enumerate(each) if s is not None)


def by_hand(
    cases: tuple[Case, ...], model: nn.Module, batch: Mapping[str, Tensor], apply: Any
) -> tuple[dict[str, Tensor], dict[str, nn.Module]]:
    """What the declared calls give, by node and port, and the modules built for that."""
    results, modules = {}, {}
    for n, (layer, specs) in enumerate(cases):
        given: dict[str, list[Tensor]] = {}
        for port, i in wired(layer, specs):
            given.setdefault(port, []).append(batch[f"{port}_{n}_{i}"])
        if (ours := getattr(model, f"node_{n}", None)) is not None:
            state = torch.get_rng_state()
            made = apply(
                layer, *specs, given={k: [x.detach() for x in v] for k, v in given.items()}
            )
            torch.set_rng_state(state)  # drawing the weights is not part of the call
            modules[f"node_{n}"] = made.module
            made.module.load_state_dict(ours.state_dict())
        ran = apply(layer, *specs, given=given, module=modules.get(f"node_{n}"))
        results |= {f"{port}_{n}": y for port, y in ran.outputs.items()}
    return results, modules


def pushed(results: Mapping[str, Tensor]) -> Tensor:
    """One number that every result bears on, each element differently."""
    torch.manual_seed(3)
    terms = [
        (y * torch.randn(y.shape)).sum()
        for y in results.values()
        if y.is_floating_point() and y.requires_grad
    ]
    return torch.stack([torch.zeros(()), *terms]).nansum()


def imported(text: str, folder: Path) -> ModuleType:
    """A source as a person would import it, from a file."""
    path = folder / "generated.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("generated", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", COMPUTED)
def test_shapes_and_weights_are_those_of_torch(
    kind: str, apply: Callable[..., Any], drawing: ModuleType
) -> None:
    cases = drawing.configurations(kind)
    assert len({repr(case) for case in cases}) >= LEAST
    for n, (layer, specs) in enumerate(cases):
        needs_numbers = kind == "ctc" or getattr(layer, "momentum", 0) is None
        device = "cpu" if needs_numbers or (kind in UNROLLED and n >= FEW) else "meta"
        assert len(layer.summary()) <= 19
        expected = drawing.outputs(layer, specs)
        ran = apply(layer, *specs, device=device)
        assert set(ran.outputs) == set(expected)
        for port, spec in expected.items():
            assert tuple(ran.outputs[port].shape) == tuple(int(n) for n in spec.shape), port
            assert str(ran.outputs[port].dtype) == f"torch.{spec.dtype}"
            if len(expected) > 1 and n < 4:
                used = frozenset({port})
                alone = apply(layer, *specs, used=used, device=device, module=ran.module)
                assert alone.outputs[port].shape == ran.outputs[port].shape
        learned = ran.module.named_parameters() if ran.module is not None else ()
        shapes = {name: tuple(weight.shape) for name, weight in learned}
        assert dict(layer.weights(*specs)) == shapes
        first = next(iter(expected.values()), TensorSpec(()))
        cost = layer.multiply_adds(first, *specs)
        assert isinstance(cost, int)
        assert cost >= 0


@pytest.mark.parametrize("kind", COMPUTED)
def test_code_gradients_file_and_source(
    kind: str,
    apply: Callable[..., Any],
    drawing: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    cases = drawing.configurations(kind)
    project = drawing.side_by_side(cases, monkeypatch)
    assert check(project).errors == ()
    assert loads(dumps(project)).project == project
    source = generate(project)
    torch.manual_seed(0)
    model = build(source)
    batch = drawn_batch(source)
    fixed = "target" if kind == "torch_loss" else ""

    ours = as_leaves(batch, fixed)
    torch.manual_seed(2)
    found = answers(model, ours, REGISTRY[kind].role)
    theirs = as_leaves(batch, fixed)
    torch.manual_seed(2)
    expected, modules = by_hand(cases, model, theirs, apply)
    assert set(found) == set(expected)
    for name, y in expected.items():
        same(found[name], y, name)

    # Gradients by everything that arrives and by every weight.
    for results in (found, expected):
        total = pushed({name: results[name] for name in sorted(results)})
        if total.requires_grad:
            total.backward()
    for name, leaf in ours.items():
        if leaf.is_floating_point() and name != "side":
            same(leaf.grad, theirs[name].grad, name)
    for node, module in modules.items():
        weights = dict(model.get_submodule(node).named_parameters())
        for name, weight in module.named_parameters():
            same(weights[name].grad, weight.grad, f"{node}.{name}")

    # The text is a module of Python like any other.
    again: Any = getattr(imported(source.text, tmp_path), source.class_name)()
    again.load_state_dict(model.state_dict())
    again.source = source
    for module in (model, again):
        module.eval()
    with torch.no_grad():
        torch.manual_seed(4)  # a few kinds draw in evaluation too
        first = answers(model, batch, REGISTRY[kind].role)
        torch.manual_seed(4)
        for name, y in answers(again, batch, REGISTRY[kind].role).items():
            same(first[name], y, name)


def answers(model: Any, batch: Mapping[str, Tensor], role: str) -> dict[str, Tensor]:
    """What leaves each node, by port and number; of losses, their values."""
    source = model.source
    if role == "loss":
        method = getattr(model, source.objectives[0].method)
        _, parts = method(**{f.name: batch[f.port] for f in source.fields})
        return {
            f"loss_{name.removeprefix('node_')}": v
            for name, v in parts.items()
            if name != "side_loss"
        }
    results = model(*(batch[a.port] for a in source.inputs))
    named = dict(zip((name for name, _ in source.outputs), results, strict=True))
    del named["side"]
    return named
