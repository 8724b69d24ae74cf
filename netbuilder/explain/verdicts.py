"""What is wrong with how weights begin, told from the figures before the first step."""

from __future__ import annotations

import math
from collections.abc import Sequence

from netbuilder.explain.beginnings import Beginning

#: A factor from one layer with weights to the next, and over all of them, that is too much;
#: over very many layers a smaller factor is too much as well.
EACH, IN_ALL, FAR = 3.0, 100.0, 1e4
#: Share of a bounded activation at its limits that leaves too little gradient.
AT_LIMITS = 0.5
#: Share of zeros after a rectifier that leaves too few units to learn.
ZEROS = 0.95

_RECTIFIERS = ("relu", "leaky_relu", "prelu", "elu", "gelu", "silu", "relu6", "mish", "softplus")


def verdicts(found: Sequence[Beginning]) -> list[str]:
    """One plain sentence for each thing that is wrong, the gravest first; [] if all is well.

    found: in the order of the graph.
    """
    layers = [b for b in found if b.weights is not None]
    remedy = _remedy(found, layers)
    wild = next((b for b in found if not (math.isfinite(b.std) and math.isfinite(b.mean))), None)
    if wild is not None:
        return [f"Values overflow at {wild.node}: the weights before it begin too large. {remedy}"]
    constant = _constant(layers, remedy)
    if constant:
        return constant
    if layers and layers[-1].constant is not None:
        layers = layers[:-1]  # one value is allowed there, and holds the rest back one step only
    full = next((b for b in found if b.limits > AT_LIMITS), None)
    if full is not None:
        return [
            f"{full.limits:.0%} of what {full.node} gives lies at its limits, where hardly any "
            f"gradient passes: the weights before it begin too large. {remedy}"
        ]
    forward = _trend("Activations", [b.spread for b in layers], "at every layer", remedy)
    if forward:
        return [forward]
    dead = next((b for b in found if b.kind in _RECTIFIERS and b.zeros > ZEROS), None)
    if dead is not None:
        return [
            f"{dead.zeros:.0%} of what {dead.node} gives is zero, so hardly any of its units "
            f"learns: look at the bias and the weights before it."
        ]
    grads = [b.gradient for b in reversed(layers) if b.gradient is not None]
    backward = _trend("Gradients", grads, "at every layer on their way back", remedy)
    return [backward] if backward else []


def _constant(layers: Sequence[Beginning], remedy: str) -> list[str]:
    """Weights of one value: units that stay alike, or samples that no longer differ."""
    even = [b for b in layers if b.constant is not None]
    same = [b for b in even if b.alike]
    if same:
        return [f"{_begin_at(same)}: every unit learns the same. {remedy}"]
    # The last layer may begin at zero: its units are told apart by their targets.
    if even and even[0] is not layers[-1] and layers[-1].spread <= 1e-6 * layers[-1].std:
        return [f"{_begin_at(even)}: behind it all samples look the same. {remedy}"]
    return []


def _begin_at(layers: Sequence[Beginning]) -> str:
    first = layers[0]
    value = "zero" if first.constant == 0 else f"{first.constant:.3g}"
    more = sum(b.constant == first.constant for b in layers) - 1
    others = f" and of {more} more layer{'s' if more > 1 else ''}" if more else ""
    return f"All weights of {first.node}{others} begin at {value}"


def _trend(what: str, values: Sequence[float], where: str, remedy: str) -> str:
    """How values shrink or grow from layer to layer, if they do so too much; "" if not."""
    if len(values) < 2 or not values[0] > 0:
        return ""
    if not all(v > 0 for v in values):
        return f"{what} shrink to nothing. {remedy}"
    total = values[-1] / values[0]
    size = max(total, 1 / total)
    each = size ** (1 / (len(values) - 1))
    if not ((each >= EACH and size >= IN_ALL) or size >= FAR):
        return ""
    verb = "grow" if total > 1 else "shrink"
    return f"{what} {verb} by {each:.2g} {where}. {remedy}"


def _remedy(found: Sequence[Beginning], layers: Sequence[Beginning]) -> str:
    rectified = any(b.kind in _RECTIFIERS for b in found)
    name = "Kaiming" if rectified else "Xavier"
    if layers and all(b.method.startswith(name.lower()) and b.constant is None for b in layers):
        return "Put a normalisation between the layers."
    return f"Begin with {name}."
