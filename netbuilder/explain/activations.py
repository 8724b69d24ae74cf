"""What every node makes of a batch: small pictures, matrices and histograms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from netbuilder.explain.values import values
from netbuilder.graph import Project

Floats = npt.NDArray[np.float32]
#: A picture on a node is small; larger ones are averaged down to this many pixels a side.
_SIDE = 64
_BINS = 32


@dataclass(frozen=True)
class Activation:
    """What one output port carried.

    pictures: for an image, up to three most active channels of the first sample, (H, W)
    each; for a sequence, one (T, features) matrix. channels: which ones. counts, edges:
    histogram over the whole batch. dead: share of units that are 0 for every sample.
    """

    shows: Literal["image", "matrix", "histogram"]
    shape: tuple[int, ...]
    mean: float
    std: float
    dead: float
    counts: npt.NDArray[np.int64]
    edges: Floats
    pictures: tuple[Floats, ...] = field(default=())
    channels: tuple[int, ...] = field(default=())


def activations(
    model: nn.Module, project: Project, batch: Mapping[str, Tensor]
) -> dict[str, Activation]:
    """By ``node.port``, a summary of every floating-point value of at least one axis."""
    return {
        key: summary(value)
        for key, value in values(model, project, batch).items()
        if value.is_floating_point() and value.ndim >= 1 and value.numel()
    }


def summary(value: Tensor) -> Activation:
    """Summary of one value, batch axis first. Values that are not finite are left out."""
    value = value.detach().float().cpu()
    finite = value[torch.isfinite(value)]
    counts, edges = np.histogram(finite.numpy(), bins=_BINS)
    channels, pictures = _pictures(value)
    units = value.flatten(1) if value.ndim > 1 else value[:, None]
    return Activation(
        shows={3: "matrix", 4: "image"}.get(value.ndim, "histogram"),  # type: ignore[arg-type]
        shape=tuple(value.shape),
        mean=float(finite.mean()) if finite.numel() else 0.0,
        std=float(finite.std(correction=0)) if finite.numel() else 0.0,
        dead=float((units == 0).all(0).float().mean()),
        counts=counts.astype(np.int64),
        edges=edges.astype(np.float32),
        pictures=pictures,
        channels=channels,
    )


def _pictures(value: Tensor) -> tuple[tuple[int, ...], tuple[Floats, ...]]:
    if value.ndim == 3:
        return (), (_small(value[0]),)
    if value.ndim != 4:
        return (), ()
    strength = value[0].abs().nan_to_num().mean((1, 2))
    most = strength.topk(min(3, len(strength))).indices.tolist()
    return tuple(most), tuple(_small(value[0, channel]) for channel in most)


def _small(picture: Tensor) -> Floats:
    size = (min(_SIDE, picture.shape[0]), min(_SIDE, picture.shape[1]))
    if size != tuple(picture.shape):
        picture = F.adaptive_avg_pool2d(picture[None, None], size)[0, 0]
    return picture.numpy().copy()
