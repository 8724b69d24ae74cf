"""A checkpoint gives back every bit, and nothing that is not finite or damaged."""

from __future__ import annotations

import ast
import math
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import netbuilder
from netbuilder.graph import Optimiser
from netbuilder.nn import Newton
from netbuilder.training import algorithms, checkpoint
from netbuilder.training.checkpoint import CheckpointError, NotFinite
from netbuilder.training.settings import ALGORITHMS

CPU = torch.device("cpu")


def trained(algorithm: str) -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    settings = {"momentum": 0.9} if algorithm == "sgd" else {}
    declared = Optimiser(algorithm=algorithm, settings=settings)
    optimiser = algorithms.build(declared, owned(model), CPU)
    steps(model, optimiser, 3)
    return model, optimiser


def owned(model: nn.Module) -> list[nn.Parameter]:
    """What every algorithm takes: the matrices."""
    return [p for p in model.parameters() if p.ndim == 2]


def steps(model: nn.Module, optimiser: torch.optim.Optimizer, count: int) -> None:
    for _ in range(count):
        x = torch.randn(5, 3)

        def closure(x: torch.Tensor = x) -> torch.Tensor:
            optimiser.zero_grad()
            loss = model(x).square().mean()
            if not isinstance(optimiser, Newton):
                loss.backward()
            return loss

        closure()
        optimiser.step(closure)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_training_goes_on_as_if_nothing_had_happened(algorithm: str, tmp_path: Path) -> None:
    model, optimiser = trained(algorithm)
    path = tmp_path / "last.safetensors"
    parts = (checkpoint.of_optimiser("main", optimiser, owned(model)), checkpoint.of_random(CPU))
    checkpoint.write(path, checkpoint.taken({"step": 3}, checkpoint.of_model(model), *parts))
    steps(model, optimiser, 4)

    torch.manual_seed(99)
    other, second = trained(algorithm)
    saved = checkpoint.read(path)
    checkpoint.load_model(other, saved)
    checkpoint.load_optimiser("main", second, owned(other), saved)
    checkpoint.load_random(saved, CPU)
    steps(other, second, 4)
    assert saved.values == {"step": 3}
    for key, tensor in model.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[key]), key


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_not_finite_never_replaces_a_good_one(value: float, tmp_path: Path) -> None:
    path = tmp_path / "last.safetensors"
    model, _ = trained("adam")
    checkpoint.write(path, checkpoint.taken({}, checkpoint.of_model(model)))
    before = path.read_bytes()
    with torch.no_grad():
        model[0].weight[0, 0] = value
    with pytest.raises(NotFinite, match=r"model\.0\.weight"):
        checkpoint.write(path, checkpoint.taken({}, checkpoint.of_model(model)))
    assert path.read_bytes() == before


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_damaged_file_is_one_error(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "last.safetensors"
    tensors = {"model.a": torch.arange(6.0), "random.cpu": torch.arange(4, dtype=torch.uint8)}
    good = checkpoint.taken({"step": 1}, tensors)
    checkpoint.write(path, good)
    raw = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        raw = raw[: data.draw(st.integers(0, len(raw) - 1))]
    else:
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(raw)
    try:
        found = checkpoint.read(path).tensors
    except CheckpointError:
        return
    # A change in the text part may still say something; never one in the tensors.
    assert all(torch.equal(found[k], t) for k, t in tensors.items() if k in found)


def test_another_network_is_refused_by_the_layer_that_differs(tmp_path: Path) -> None:
    model, _ = trained("adam")
    saved = checkpoint.taken({}, checkpoint.of_model(model))
    with pytest.raises(CheckpointError, match="changed at 2 since"):
        checkpoint.load_model(nn.Sequential(*list(model)[:2], nn.Linear(4, 2)), saved)
    with pytest.raises(CheckpointError, match="There is no checkpoint"):
        checkpoint.read(tmp_path / "missing.safetensors")


def test_training_and_engine_read_nothing_that_can_run_code() -> None:
    root = Path(netbuilder.__file__).parent
    for path in (*root.glob("training/*.py"), *root.glob("engine/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) != ("torch", "load"), path
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            assert not {"pickle", "dill", "joblib", "marshal"} & set(names), path
