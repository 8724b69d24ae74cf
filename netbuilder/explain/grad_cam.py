"""Where the last convolution looked: Grad-CAM (Selvaraju et al. 2017)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from captum.attr import LayerAttribution, LayerGradCam
from torch import Tensor, nn

from netbuilder.explain.undisturbed import ExplainError


def grad_cam(
    model: nn.Module, score: Callable[[Tensor], Tensor], x: Tensor, layer: str | None
) -> Tensor:
    """How much each place of a convolution's output speaks for the score, at least 0.

    x: one sample, (1, …). layer: name of the convolution, None for the last one that runs.
    Returns the map stretched to the shape of `x`. Raises ExplainError where it does not fit.
    """
    chosen, channels_first = _convolution(model, score, x, layer)
    numbers = x.is_floating_point()
    rows = x.detach().clone().requires_grad_(numbers)
    coarse: Tensor = LayerGradCam(score, chosen).attribute(rows, relu_attributions=True)
    # Tokens, and sequences that are turned on their way, have their places on axis 1.
    place = 2 if numbers and (channels_first or x.ndim > 3) else 1
    size = tuple(x.shape[place:]) if x.ndim > 3 else (x.shape[min(place, x.ndim - 1)],)
    if coarse.ndim - 2 != len(size):
        raise ExplainError("Grad-CAM needs a convolution over the same axes as the input.")
    mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[len(size)]
    fine: Tensor = LayerAttribution.interpolate(coarse, size, mode)
    if not numbers:
        return fine[:, 0]
    return (fine if place == 2 else fine.transpose(1, 2)).expand(x.shape)


def _convolution(
    model: nn.Module, score: Callable[[Tensor], Tensor], x: Tensor, layer: str | None
) -> tuple[nn.Module, bool]:
    """The convolution called `layer`, or the last one that runs on the way to the score.

    Also whether one takes the input as it is, channels first.
    """
    kinds = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
    convolutions = {n: m for n, m in model.named_modules() if isinstance(m, kinds)}
    if layer is not None and layer not in convolutions:
        raise ExplainError(f"Grad-CAM needs a convolution, and {layer} is none.")
    ran: list[nn.Module] = []
    shapes: list[torch.Size] = []

    def watch(module: nn.Module, args: tuple[Tensor, ...]) -> None:
        ran.append(module)
        shapes.append(args[0].shape)

    handles = [m.register_forward_pre_hook(watch) for m in convolutions.values()]
    try:
        with torch.no_grad():
            score(x)
    finally:
        for handle in handles:
            handle.remove()
    if not ran:
        raise ExplainError("Grad-CAM needs a convolution, and this model has none.")
    chosen = ran[-1] if layer is None else convolutions[layer]
    if chosen not in ran:
        raise ExplainError(f"The answer does not depend on {layer}.")
    return chosen, x.shape in shapes
