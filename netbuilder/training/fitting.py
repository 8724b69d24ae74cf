"""Layers that take figures of the training data before the first step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from torch import Tensor, nn

from netbuilder.compiler import Source
from netbuilder.nn import fit_layers
from netbuilder.training.feed import Feed


def needs_fitting(model: nn.Module) -> bool:
    """Whether a layer of the model still waits for figures of the training data."""
    return any(hasattr(m, "observe") and not bool(m.fitted) for m in model.modules())


def fit(model: nn.Module, source: Source, feed: Feed) -> int:
    """Fit them to the training rows, and to no others. Returns how many there were.

    Nothing is computed, and no random number drawn, for a model without such layers.
    """

    def batches() -> Iterable[Mapping[str, Tensor]]:
        return (batch for _, batch in feed.measured("train"))

    return fit_layers(model, [o.method for o in source.objectives], batches)
