"""Numbers and names of figures as they are written in the legend of a plot."""

from __future__ import annotations

import math

from netbuilder.layers import REGISTRY

SHARES = frozenset(
    {"accuracy", "precision", "recall", "f1", "top_k_accuracy", "roc_auc", "average_precision"}
    | {"iou", "dice_score", "bleu"}
)
"""Figures that are a share of a whole, written in percent."""


def number(value: float) -> str:
    """Three figures, always about as wide: 0.200, 12.3, 4.1e-5, 2.5e6."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞"
    size = abs(value)
    if size and (size < 1e-3 or size >= 1e5):
        mantissa, _, exponent = f"{value:.1e}".partition("e")
        return f"{mantissa}e{int(exponent)}"
    if size >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.3f}"


def is_share(name: str) -> bool:
    """Whether a figure runs from 0 to 1 and is read in percent."""
    return plain(name) in SHARES


def is_metric(name: str) -> bool:
    """Whether a figure comes from a metric node, and not from one loss among several."""
    layer = REGISTRY.get(plain(name))
    return layer is not None and layer.role == "metric"


def figure(name: str, value: float) -> str:
    """A figure's value: 94.2 % for a share, else a number."""
    if is_share(name) and math.isfinite(value):
        return f"{value * 100:.1f} %"
    return number(value)


def title(name: str) -> str:
    """What a figure is called: that of the metric node it comes from, if one is called so."""
    base = plain(name)
    layer = REGISTRY.get(base)
    words = layer.title if layer is not None else base.replace("_", " ").capitalize()
    node = name[len(base) :].strip(" ().").replace(" (", ", ")
    return f"{words}, {node}" if node else words


def plain(name: str) -> str:
    """The figure without what tells it apart, a node or a class: ``f1.3 (f1_2)``."""
    return name.partition(" (")[0].partition(".")[0]


def whole(name: str) -> str:
    """The figure of all classes: ``f1 (f1_2)`` of ``f1.3 (f1_2)``, which is that of one."""
    figure, node, rest = name.partition(" (")
    return f"{figure.partition('.')[0]}{node}{rest}"
