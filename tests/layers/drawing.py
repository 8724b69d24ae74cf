"""Random configurations that fit: what the battery tries for every kind there is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.building import Network
from netbuilder.graph import Edge, Project
from netbuilder.layers import (
    REGISTRY,
    B,
    DataSet,
    Dim,
    Layer,
    Param,
    ParamError,
    Port,
    ShapeError,
    TensorSpec,
)
from netbuilder.layers.initial import beginnings

Case = tuple[Layer, list[Any]]
WANTED = 20
#: Draws before a kind counts as one whose configurations never fit.
PATIENCE = 6_000
_AXES = {"vector": (2,), "sequence": (3,), "image": (4,), "label": (1, 2, 3)}
_SIZES = (4, 4, 4, 8, 8, 1, 2, 3, 5, 6, 12, Dim("T", 6))


def value(r: Random, p: Param) -> Any:
    """A value from the range that a parameter declares; its default often."""
    if r.random() < 0.45:
        return p.default
    if p.optional and r.random() < 0.2:
        return None
    least = 0 if p.min is None else max(p.min, -5)
    most = max(least, 0) + 5 if p.max is None else min(p.max, max(least, 0) + 5)
    if p.name == "num_layers":
        most = 2  # torch unrolls recurrent layers step by step on the meta device
    whole = range(math.ceil(least), math.floor(most) + 1)
    if p.type == "bool":
        return r.random() < 0.5
    if p.type == "choice":
        return r.choice(p.choices)
    if p.type == "int":
        return r.choice(whole)
    if p.type == "float":
        return r.choice((least, most, r.uniform(least, most), r.uniform(least, most)))
    if p.type == "ints":
        return tuple(r.choice(whole) for _ in range(r.choice((1, p.length or r.randint(1, 4)))))
    return p.default


def spec(r: Random, port: Port, first: TensorSpec | None) -> TensorSpec:
    """What may arrive at a port, often like what arrives at the first."""
    counts = [n for flow in port.takes for n in _AXES.get(flow, (5,))] or [2, 3, 4, 5]
    made = TensorSpec((B, *(r.choice(_SIZES) for _ in range(r.choice(counts) - 1))))
    if port.name == "mask" and first is not None:
        return TensorSpec(first.shape[:2], "bool")
    if port.name == "lengths" and first is not None:
        return TensorSpec(first.shape[:1], "int64", 7)
    if port.name == "before" and first is not None:
        return TensorSpec((B, r.choice(_SIZES)), "int64", r.randint(2, 8))
    if port.name == "indices" and first is not None:
        return TensorSpec(first.shape, "int64")  # places of pooled values
    if port.name in ("word_bias", "context_bias"):
        return TensorSpec((B, 1))
    if port.name == "count":
        return TensorSpec((B,))
    if port.name == "negatives" and first is not None:
        return TensorSpec((B, r.choice(_SIZES), *first.shape[1:]))
    if "label" in port.takes:
        classes = r.randint(2, 8)
        if first is not None and r.random() < 0.85:
            gone = 1 if first.axes == 4 else first.axes - 1
            rows = r.choice(((*first.shape[:gone], *first.shape[gone + 1 :]), first.shape))
            return TensorSpec(rows, "int64", classes)
        return TensorSpec(made.shape, "int64", classes)
    if first is not None and r.random() < 0.75:
        shape = first.shape
        if len(shape) > 2 and r.random() < 0.4:  # as many columns, other steps
            shape = (shape[0], r.choice(_SIZES), *shape[2:])
        return TensorSpec(shape, first.dtype, first.classes)
    return made


def drawn(kind: str, r: Random) -> Case | None:
    """A declaration and what arrives at its ports; None where its parameters do not fit."""
    declared = REGISTRY[kind]
    try:
        layer = declared.from_params({p.name: value(r, p) for p in declared.params()})
    except ParamError:
        return None
    first: TensorSpec | None = None
    specs: list[Any] = []
    for port in layer.input_ports():
        made = spec(r, port, first)
        if port.optional and r.random() < 0.5:
            specs.append(None)
        elif port.many:
            alike = [made, made, TensorSpec((B, *(1 for _ in made.shape[1:])))]
            specs.append((made, *(r.choice(alike) for _ in range(r.randint(0, 2)))))
        else:
            specs.append(made)
        first = first or made
    return layer, specs


def outputs(layer: Layer, specs: list[Any]) -> dict[str, TensorSpec]:
    """What a rule infers, by output port. Raises ShapeError."""
    found = layer.infer(*specs)
    if isinstance(found, TensorSpec):
        return {layer.output_ports()[0]: found}
    return dict(found)


def fits(case: Case | None) -> bool:
    """Whether its rules accept it, and something is left of it."""
    if case is None:
        return False
    try:
        layer, specs = case
        found = outputs(layer, specs)
        beginnings(layer, layer.weights(*specs))  # which may object
    except ShapeError:
        return False
    return all(n > 0 for made in found.values() for n in made.shape)


@cache
def configurations(kind: str) -> tuple[Case, ...]:
    """At least 20 different ones that are accepted, the same at every call."""
    found: dict[str, Case] = {}

    def collect(seed: int) -> None:
        if len(found) >= WANTED:
            return
        r = Random(seed)
        for _ in range(PATIENCE // WANTED):
            case = drawn(kind, r)
            if case is not None and repr(case) not in found and fits(case):
                found[repr(case)] = case
                return

    tried = given(st.integers(0, 2**32))(collect)
    settings(max_examples=2 * WANTED, derandomize=True, deadline=None, database=None)(tried)()
    assert len(found) >= WANTED, f"of {kind} only {len(found)} configurations were accepted"
    return tuple(found.values())


def leaves(layer: Layer, specs: list[Any]) -> Iterator[tuple[str, int, TensorSpec]]:
    """Every wire that arrives: its port, its place there, what it carries."""
    for port, spec in zip(layer.input_ports(), specs, strict=True):
        each = spec if port.many else (spec,)
        yield from ((port.name, i, s) for i, s in enumerate(each) if s is not None)


def side_by_side(cases: tuple[Case, ...], patch: pytest.MonkeyPatch) -> Project:
    """A project of these nodes, each with data of its own."""
    wires = [
        (f"{port}_{n}_{i}", n, port, spec)
        for n, case in enumerate(cases)
        for port, i, spec in leaves(*case)
    ]
    carried = {name: spec for name, _, _, spec in wires} | {"side": TensorSpec((B, 2))}

    class Given(DataSet, abstract=True):
        kind = "given_to_twenty"

        def fields(self) -> Mapping[str, TensorSpec]:
            return carried

    patch.setitem(REGISTRY, Given.kind, Given)
    net = Network("twenty")
    data = net.place(Given.kind, id="given")
    for n, (layer, _) in enumerate(cases):
        params = {p.name: getattr(layer, p.name) for p in layer.params()}
        changed = {p.name: params[p.name] for p in layer.params() if params[p.name] != p.default}
        placed = net.place(layer.kind, id=f"node_{n}", **changed)
        for name, at, port, _ in wires:
            if at == n:
                net.graph = net.graph.connect(Edge("given", name, placed.node, port))
        if layer.role == "layer":
            for port in placed.ports:
                net.output(getattr(placed, port), name=f"{port}_{n}")
    side = net.linear(data.side, out_features=2, id="side")  # something to learn and to return
    net.output(side, name="side")
    net.mse(side, data.side, id="side_loss")
    return net.project()
