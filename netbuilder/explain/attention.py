"""How much every position attends to every other, head by head."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from netbuilder.explain.undisturbed import ExplainError
from netbuilder.explain.values import values
from netbuilder.graph import Project

Floats = npt.NDArray[np.float32]
#: Output port on which attention layers offer their weights.
_PORT = ".weights"


def attention(
    model: nn.Module, project: Project, sample: Mapping[str, Tensor]
) -> dict[str, Floats]:
    """Attention weights of one sample by layer, in the order in which they are computed.

    Keys are those of the compiler's inspector, such as
    ``block_1[0].multihead_attention_1.weights``; layers stacked in one node are numbered as
    repetitions of a block are. Each value is (heads, T, S), whose rows sum to 1 (Vaswani et al.
    2017; APS360, week 8). Empty if no layer attends. If several samples arrive, the first one
    is shown.
    """
    found = {}
    for key, value in values(model, project, sample).items():
        if not key.endswith(_PORT) or value.ndim not in (4, 5):
            continue
        maps = value[0].float().cpu().numpy().copy()
        if value.ndim == 4:
            found[key] = maps
        else:  # of stacked layers, one behind the other
            stem = key.removesuffix(_PORT)
            found |= {f"{stem}[{i}]{_PORT}": one for i, one in enumerate(maps)}
    return found


def rollout(maps: Mapping[str, Floats]) -> Floats:
    """From where each last position draws, through all layers together: (T, T).

    Heads are averaged, half of each layer is the residual path, and the layers multiply
    (Abnar and Zuidema 2020). maps: of layers in a row, as `attention` returns them.
    """
    square = [m for m in maps.values() if m.ndim == 3 and m.shape[1] == m.shape[2]]
    if not square or len({m.shape[1] for m in square}) > 1:
        raise ExplainError("Rollout needs self-attention layers over one and the same sequence.")
    result = np.eye(square[0].shape[1], dtype=np.float32)
    for heads in square:
        mean = heads.mean(0)
        result = ((mean + np.eye(len(mean), dtype=np.float32)) / 2) @ result
    return result
