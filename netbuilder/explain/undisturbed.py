"""Look at a model without changing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


class ExplainError(ValueError):
    """Why a model cannot be explained this way, as one plain sentence."""


def device_of(model: nn.Module) -> torch.device:
    """Where the model's tensors lie; the CPU for a model that has none."""
    for tensor in (*model.parameters(), *model.buffers()):
        return tensor.device
    return torch.device("cpu")


@contextmanager
def undisturbed(model: nn.Module) -> Iterator[torch.device]:
    """Evaluation mode inside, every module's own mode afterwards; yields the device.

    In evaluation mode batch norm updates no statistics and dropout draws no random
    number, so neither weights nor the random state of a run in progress change. What runs
    inside asks `torch.autograd.grad` for gradients, which leaves ``.grad`` alone.
    """
    modes = [(module, module.training) for module in model.modules()]
    device = device_of(model)
    # cuDNN's recurrent kernels refuse a backward pass in evaluation mode.
    recurrent = any(isinstance(module, nn.RNNBase) for module, _ in modes)
    plain = recurrent and device.type == "cuda"
    model.eval()
    try:
        if plain:
            with torch.backends.cudnn.flags(enabled=False):
                yield device
        else:
            yield device
    finally:
        for module, mode in modes:
            module.training = mode
