"""Which parts of an input a model's answer rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import torch
from captum.attr import (
    InputXGradient,
    IntegratedGradients,
    Occlusion,
)
from captum.attr import Saliency as Gradient
from torch import Tensor, nn

from netbuilder.explain.embedded import Embedded
from netbuilder.explain.grad_cam import grad_cam
from netbuilder.explain.score import arguments, input_index, output_index, scores, source_of
from netbuilder.explain.undisturbed import ExplainError, undisturbed

Method = Literal[
    "gradient", "gradient_x_input", "integrated_gradients", "smoothgrad", "grad_cam", "occlusion"
]
METHODS: tuple[Method, ...] = get_args(Method)
Floats = npt.NDArray[np.float32]
Score = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Saliency:
    """An attribution of one answer to the input.

    map: one signed value for each number of the input sample (its shape without the batch
    axis), or one for each token. scores: what the model answered, one per class.
    """

    map: Floats
    field: str
    method: Method
    target: int
    scores: Floats
    predicted: int


def saliency(
    model: nn.Module,
    sample: Mapping[str, Tensor],
    *,
    method: Method = "gradient",
    field: str | None = None,
    output: str | None = None,
    target: int | None = None,
    layer: str | None = None,
    position: int = -1,
    seed: int = 0,
) -> Saliency:
    """Attribute the score of one class to one input field of one sample.

    target: the class explained (None: the one with the highest score). layer: name of the
    convolution for Grad-CAM (None: the last one that ran). position: of the sequence, where
    the answer is one. seed: of SmoothGrad's noise; no global random state is touched.

    Sources: gradient, Simonyan et al. 2014 (APS360, week 5); integrated gradients,
    Sundararajan et al. 2017; SmoothGrad, Smilkov et al. 2017; Grad-CAM, Selvaraju et al.
    2017; occlusion, Zeiler and Fergus 2014.
    Raises ExplainError in one sentence where a method does not fit the model.
    """
    if method not in METHODS:
        raise ExplainError(f"There is no method {method}; there are {', '.join(METHODS)}.")
    which, answer = input_index(model, field), output_index(model, output)
    with undisturbed(model) as device:
        fed = arguments(model, sample, device)
        if any(tensor.shape[0] != 1 for tensor in fed):
            raise ExplainError("Saliency explains one sample at a time.")
        with torch.no_grad():
            answered = scores(model(*fed), answer, position)[0]
        predicted = int(answered.argmax())
        wanted = predicted if target is None else target
        if not 0 <= wanted < len(answered):
            raise ExplainError(
                f"There is no class {wanted}: the model tells {len(answered)} apart."
            )

        def score(x: Tensor) -> Tensor:
            # Captum feeds many variants at once; the other inputs repeat along with them.
            rows = [
                x if i == which else t.expand(x.shape[0], *t.shape[1:]) for i, t in enumerate(fed)
            ]
            return scores(model(*rows), answer, position)[:, wanted]

        values = _attribution(model, score, fed[which], method, layer, seed)
    return Saliency(
        map=values[0].detach().to("cpu", torch.float32).numpy().copy(),
        field=source_of(model).inputs[which].name,
        method=method,
        target=wanted,
        scores=answered.to("cpu", torch.float32).numpy().copy(),
        predicted=predicted,
    )


def _attribution(
    model: nn.Module, score: Score, x: Tensor, method: Method, layer: str | None, seed: int
) -> Tensor:
    if method == "grad_cam":
        return grad_cam(model, score, x, layer)
    if x.is_floating_point():
        return _of_numbers(score, x, method, seed)
    # Tokens have no gradient: attribute to their vectors, then one value for each token.
    embedded = Embedded(model, score, x)
    vectors = _of_numbers(embedded.score, embedded.vectors, method, seed)
    if method in ("gradient", "smoothgrad"):
        # A direction per token, shown by its length.
        lengths: Tensor = torch.linalg.vector_norm(vectors, dim=-1)
        return lengths
    # A whole vector is hidden at once, so each of its numbers carries the full effect.
    return vectors.mean(-1) if method == "occlusion" else vectors.sum(-1)


def _of_numbers(score: Score, x: Tensor, method: Method, seed: int) -> Tensor:
    x = x.detach().clone().requires_grad_()
    found: Tensor
    if method == "gradient":
        found = Gradient(score).attribute(x, abs=False)
    elif method == "gradient_x_input":
        found = InputXGradient(score).attribute(x)
    elif method == "integrated_gradients":
        found = IntegratedGradients(score).attribute(x, n_steps=64).to(x.dtype)
    elif method == "smoothgrad":
        found = _smoothgrad(score, x, seed)
    else:
        window, stride = _window(x)
        found = Occlusion(score).attribute(
            x.detach(), sliding_window_shapes=window, strides=stride, perturbations_per_eval=16
        )
    return found


def _smoothgrad(score: Score, x: Tensor, seed: int, copies: int = 32, share: float = 0.1) -> Tensor:
    """Mean gradient over noisy copies; noise of `share` of the sample's range."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn((copies, *x.shape[1:]), generator=generator).to(x)
    noisy = (x + share * (x.max() - x.min()) * noise).detach().requires_grad_()
    every: Tensor = Gradient(score).attribute(noisy, abs=False)
    return every.mean(0, keepdim=True)


def _window(x: Tensor) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Occluding window and its stride: a patch of a picture, a step of a sequence, a number."""
    shape = x.shape[1:]
    if len(shape) == 1:
        return (1,), (1,)
    if len(shape) == 2:
        return (1, shape[1]), (1, shape[1])
    patch = tuple(max(2, n // 8) if n > 1 else 1 for n in shape[1:])
    step = tuple(max(1, n // 2) for n in patch)
    return (shape[0], *patch), (shape[0], *step)
