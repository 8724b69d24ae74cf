"""Every formula of the help, written out by hand, against the module, in double precision.

The tables are ``formulas_*.py`` beside this file. They use elementary operations alone: sums,
products, exponentials; what is tested is what torch and `netbuilder.nn` have ready-made.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from netbuilder.layers import REGISTRY, TensorSpec

#: Kinds whose formula only names what a person chooses, and why nothing can be written out.
POINTERS = {
    "torch_layer": "f is any function of torch",
    "torch_loss": "f is any loss of torch",
    "custom": "f is what a person wrote",
    **dict.fromkeys(
        (
            "add_noise",
            "colour_jitter",
            "cutout",
            "random_affine",
            "random_blur",
            "random_crop",
            "random_flip",
            "random_resized_crop",
            "time_mask",
        ),
        "drawn anew for every sample: tests/nn/test_augment.py holds each to what it may draw",
    ),
}
#: Where a module of its own computes in single precision, or torch adds a little to a divisor.
ROUGH = {
    "positional_encoding": 1e-5,
    "triplet": 1e-4,
    "grouped_query_attention": 1e-6,
    "spectrogram": 1e-4,
}
TABLES = sorted(Path(__file__).parent.glob("formulas_*.py"))


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FORMULAS: dict[str, list[Any]] = {
    kind: cases for path in TABLES for kind, cases in _module(path).FORMULAS.items()
}


def _cases() -> Iterator[Any]:
    """A case may say "after training", else it is of a module that trains."""
    for kind, cases in FORMULAS.items():
        for params, specs, by_hand, *when in cases:
            yield pytest.param(kind, params, specs, by_hand, not when, id=" ".join([kind, *when]))


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize(("kind", "params", "specs", "by_hand", "training"), list(_cases()))
def test_the_module_computes_its_formula(
    kind: str,
    params: Mapping[str, Any],
    specs: Mapping[str, TensorSpec | tuple[TensorSpec, torch.Tensor]],
    by_hand: Callable[..., Any],
    training: bool,
    apply: Callable[..., Any],
) -> None:
    layer = REGISTRY[kind].from_params(params)
    ports = layer.input_ports()
    many = {p.name for p in ports if p.many}
    arriving, given = [], {}
    for port in ports:
        spec = specs.get(port.name)
        if isinstance(spec, tuple):
            spec, given[port.name] = spec
        elif spec is not None and spec.dtype == "float32" and port.name not in many:
            given[port.name] = torch.randn(*map(int, spec.shape)).requires_grad_()
        arriving.append((spec, spec) if port.name in many else spec)
    ran = apply(layer, *arriving, given=given)
    if ran.module is not None:
        with torch.no_grad():
            for weight in ran.module.parameters():
                weight.normal_(0, 0.5)
        module = ran.module.train(training)
        if hasattr(module, "observe"):  # figures of training rows, here of what arrives
            for part in ran.inputs["x"][0].detach().split(2):
                module.observe(part)
            module.settle()
        ran = apply(layer, *arriving, given={**given, **_same(ran, many)}, module=module)
    values = {n: v if n in many else v[0] for n, v in ran.inputs.items()}
    weights = {} if ran.module is None else ran.module.state_dict()
    found = by_hand(values, weights, ran.outputs)
    if not isinstance(found, dict):
        found = {layer.output_ports()[0]: found}
    near = ROUGH.get(kind, 1e-9)
    for port, value in found.items():
        torch.testing.assert_close(
            ran.outputs[port], value, rtol=near, atol=near, check_dtype=False
        )


def _same(ran: Any, many: set[str]) -> dict[str, torch.Tensor]:
    """What arrived before, again: labels are drawn anew otherwise."""
    return {n: v[0] for n, v in ran.inputs.items() if n not in many}


def test_every_formula_of_the_help_is_written_out_here() -> None:
    wanted = {k for k, c in REGISTRY.items() if c.role in ("layer", "loss") and c.tex}
    missing = sorted(wanted - {*FORMULAS, *POINTERS})
    assert not missing, (
        f"{', '.join(missing)}: write the formula of `tex` out by hand in elementary operations, "
        "as a line in FORMULAS of tests/layers/formulas_pointwise.py, formulas_maps.py, "
        "formulas_sequences.py or formulas_losses.py: (parameters, what arrives by port, "
        "function of values, weights and outputs). Only a kind whose formula is whatever a "
        "person writes belongs into POINTERS of test_formulas.py, with the reason."
    )
    assert {*FORMULAS, *POINTERS} <= wanted
    assert not {*FORMULAS} & {*POINTERS}


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_formulas_are_written_in_elementary_operations(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    for ready in ("torch.nn", "import nn", "F.", ".softmax(", ".sigmoid(", ".tanh(", ".relu("):
        assert ready not in source, ready
