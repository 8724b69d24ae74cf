"""What holds for every kind there is; a new kind is covered without a line here."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType
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

# What torch says once about slower ways; the results are right.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel"),
    pytest.mark.filterwarnings("ignore:LSTM with projections"),
]

ALL = sorted(REGISTRY)
COMPUTED = [k for k in ALL if REGISTRY[k].role in ("layer", "loss")]
BUILT = [k for k in COMPUTED if REGISTRY[k].family not in ("Activation", "Combine", "Losses")]
INFERRED = [k for k in ALL if REGISTRY[k].role in ("layer", "loss", "metric")]
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
def cases(draw: st.DrawFn, kind: str) -> tuple[Layer, list[Any]]:
    """A configured declaration and anything that arrives at it."""
    params = REGISTRY[kind].params()
    layer = REGISTRY[kind].from_params({p.name: draw(values(p)) for p in params})
    return layer, draw(anything(layer.input_ports()))


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
def test_the_steps_lead_to_what_is_counted(kind: str, drawing: ModuleType) -> None:
    for layer, specs in drawing.configurations(kind):
        first = next(iter(drawing.outputs(layer, specs).values()))
        weights = layer.weights(*specs)
        assert led_to(derived(weights)) == sum(math.prod(map(int, s)) for s in weights.values())
        assert led_to(derived(layer.work(first, *specs))) == layer.multiply_adds(first, *specs)


@pytest.mark.parametrize("kind", BUILT)
def test_parameters_reach_the_module(
    kind: str, apply: Callable[..., Any], drawing: ModuleType
) -> None:
    """A keyword left out because it is the default must be torch's default too."""
    for layer, specs in drawing.configurations(kind)[:6]:
        if not layer.call(*specs).is_module:
            continue
        module = apply(layer, *specs).module
        for p in layer.params():
            ours, theirs = getattr(layer, p.name), getattr(module, p.name, None)
            if p.name in ("padding", "pad") or not isinstance(theirs, int | float | tuple):
                continue
            if p.name == "dropout" and getattr(layer, "num_layers", 2) == 1:
                ours = 0.0  # nothing stands behind a single layer
            if isinstance(theirs, tuple) and len(ours) == 1:
                ours = ours * len(theirs)
            assert ours == theirs, p.name


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

    every(cases(kind), check, 14)
