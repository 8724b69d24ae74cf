"""The generated code of one node is the call a person would write: bit for bit, backwards too.

Cases stand in ``by_hand_<family>.py`` beside this file, in a list called ``CASES``.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import netbuilder as nb
from netbuilder.building import Network
from netbuilder.compiler import generate
from netbuilder.layers import REGISTRY, B, DataSet, TensorSpec

#: Kinds whose call by hand needs more than a line: the file that has it.
ELSEWHERE = {
    "gradient_penalty": "training/test_gradient_penalty.py",
    "random_mix": "training/test_gradient_penalty.py",
    "detach": "compiler/growing.py",  # held to the interpreter in random graphs
    "max_unpool": "layers/test_convolutional_by_hand.py",
    "length_mask": "nn/test_lengths.py",
    "add_noise": "nn/test_augment.py",
    "colour_jitter": "nn/test_augment.py",
    "cutout": "nn/test_augment.py",
    "random_affine": "nn/test_augment.py",
    "random_blur": "nn/test_augment.py",
    "random_crop": "nn/test_augment.py",
    "random_flip": "nn/test_augment.py",
    "random_resized_crop": "nn/test_augment.py",
    "sobel": "nn/test_augment.py",
    "time_mask": "nn/test_augment.py",
    "padding_mask": "layers/test_attention.py",
    "reparameterise": "nn/test_modules.py",
}


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _cases() -> list[Any]:
    found = []
    for path in sorted(Path(__file__).parent.glob("by_hand_*.py")):
        cases = _module(path).CASES
        found += [pytest.param(*case, id=f"{case[0]} {case[1] or ''}") for case in cases]
    return found


def test_no_kind_is_left_out() -> None:
    here = Path(__file__).parent
    known = {case.values[0] for case in _cases()}
    convolutional = _module(here / "test_convolutional_by_hand.py")
    known |= {case[0] for case in (*convolutional.MODULES, *convolutional.FUNCTIONS)}
    known |= {case["kind"] for case in _module(here / "test_sequences_by_hand.py").CASES}
    computed = {k for k, layer in REGISTRY.items() if layer.role in ("layer", "loss")}
    assert computed - known - set(ELSEWHERE) == set()
    for kind, file in ELSEWHERE.items():
        text = (here.parent / file).read_text("utf-8")
        assert kind in text.lower(), kind


@pytest.mark.parametrize(("kind", "params", "specs", "by_hand"), _cases())
def test_generated_code_equals_code_by_hand(
    kind: str,
    params: Mapping[str, Any],
    specs: Mapping[str, TensorSpec],
    by_hand: Callable[..., Tensor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """specs: what arrives, by port. by_hand: of tensors by port, and `node`, its module."""

    class Given(DataSet, abstract=True):
        kind = "given_by_hand"

        def fields(self) -> Mapping[str, TensorSpec]:
            return {**specs, "side": TensorSpec((B, 2))}

    monkeypatch.setitem(REGISTRY, Given.kind, Given)
    net = Network("one_node")
    data = net.place(Given.kind, id="given")
    wires = [getattr(data, port) for port in specs]
    role = REGISTRY[kind].role
    placed = net.place(kind, *wires, id="node", **params)
    if role == "layer":
        net.output(placed, name="answer")
    side = net.linear(data.side, out_features=2)  # a project has an output and learns something
    net.output(side, name="side")
    net.mse(side, data.side)
    torch.manual_seed(0)
    project = net.project()
    model, source = nb.compile(project), generate(project)
    given = {a.port: _tensor(a.spec) for a in (*source.inputs, *source.fields)}
    ours = {port: _leaf(t) for port, t in given.items()}
    theirs = {port: _leaf(t) for port, t in given.items()}
    if role == "layer":
        answer, _ = model(*(ours[a.port] for a in source.inputs))
    else:
        method = getattr(model, source.objectives[0].method)
        answer = method(*(ours[f.port] for f in source.fields))[1]["node"]
    del ours["side"], theirs["side"]
    node = getattr(model, "node", None)
    expected = by_hand(**theirs, **({"node": node} if node is not None else {}))
    assert torch.equal(answer, expected)
    push = torch.randn(expected.shape)
    _same_gradients(answer, expected, push, ours, theirs, node)


def _same_gradients(
    answer: Tensor,
    expected: Tensor,
    push: Tensor,
    ours: Mapping[str, Tensor],
    theirs: Mapping[str, Tensor],
    node: nn.Module | None,
) -> None:
    weights = dict(node.named_parameters()) if node is not None else {}
    answer.backward(push)
    mine = {name: w.grad for name, w in weights.items()}
    for weight in weights.values():
        weight.grad = None
    expected.backward(push)
    for name, weight in weights.items():
        grad = mine[name]
        assert grad is not None
        assert weight.grad is not None
        assert torch.equal(grad, weight.grad), name
    moved = 0
    for port, tensor in ours.items():
        other = theirs[port].grad
        assert (tensor.grad is None) == (other is None)
        if tensor.grad is not None and other is not None:
            assert torch.equal(tensor.grad, other), port
            moved += 1
    assert moved


def _tensor(spec: TensorSpec) -> Tensor:
    shape = [6 if i == 0 else int(n) for i, n in enumerate(spec.shape)]
    if spec.dtype == "float32":
        return torch.randn(shape)
    return torch.randint(0, spec.classes or 2, shape).to(getattr(torch, spec.dtype))


def _leaf(t: Tensor) -> Tensor:
    return t.clone().requires_grad_() if t.is_floating_point() else t
