"""How learned tensors begin: the calls of ``nn.init`` that follow the construction.

Every kind that declares `weights` has the three parameters declared in ``spec.py``. Where
they are left alone nothing is written, and torch draws the weights as it always does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from netbuilder.layers.law import Begins, Law, fans, usual
from netbuilder.layers.shape import Shape, ShapeError
from netbuilder.layers.spec import Call, In, Layer

#: What `init_value` is to each method, as torch calls it, and its value if left empty.
_SCALES: Mapping[str, tuple[str, float]] = {
    "constant": ("val", 1.0),
    "normal": ("std", 0.02),
    "xavier_uniform": ("gain", 1.0),
    "xavier_normal": ("gain", 1.0),
    "orthogonal": ("gain", 1.0),
}
#: Methods that count what arrives and leaves, so that a single row has no such numbers.
_OF_MATRICES = (
    "xavier_uniform",
    "xavier_normal",
    "kaiming_uniform",
    "kaiming_normal",
    "orthogonal",
)


def beginnings(layer: Layer, weights: Mapping[str, Shape]) -> dict[str, Call]:
    """By name of a learned tensor, the call that fills it; ``In(name)`` stands for it.

    Methods for matrices leave tensors of one axis alone. Raises ShapeError if none is left.
    """
    found: dict[str, Call] = {}
    method: str = getattr(layer, "weight_init", "default")
    bias: float | None = getattr(layer, "bias_init", None)
    for name, shape in weights.items():
        if is_bias(name):
            if bias is not None:
                found[name] = _constant(name, bias)
        elif method != "default" and (len(shape) > 1 or method not in _OF_MATRICES):
            found[name] = _call(layer, method, name)
    rows = [name for name in weights if not is_bias(name)]
    if method in _OF_MATRICES and rows and not any(name in found for name in rows):
        raise ShapeError(
            f"{method.replace('_', ' ').capitalize()} needs weights with at least 2 axes; those of "
            f"{layer.title} have one. Begin with zeros, a constant or normal.",
            params={"weight_init": "default"},
        )
    return found


def law(layer: Layer, name: str, shape: Shape) -> Law | None:
    """How the numbers of a learned tensor are drawn; None if only torch knows.

    Glorot and Bengio 2010 (Xavier); He et al. 2015 (Kaiming); Saxe et al. 2013 (orthogonal).
    """
    method: str = getattr(layer, "weight_init", "default")
    if method == "default" or (len(shape) < 2 and method in _OF_MATRICES):
        return layer.begins(name, shape) if isinstance(layer, Begins) else usual(shape)
    value: float | None = getattr(layer, "init_value", None)
    scale = _SCALES.get(method, ("", 1.0))[1] if value is None else value
    if method in ("zeros", "constant"):
        return Law("constant", 0.0 if method == "zeros" else scale)
    if method == "normal":
        return Law("normal", scale)
    arriving, leaving = fans(shape)
    if method == "orthogonal":
        return Law("sphere", scale, max(int(shape[0]), math.prod(int(n) for n in shape[1:])))
    if method.startswith("xavier"):
        deviation = scale * math.sqrt(2 / (arriving + leaving))
    else:
        deviation = math.sqrt(2 / arriving)
    if method.endswith("normal"):
        return Law("normal", deviation)
    return Law("uniform", math.sqrt(3) * deviation)


def is_bias(name: str) -> bool:
    """Whether a learned tensor of this name is added rather than multiplied."""
    return "bias" in name.rpartition(".")[2]


def _constant(name: str, value: float) -> Call:
    if value == 0:
        return Call("nn.init.zeros_", (In(name),))
    return Call("nn.init.constant_", (In(name), value))


def _call(layer: Layer, method: str, name: str) -> Call:
    value: float | None = getattr(layer, "init_value", None)
    word, usual = _SCALES.get(method, ("", 1.0))
    scale = usual if value is None else value
    if method == "constant":
        return _constant(name, scale)
    kwargs: dict[str, Any] = {}
    if method == "normal" and scale < 0:
        raise ShapeError(
            f"The σ of a normal distribution is at least 0, not {scale:g}.",
            params={"init_value": None},
        )
    if method.startswith("xavier") and scale < 0:
        raise ShapeError(
            f"The factor of {method.replace('_', ' ').capitalize()} is at least 0, not {scale:g}.",
            params={"init_value": None},
        )
    if method == "normal" or (word and scale != 1):
        kwargs[word] = scale
    if method.startswith("kaiming"):
        kwargs["nonlinearity"] = "relu"
    return Call(f"nn.init.{method}_", (In(name),), kwargs)
