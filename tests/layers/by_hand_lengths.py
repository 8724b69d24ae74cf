"""Sequences of several lengths as one writes them in torch: packed, gathered, masked."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from netbuilder.layers import B, TensorSpec

_X = {"x": TensorSpec((B, 5, 4)), "lengths": TensorSpec((B,), "int64", 6)}
_STARTED = {"x": _X["x"], "state": TensorSpec((B, 4, 3)), "lengths": _X["lengths"]}
_DEEP = {"hidden_size": 3, "num_layers": 2, "bidirectional": True}


def _packed(x: Tensor, lengths: Tensor, node: Any, *start: Tensor) -> Tensor:
    kept = lengths.clamp(min=1)
    short = pack_padded_sequence(x, kept, batch_first=True, enforce_sorted=False)
    y: Tensor = pad_packed_sequence(node(short, *start)[0], batch_first=True, total_length=5)[0]
    return y


def _started(x: Tensor, state: Tensor, lengths: Tensor, node: nn.Module) -> Tensor:
    return _packed(x, lengths, node, state.transpose(0, 1).contiguous())


def _last(x: Tensor, lengths: Tensor) -> Tensor:
    last = lengths.clamp(min=1) - 1
    return x.gather(1, last[:, None, None].expand(-1, 1, 4))[:, 0]


def _mean(x: Tensor, lengths: Tensor) -> Tensor:
    kept = (torch.arange(5) < lengths.clamp(min=1)[:, None])[:, :, None].float()
    return (x * kept).sum(1) / kept.sum(1)


def _masked(x: Tensor, lengths: Tensor) -> Tensor:
    return torch.arange(5) < lengths.clamp(min=1)[:, None]


def _said(memory: Tensor, before: Tensor, node: Any) -> Tensor:
    state, found = memory.new_zeros(len(memory), 4), []
    for t in range(before.size(1)):
        weights = torch.softmax(state[:, None] @ memory.mT / 2.0, -1)
        told = (weights @ memory)[:, 0]
        state = node.cell(torch.cat([node.embedding(before[:, t]), told], 1), state)
        found.append(node.score(torch.cat([state, told], 1)))
    return torch.stack(found, 1)


_SAID = {"memory": TensorSpec((B, 5, 4)), "before": TensorSpec((B, 3), "int64", 6)}

_WORDS = {
    "center": TensorSpec((B, 4)), "context": TensorSpec((B, 4)), "negatives": TensorSpec((B, 3, 4)),
}  # fmt: skip
_COUNTED = {
    "word": TensorSpec((B, 4)), "context": TensorSpec((B, 4)), "word_bias": TensorSpec((B, 1)),
    "context_bias": TensorSpec((B, 1)), "count": TensorSpec((B,)),
}  # fmt: skip


def _sampled(center: Tensor, context: Tensor, negatives: Tensor) -> Tensor:
    right = F.logsigmoid((center * context).sum(-1))
    wrong = F.logsigmoid(-(negatives @ center[:, :, None])[:, :, 0]).sum(1)
    return -(right + wrong).mean()


def _counted(
    word: Tensor, context: Tensor, word_bias: Tensor, context_bias: Tensor, count: Tensor
) -> Tensor:
    n = count.clamp(min=1e-6)
    guess = (word * context).sum(-1) + word_bias[:, 0] + context_bias[:, 0]
    return ((n / 100).clamp(max=1.0) ** 0.75 * (guess - n.log()) ** 2).mean()


def _heard(x: Tensor, node: nn.Module) -> Tensor:
    """As `torch.stft` hears it, to single precision; then bit for bit by convolution."""
    waves = F.conv1d(x[:, None], node.get_buffer("basis"), stride=4)
    cosine, sine = waves.chunk(2, 1)
    power = (cosine**2 + sine**2).transpose(1, 2)[:, None]
    hann = torch.hann_window(8)
    theirs = torch.stft(x.detach(), 8, 4, window=hann, center=False, return_complex=True)
    torch.testing.assert_close(power.detach()[:, 0].mT, theirs.abs() ** 2, rtol=1e-3, atol=1e-4)
    return (power + 1e-6).log()


CASES = [
    ("spectrogram", {"window": 8, "hop": 4}, {"x": TensorSpec((B, 20))}, _heard),
    ("negative_sampling", {}, _WORDS, _sampled),
    ("glove", {}, _COUNTED, _counted),
    (
        "attention_decoder",
        {"hidden_size": 4, "embedding_dim": 2, "attention": "dot product"},
        _SAID,
        _said,
    ),
    ("rnn", _DEEP, _STARTED, _started),
    ("gru", _DEEP, _STARTED, _started),
    ("last_step", {}, _X, _last),
    ("mean_pool", {}, _X, _mean),
]
