"""Every channel of what one node computes for a sample, as pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn
from torch.nn import functional as F

from netbuilder.explain.undisturbed import ExplainError
from netbuilder.explain.values import values
from netbuilder.graph import Project

Floats = npt.NDArray[np.float32]
#: Larger channels are averaged down to this many pixels a side.
_SIDE = 96


@dataclass(frozen=True)
class Channels:
    """What one output port carried for the first sample of a batch.

    maps: (n, H, W) for a picture, one (1, T, features) matrix for a sequence. shape: of the
    sample without the batch axis. total: of channels, of which the first n are here.
    """

    key: str
    maps: Floats
    shape: tuple[int, ...]
    total: int


def channels(
    model: nn.Module, project: Project, batch: Mapping[str, Tensor], key: str, most: int = 64
) -> Channels:
    """The channels of the value at ``node.port``. Raises ExplainError if it is no picture."""
    found = values(model, project, batch)
    if key not in found:
        raise ExplainError(f"The network computes nothing called {key}.")
    value = found[key]
    if value.ndim not in (3, 4) or not value.is_floating_point():
        raise ExplainError(f"{key} is neither a picture nor a sequence.")
    sample = value[0].detach().float().cpu()
    planes = sample if sample.ndim == 3 else sample[None]
    total, planes = planes.shape[0], planes[:most]
    size = (min(_SIDE, planes.shape[1]), min(_SIDE, planes.shape[2]))
    if size != tuple(planes.shape[1:]):
        planes = F.adaptive_avg_pool2d(planes, size)
    return Channels(key, planes.numpy().copy(), tuple(sample.shape), total)
