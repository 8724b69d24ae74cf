"""Every module and function of this package has the gradients that small steps show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from netbuilder import nn as own

#: Those that nothing is learned through: masks, labels as ±1, and what fits a layer.
WITHOUT = {"causal_mask", "length_mask", "signed", "Newton", "Observed", "fit_layers"}
#: Those that nothing is learned through: masks, and labels as ±1.
LABEL, YES = torch.tensor([2, 0, 3, 1]), torch.tensor([1, 0, 1, 0])
MASK = torch.tensor([[True, True, False, True]] * 2)
LENGTHS, BEFORE = torch.tensor([4, 2]), torch.tensor([[1, 3], [1, 2]])
ROWS, SEQUENCE = (4, 4), (2, 4, 4)


class _Read(torch.nn.Module):
    """A recurrent layer that reads sequences of two lengths both ways."""

    def __init__(self, way: Callable[..., Any]) -> None:
        super().__init__()
        self.way = way
        self.layer = torch.nn.GRU(4, 2, bidirectional=True, batch_first=True)

    def forward(self, x: Tensor) -> Any:
        return self.way(self.layer, x, LENGTHS)


class _Said(torch.nn.Module):
    """A decoder that is told two tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.decoder = own.AttentionDecoder(4, 2, 3, 4, own.BilinearAttention(3, 4))

    def forward(self, memory: Tensor) -> Tensor:
        said: Tensor = self.decoder(memory, BEFORE)[0]
        return said


PICTURE = (2, 3, 5, 4)


def _seeded(module: torch.nn.Module) -> Callable[[Tensor], Tensor]:
    def draw(x: Tensor) -> Tensor:
        torch.manual_seed(0)  # the same draw at every step
        made: Tensor = module.train()(x)
        return made

    return draw


def _noisy(mu: Tensor, log_variance: Tensor) -> Tensor:
    torch.manual_seed(0)  # the same draw at every step
    made: Tensor = own.Reparameterise().train()(mu, log_variance)
    return made


def _mixed(a: Tensor, b: Tensor) -> Tensor:
    torch.manual_seed(0)
    return own.random_mix(a, b)


