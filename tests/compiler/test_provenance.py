"""Which literal is which parameter: held for every kind, also for values never tried."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from netbuilder.compiler.provenance import Cause, bindings, called, cause, leaves, others
from netbuilder.layers import REGISTRY, B, Layer, ShapeError, TensorSpec

SAMPLES = {
    "image": TensorSpec((B, 8, 32, 32)),
    "sequence": TensorSpec((B, 32, 16)),
    "vector": TensorSpec((B, 64)),
    "label": TensorSpec((B,), "int64", 10),
    "any": TensorSpec((B, 8, 6, 6, 6)),
    "tokens": TensorSpec((B, 32), "int64", 10),
    "sound": TensorSpec((B, 512)),
}
#: What only a port of this name takes.
OWN = {
    "word_bias": TensorSpec((B, 1)),
    "context_bias": TensorSpec((B, 1)),
    "count": TensorSpec((B,)),
    "negatives": TensorSpec((B, 5, 64)),
}
KINDS = sorted(k for k, c in REGISTRY.items() if c.role in ("layer", "loss", "noise"))
#: Parameters that choose what is written rather than being written.
UNWRITTEN = {
    "weight", "causal", "method", "distribution", "axes", "pad", "dropout", "constant", "amount",
    "align_corners", "multiplier", "weight_init", "init_value", "bias_init",
    "goal", "class_weights", "pos_weight", "negatives", "per_channel", "target_holds",
    "name", "arguments", "code", "attention", "alpha", "each", "direction", "time",
}  # fmt: skip


def arriving(layer: Layer) -> tuple[Any, ...]:
    """Specs that a layer accepts; optional ports stay free where nothing fits them."""
    for spec, wired in ((s, w) for w in (True, False) for s in SAMPLES.values()):
        specs: list[Any] = []
        for port in layer.input_ports():
            if port.optional and not wired:
                specs.append(None)
                continue
            fits = not port.takes or spec.flow in port.takes
            own = spec if fits else SAMPLES[port.takes[0]]
            if port.name == "indices":
                own = TensorSpec(spec.shape, "int64")
            own = OWN.get(port.name, own)
            specs.append((own, own) if port.many else own)
        try:
            layer.infer(*specs)
        except ShapeError:
            continue
        return tuple(specs)
    raise AssertionError(f"nothing fits {layer.kind}")


def settings(kind: str) -> list[Layer]:
    """The kind as it is, and with each parameter at other values."""
    plain = REGISTRY[kind]()
    found = [plain]
    for param in plain.params():
        for value in others(param, getattr(plain, param.name)):
            found.append(replace(plain, **{param.name: value}))  # type: ignore[type-var]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_bound_literal_shows_whatever_the_parameter_is_set_to(kind: str) -> None:
    specs = arriving(REGISTRY[kind]())
    for layer in settings(kind):
        for loc, binding in bindings(layer, specs).items():
            param, item = binding.param, binding.item
            now = getattr(layer, param.name)
            for value in [*others(param, now, item), *fresh(param.type, now, item)]:
                try:
                    after = leaves(called(replace(layer, **{param.name: value}), specs))  # type: ignore[type-var]
                except (ValueError, ArithmeticError):
                    continue
                if loc in after:
                    wanted = value if item is None else value[item]
                    assert plain(after[loc]) == plain(wanted), (layer, loc, param.name)


def fresh(type_: str, now: Any, item: int | None) -> list[Any]:
    """Values that the search itself never tries."""
    if type_ == "int":
        return [41, 64]
    if type_ == "float":
        return [0.4321]
    if type_ == "ints":
        if item is None:
            return [(41,) * len(now)]
        return [(*now[:item], 41, *now[item + 1 :])]
    return []


def plain(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return value[0] if len(set(value)) == 1 else tuple(value)
    return value


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_that_is_written_is_found(kind: str) -> None:
    specs = arriving(REGISTRY[kind]())
    found = {b.param.name for layer in settings(kind) for b in bindings(layer, specs).values()}
    assert {p.name for p in REGISTRY[kind].params()} - found <= UNWRITTEN


def test_where_both_change_the_text_only_the_shown_one_is_bound() -> None:
    layer = REGISTRY["conv2d"].from_params({"kernel_size": 5, "stride": 2, "padding": "same"})
    specs = (SAMPLES["image"],)
    known = bindings(layer, specs)
    assert {loc: b.param.name for loc, b in known.items()} == {
        (1,): "out_channels",
        (2,): "kernel_size",
        ("stride",): "stride",
    }
    assert leaves(called(layer, specs))["padding",] == 2
    why = cause(layer, specs, ("padding",))
    assert {p.name for p in why.params} >= {"kernel_size", "padding"}
    assert cause(layer, specs, (0,)) == Cause((), ("x",))


def test_equal_numbers_are_told_apart() -> None:
    layer = REGISTRY["transpose"].from_params({"first": 2, "second": 2})
    names = {loc: b.param.name for loc, b in bindings(layer, (SAMPLES["sequence"],)).items()}
    assert names == {(1,): "first", (2,): "second"}
    layer = REGISTRY["reshape"].from_params({"sizes": (8, 8)})
    found = bindings(layer, (SAMPLES["vector"],))
    assert {loc: b.item for loc, b in found.items()} == {(2,): 0, (3,): 1}
