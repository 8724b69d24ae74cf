"""Shapes of kinds that have no rule of their own: torch is asked, on its meta device.

The declarations know no torch. Whoever does `install`s a way of asking; the window, which
has none either, installs `postpone`: what is not known yet is noted as `wanted`, the engine
answers, and `learn` remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from netbuilder.layers.shape import Shape, ShapeError, TensorSpec
from netbuilder.layers.spec import Layer


@dataclass(frozen=True)
class Trial:
    """What came out: specs by output port, or why there is none. Costs are of one sample."""

    outputs: Mapping[str, TensorSpec] = field(default_factory=dict)
    weights: Mapping[str, Shape] = field(default_factory=dict)
    multiply_adds: int = 0
    refusal: str = ""


#: What arrives at the ports, in order: None at a free one, a tuple where many wires end.
Arriving = tuple[Any, ...]
#: A declaration and what arrives.
Case = tuple[Layer, Arriving]
Ask = Callable[[Layer, Arriving], Trial]


class NotTried(ShapeError):
    """The answer is on its way: not a fault of the network, and not to be remembered."""


_known: dict[object, Trial] = {}
_LIMIT = 5_000
_ask: Ask | None = None
wanted: dict[object, Case] = {}
#: How often something was noted as wanted, and how often an answer came.
postponed = learned = 0


def install(ask: Ask | None) -> None:
    """From now on, ask so."""
    global _ask
    _ask = ask


def postpone(layer: Layer, specs: Arriving) -> Trial:
    """Note what is wanted, for whoever can ask elsewhere. Raises NotTried."""
    global postponed
    wanted[_key(layer, specs)] = (layer, specs)
    postponed += 1
    raise NotTried(f"The shape of {layer.title} is being computed.")


def learn(layer: Layer, specs: tuple[TensorSpec, ...], trial: Trial) -> None:
    """Remember an answer."""
    global learned
    learned += 1
    if len(_known) >= _LIMIT:
        _known.clear()
    _known[_key(layer, specs)] = trial
    wanted.pop(_key(layer, specs), None)


def tried(layer: Layer, specs: Arriving) -> Trial:
    """What torch makes of it. Raises ShapeError with torch's reason if it refuses."""
    found = _known.get(_key(layer, specs))
    if found is None:
        if _ask is None:
            raise NotTried(f"The shape of {layer.title} is known only where torch is loaded.")
        found = _ask(layer, specs)
        learn(layer, specs, found)
    if found.refusal:
        raise ShapeError(found.refusal)
    return found


def _key(layer: Layer, specs: Arriving) -> object:
    # Named and plain axes of one size are equal as ints but must not be mixed up.
    return layer, tuple((spec, repr(spec)) for spec in specs)
