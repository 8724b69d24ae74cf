"""What holds for every kind there is; a new kind is covered without a line here."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.layers import (
    FAMILIES,
    REGISTRY,
    B,
    Dim,
    Layer,
    Param,
    ParamError,
    Port,
    ShapeError,
    TensorSpec,
)
from netbuilder.layers.derivation import derived

# torch says once that an even kernel needs a copy of its input; the result is right.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")

ALL = sorted(REGISTRY)
COMPUTED = [k for k in ALL if REGISTRY[k].role in ("layer", "loss")]
BUILT = [k for k in COMPUTED if REGISTRY[k].family not in ("Activation", "Combine", "Losses")]
INFERRED = [k for k in ALL if REGISTRY[k].role in ("layer", "loss", "metric")]
LEAST_ACCEPTED = 4
#: What torch cannot run on its meta device.
NEEDS_NUMBERS = {"ctc"}


# --- what is tried ---------------------------------------------------------------------


def values(p: Param) -> st.SearchStrategy[Any]:
    """Small values that a parameter may have, its default often among them."""
    least = 0 if p.min is None else p.min
    most = 5 if p.max is None else min(p.max, max(least, 0) + 5)
    if p.name == "num_layers":
        most = 2  # torch unrolls recurrent layers step by step on the meta device
    found: st.SearchStrategy[Any]
    if p.type == "bool":
        found = st.booleans()
    elif p.type == "choice":
        found = st.sampled_from(p.choices)
    elif p.type == "int":
        found = st.integers(math.ceil(least), math.floor(most))
    elif p.type == "float":
        found = st.floats(least, most, allow_subnormal=False)
    elif p.type == "ints":
        number = st.integers(math.ceil(least), math.floor(most))
        found = st.sampled_from([1, p.length or 3]).flatmap(lambda n: st.tuples(*[number] * n))
    else:
        found = st.just(p.default)
    return st.just(p.default) | found


@st.composite
def arriving(draw: st.DrawFn, ports: tuple[Port, ...]) -> list[Any]:
    """Specs for the ports of a node that often fit together."""
    size = st.sampled_from([4, 4, 4, 8, 1, 2, 3, 5, 6, Dim("T", 6)])
    axes = {"vector": [2], "sequence": [3], "image": [4], "label": [1, 2, 3]}
    first: TensorSpec | None = None
    specs: list[Any] = []
    for port in ports:
        counts = [n for flow in port.takes for n in axes.get(flow, [5])] or [2, 3, 4]
        count = draw(st.sampled_from(counts))
        spec = TensorSpec((B, *(draw(size) for _ in range(count - 1))))
        if "label" in port.takes:
            spec = TensorSpec(spec.shape, "int64", draw(st.integers(2, 4)))
            if first is not None and draw(st.integers(0, 4)):
                gone = 1 if first.axes == 4 else first.axes - 1
                rows = (*first.shape[:gone], *first.shape[gone + 1 :])
                spec = TensorSpec(rows, "int64", spec.classes)
        elif port.name == "indices" and first is not None:
            spec = TensorSpec(first.shape, "int64")  # places of pooled values
        elif first is not None and draw(st.integers(0, 3)):
            spec = first
        if port.name == "mask" and first is not None:
            spec = TensorSpec(first.shape[:2], "bool")
        if port.optional and draw(st.booleans()):
            specs.append(None)
        elif port.many:
            ones = TensorSpec((B, *(1 for _ in spec.shape[1:])))
            more = st.lists(st.sampled_from([spec, spec, spec, ones]), max_size=2)
            specs.append((spec, *draw(more)))
        else:
            specs.append(spec)
        first = first or spec
    return specs


@st.composite
def anything(draw: st.DrawFn, ports: tuple[Port, ...]) -> list[Any]:
    """Specs of any shape and type, fitting or not."""
    size = st.integers(1, 9) | st.just(Dim("T", 5))
    spec = st.builds(
        TensorSpec,
        st.tuples(st.just(B) | size).flatmap(
            lambda b: st.lists(size, max_size=5).map(lambda r: (*b, *r))
        )
        | st.just(()),
        st.sampled_from(["float32", "int64", "bool"]),
        st.none() | st.integers(1, 200),
    )
    return [
        draw(st.lists(spec, max_size=3).map(tuple))
        if port.many
        else draw(spec | st.none() if port.optional else spec)
        for port in ports
    ]


@st.composite
def cases(
    draw: st.DrawFn, kind: str, wires: Callable[..., Any] = arriving
) -> tuple[Layer, list[Any]]:
    """A configured declaration and what arrives at it."""
    params = REGISTRY[kind].params()
    layer = REGISTRY[kind].from_params({p.name: draw(values(p)) for p in params})
    return layer, draw(wires(layer.input_ports()))


def outputs(layer: Layer, specs: list[Any]) -> dict[str, TensorSpec]:
    """What a rule infers, by output port. Raises ShapeError."""
    found = layer.infer(*specs)
    if isinstance(found, TensorSpec):
        return {layer.output_ports()[0]: found}
    return dict(found)


def device(kind: str) -> str:
    """Where shapes of this kind are tried: on meta nothing is computed."""
    return "cpu" if kind in NEEDS_NUMBERS else "meta"


def is_sentence(text: str) -> bool:
    """Whether a person could read it in one line."""
    return text.endswith(".") and "\n" not in text and "Traceback" not in text and len(text) < 320


def every(strategy: st.SearchStrategy[Any], check: Callable[[Any], None], examples: int) -> None:
    """`check` on examples, the same ones each time."""
    tried = given(strategy)(check)
    settings(max_examples=examples, derandomize=True, deadline=None, database=None)(tried)()


def plain(text: str) -> int:
    """The value of sums and products as they are written."""
    terms = text.replace("\u202f", "").split(" + ")
    return sum(math.prod(map(int, term.split(" · "))) for term in terms)


def led_to(lines: tuple[str, ...]) -> int:
    """The last number, after every line was held to what stands in it."""
    if not lines:
        return 0
    parts = []
    for line in lines[: -1 if len(lines) > 1 else None]:
        steps = line.rpartition(": ")[2].split(" =\u00a0")
        assert len({plain(step) for step in steps}) == 1, line
        parts.append(plain(steps[-1]))
    if len(lines) > 1:
        left, right = lines[-1].split(" =\u00a0")
        assert [plain(term) for term in left.split(" + ")] == parts
        assert plain(left) == plain(right)
        return plain(right)
    return parts[0]


# --- what holds ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL)
def test_it_says_what_it_is(kind: str) -> None:
    layer = REGISTRY[kind]
    assert layer.__doc__ is not None
    assert layer.__doc__.splitlines()[0].endswith(".")
    assert layer.title
    assert layer.family in FAMILIES
    for p in layer.params():
        assert p.help.endswith("."), p.name
    for port in layer().input_ports():
        assert not port.default or port.optional
        assert port.default in ("", *(p.name for p in layer().input_ports()))


@pytest.mark.parametrize("kind", ALL)
def test_defaults_make_a_node(kind: str) -> None:
    layer = REGISTRY[kind].from_params({})
    assert layer == REGISTRY[kind]()
    assert len(layer.summary()) <= 19
    for p in layer.params():
        assert p.checked(p.default) == p.default


@pytest.mark.parametrize("kind", ALL)
def test_parameters_outside_their_range_are_refused_in_one_sentence(kind: str) -> None:
    refused = 0
    for p in REGISTRY[kind].params():
        wrong: list[Any] = [object()]
        if p.type in ("int", "float", "ints"):
            wrong += [float("nan"), float("inf"), "many", True]
            wrong += [p.min - 1] if p.min is not None else []
            wrong += [p.max + 1, 1e12] if p.max is not None else []
        if p.type in ("int", "ints"):
            wrong.append(1.5)
        if p.type == "choice":
            wrong += ["nonsense", 1]
        if p.type == "bool":
            wrong += [1, "yes"]
        for value in wrong:
            with pytest.raises(ParamError) as error:
                REGISTRY[kind].from_params({p.name: value})
            assert error.value.param == p.name
            assert is_sentence(str(error.value))
            refused += 1
    with pytest.raises(ParamError) as error:
        REGISTRY[kind].from_params({"no_such_parameter": 1})
    assert is_sentence(str(error.value))
    assert refused >= len(REGISTRY[kind].params())


@pytest.mark.parametrize("kind", COMPUTED)
def test_shapes_and_weights_are_those_of_torch(kind: str, apply: Callable[..., Any]) -> None:
    accepted = 0

    def check(case: tuple[Layer, list[Any]]) -> None:
        nonlocal accepted
        layer, specs = case
        assert len(layer.summary()) <= 19
        try:
            expected = outputs(layer, specs)
        except ShapeError:
            return
        if any(n < 1 for spec in expected.values() for n in spec.shape):
            return  # the compiler refuses it for every kind
        ran = apply(layer, *specs, device=device(kind))
        assert set(ran.outputs) == set(expected)
        for port, spec in expected.items():
            assert tuple(ran.outputs[port].shape) == tuple(int(n) for n in spec.shape), port
            assert str(ran.outputs[port].dtype) == f"torch.{spec.dtype}"
            if len(expected) > 1 and accepted < LEAST_ACCEPTED:
                alone = apply(
                    layer, *specs, used=frozenset({port}), device=device(kind), module=ran.module
                )
                assert alone.outputs[port].shape == ran.outputs[port].shape
        learned = ran.module.named_parameters() if ran.module is not None else ()
        shapes = {name: tuple(weight.shape) for name, weight in learned}
        assert dict(layer.weights(*specs)) == shapes
        first = next(iter(expected.values()), TensorSpec(()))
        cost = layer.multiply_adds(first, *specs)
        assert isinstance(cost, int)
        assert cost >= 0
        accepted += 1

    every(cases(kind), check, 24)
    if accepted < LEAST_ACCEPTED:  # parameters that must fit each other rarely do by chance
        every(cases(kind), check, 96)
    assert accepted >= LEAST_ACCEPTED, f"only {accepted} of the tried cases were accepted"


@pytest.mark.parametrize("kind", COMPUTED)
def test_the_steps_lead_to_what_is_counted(kind: str) -> None:
    def check(case: tuple[Layer, list[Any]]) -> None:
        layer, specs = case
        try:
            first = next(iter(outputs(layer, specs).values()))
        except ShapeError:
            return
        if not first.shape or min(first.shape) < 1:
            return
        weights = layer.weights(*specs)
        assert led_to(derived(weights)) == sum(math.prod(map(int, s)) for s in weights.values())
        assert led_to(derived(layer.work(first, *specs))) == layer.multiply_adds(first, *specs)

    every(cases(kind), check, 24)


@pytest.mark.parametrize("kind", BUILT)
def test_parameters_reach_the_module(kind: str, apply: Callable[..., Any]) -> None:
    """A keyword left out because it is the default must be torch's default too."""

    def check(case: tuple[Layer, list[Any]]) -> None:
        layer, specs = case
        with contextlib.suppress(ShapeError):
            outputs(layer, specs)
            if not layer.call(*specs).is_module:
                return
            module = apply(layer, *specs, device="meta").module
            for p in layer.params():
                ours, theirs = getattr(layer, p.name), getattr(module, p.name, None)
                if p.name in ("padding", "pad") or not isinstance(theirs, int | float | tuple):
                    continue
                if p.name == "dropout" and getattr(layer, "num_layers", 2) == 1:
                    ours = 0.0  # nothing stands behind a single layer
                if isinstance(theirs, tuple) and len(ours) == 1:
                    ours = ours * len(theirs)
                assert ours == theirs, p.name

    every(cases(kind), check, 6)


@pytest.mark.parametrize("kind", INFERRED)
def test_whatever_arrives_only_a_sentence_comes_back(kind: str, apply: Callable[..., Any]) -> None:
    """And what is accepted, torch accepts too."""

    def check(case: tuple[Layer, list[Any]]) -> None:
        layer, specs = case
        refused: ShapeError | None = None
        try:
            found = outputs(layer, specs)
        except ShapeError as error:
            refused = error
        if refused is not None:
            assert is_sentence(str(refused))
            assert refused.port in (None, *(port.name for port in layer.input_ports()))
            return
        for spec in found.values():
            layer.multiply_adds(spec, *specs)
        layer.weights(*specs)
        each = [s for spec in specs for s in (spec if isinstance(spec, tuple) else (spec,))]
        if layer.role != "metric" and all(s is None or s.shape[:1] == (B,) for s in each):
            ran = apply(layer, *specs, device=device(kind))
            for port, spec in found.items():
                assert tuple(ran.outputs[port].shape) == tuple(int(n) for n in spec.shape), port

    every(cases(kind, anything), check, 14)