#: By name: the shape of each tensor that it is differentiated by, and what is made of them.
CASES: dict[str, tuple[list[tuple[int, ...]], Callable[..., Any]]] = {
    "AddNoise": ([ROWS], lambda: _seeded(own.AddNoise())),
    "ColourJitter": ([PICTURE], lambda: _seeded(own.ColourJitter(saturation=0.5))),
    "Cutout": ([PICTURE], lambda: _seeded(own.Cutout(2, p=1.0))),
    "RandomAffine": ([PICTURE], lambda: _seeded(own.RandomAffine(30, 0.2, 0.2))),
    "RandomBlur": ([PICTURE], lambda: _seeded(own.RandomBlur(1.0, p=1.0))),
    "RandomCrop": ([PICTURE], lambda: _seeded(own.RandomCrop(3, 3, padding=1))),
    "RandomFlip": ([PICTURE], lambda: _seeded(own.RandomFlip())),
    "RandomResizedCrop": ([PICTURE], lambda: _seeded(own.RandomResizedCrop())),
    "Sobel": ([PICTURE], lambda: own.Sobel()),
    "TimeMask": ([SEQUENCE], lambda: _seeded(own.TimeMask(2))),
    "AdditiveAttention": ([SEQUENCE] * 3, lambda: own.AdditiveAttention(4, 4, 3)),
    "AttentionDecoder": ([SEQUENCE], _Said),
    "AttentionPooling": ([SEQUENCE], lambda: own.AttentionPooling(4, 3)),
    "BilinearAttention": ([SEQUENCE] * 3, lambda: own.BilinearAttention(4, 4)),
    "CosineAttention": ([SEQUENCE] * 3, lambda: own.CosineAttention()),
    "DotProductAttention": ([SEQUENCE] * 3, lambda: own.DotProductAttention()),
    "GroupedQueryAttention": (
        [SEQUENCE] * 3, lambda: own.GroupedQueryAttention(4, 2, 1, causal=True, rotary=True)
    ),
    "Learned": ([SEQUENCE], lambda: own.Learned(3, 2)),
    "LearnedPositions": ([SEQUENCE], lambda: own.LearnedPositions(4, 6)),
    "Maxout": ([ROWS], lambda: own.Maxout(4, 3, 3)),
    "Normalise": ([ROWS], lambda: own.Normalise((4,))),
    "Reparameterise": ([ROWS] * 2, lambda: _noisy),
    "SinusoidalPositions": ([SEQUENCE], lambda: own.SinusoidalPositions(4, 6)),
    "TransformerLayer": ([SEQUENCE], lambda: own.TransformerLayer(4, 2, 3, dropout=0.0)),
    "TransformerStack": (
        [SEQUENCE] * 2,
        lambda: own.TransformerStack(4, 2, 3, crosses=True, norm_first=False, dropout=0.0),
    ),
    "binary_focal": ([(4,)], lambda: lambda x: own.binary_focal(x, YES.double(), 1.5, 0.25)),
    "focal": ([ROWS], lambda: lambda x: own.focal(x, LABEL, 0.5)),
    "gradient_penalty": (
        [ROWS], lambda: lambda x: own.gradient_penalty((x**3).sum(1), x, 2.0, one_sided=True)
    ),
    "log_cosh": ([ROWS] * 2, lambda: own.log_cosh),
    "quantile": ([ROWS] * 2, lambda: lambda x, y: own.quantile(x, y, 0.9)),
    "random_mix": ([ROWS] * 2, lambda: _mixed),
    "tversky": ([ROWS], lambda: lambda x: own.tversky(x[None], LABEL[None], 0.3, 0.7)),
    "Spectrogram": ([(2, 12)], lambda: own.Spectrogram(6, 3, mels=2)),
    "ctc_loss": (
        [ROWS],
        lambda: lambda x: own.ctc_loss(x.expand(2, 4, 4), torch.tensor([[1, 2], [3, 0]])),
    ),
    "gaussian_kl": ([ROWS] * 2, lambda: own.gaussian_kl),
    "gaussian_nll": ([ROWS] * 3, lambda: own.gaussian_nll),
    "glove": (
        [ROWS, ROWS, (4, 1), (4, 1)],
        lambda: lambda *x: own.glove(*x, torch.tensor([0.5, 3.0, 90.0, 400.0])),
    ),
    "hinge": ([(4,)], lambda: lambda x: own.hinge(x, YES, 0.7)),
    "info_nce": ([ROWS] * 2, lambda: own.info_nce),
    "kl_divergence": ([ROWS] * 2, lambda: lambda x, y: own.kl_divergence(x, y, 2.0)),
    "last_step": ([SEQUENCE], lambda: lambda x: own.last_step(x, LENGTHS)),
    "masked_mean": ([SEQUENCE], lambda: lambda x: own.masked_mean(x, LENGTHS)),
    "multiclass_hinge": ([ROWS], lambda: lambda x: own.multiclass_hinge(x, LABEL)),
    "multiclass_perceptron": ([ROWS], lambda: lambda x: own.multiclass_perceptron(x, LABEL)),
    "negative_sampling": ([ROWS, ROWS, (4, 2, 4)], lambda: own.negative_sampling),
    "nt_xent": ([ROWS] * 2, lambda: own.nt_xent),
    "perceptron_loss": ([(4,)], lambda: lambda x: own.perceptron_loss(x, YES)),
    "read_packed": ([SEQUENCE], lambda: _Read(own.read_packed)),
    "read_stepwise": ([SEQUENCE], lambda: _Read(own.read_stepwise)),
}  # fmt: skip


def test_these_are_all() -> None:
    assert set(CASES) | WITHOUT == set(own.__all__)


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_those_of_small_steps(name: str) -> None:
    """By what arrives and by every learned tensor, in double precision."""
    shapes, make = CASES[name]
    torch.manual_seed(0)
    made = make()
    given = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in shapes]
    if not isinstance(made, torch.nn.Module):
        assert torch.autograd.gradcheck(made, given)
        return
    module = made.double()
    for weight in module.parameters():  # none begins where its gradient vanishes
        torch.nn.init.normal_(weight)
    names = list(dict(module.named_parameters()))

    def stepped(*tensors: Tensor) -> Any:
        inputs, weights = tensors[: len(given)], tensors[len(given) :]
        named = dict(zip(names, weights, strict=True))
        return torch.func.functional_call(module, named, inputs)

    weights = [w.detach().clone().requires_grad_() for w in module.parameters()]
    assert torch.autograd.gradcheck(stepped, [*given, *weights])
