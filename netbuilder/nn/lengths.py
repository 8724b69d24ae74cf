"""Sequences of several lengths in one batch: what fills them up changes nothing.

lengths (B,) says how many steps of each sequence are real; they stand at its beginning. A
sequence has at least one step, and none more than the batch is long.
"""

import torch
import torch.nn.functional as F
from torch import nn


def length_mask(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """True where a step is real: x (B, T, …) and lengths (B,) → (B, T)."""
    steps = torch.arange(x.size(1), device=x.device)
    return (steps < lengths[:, None]) | (steps == 0)


def last_step(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """The last real step of each sequence: x (B, T, C) and lengths (B,) → (B, C)."""
    last = length_mask(x, lengths).sum(1) - 1
    return x.gather(1, last[:, None, None].expand(-1, 1, x.size(2)))[:, 0]


def masked_mean(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """The mean over the real steps of each sequence: x (B, T, C) and lengths (B,) → (B, C)."""
    kept = length_mask(x, lengths)[:, :, None].to(x.dtype)
    return (x * kept).sum(1) / kept.sum(1)


def read_packed(
    layer: nn.RNNBase,
    x: torch.Tensor,
    lengths: torch.Tensor,
    start: torch.Tensor | tuple[torch.Tensor, ...] | None = None,
) -> tuple[torch.Tensor, torch.Tensor | tuple[torch.Tensor, ...]]:
    """What an RNN, LSTM or GRU makes of sequences that end at their lengths: output and state.

    As `layer(x, start)`, but the states are those at each true end, where reading backwards
    begins, and outputs behind it are 0. The layer takes its batch first.
    """
    if x.is_meta or torch.compiler.is_exporting():  # a packed sequence has no shape to follow
        return read_stepwise(layer, x, lengths, start)
    kept = length_mask(x, lengths).sum(1).cpu()
    short = nn.utils.rnn.pack_padded_sequence(x, kept, batch_first=True, enforce_sorted=False)
    y, state = layer(short, start)
    y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=x.size(1))
    return y, state


def read_stepwise(
    layer: nn.RNNBase,
    x: torch.Tensor,
    lengths: torch.Tensor,
    start: torch.Tensor | tuple[torch.Tensor, ...] | None = None,
) -> tuple[torch.Tensor, torch.Tensor | tuple[torch.Tensor, ...]]:
    """The same as `read_packed` step by step, without dropout: what an exporter can follow."""
    ways = 2 if layer.bidirectional else 1
    lstm = layer.mode == "LSTM"
    sizes = (layer.proj_size or layer.hidden_size, layer.hidden_size)[: 2 if lstm else 1]
    first = (start,) if isinstance(start, torch.Tensor) else start
    mask = length_mask(x, lengths)[:, :, None]
    real, filler = mask.unbind(1), mask.logical_not()
    ends = []
    for number in range(layer.num_layers):
        sides = []
        for row in range(number * ways, number * ways + ways):
            weights = layer.all_weights[row]
            arriving = F.linear(x, weights[0], weights[2] if layer.bias else None).unbind(1)
            state = [x.new_zeros(x.size(0), size) for size in sizes]
            if first is not None:
                state = [part[row] for part in first]
            outputs = list(arriving)
            for t in range(x.size(1)) if row % ways == 0 else reversed(range(x.size(1))):
                new = cell_step(layer, weights, arriving[t], state)
                state = [torch.where(real[t], a, b) for a, b in zip(new, state, strict=True)]
                outputs[t] = state[0]
            sides.append(torch.stack(outputs, 1))
            ends.append(state)
        x = (torch.cat(sides, 2) if ways == 2 else sides[0]).masked_fill(filler, 0.0)
    states = tuple(torch.stack(parts) for parts in zip(*ends, strict=True))
    return x, states if lstm else states[0]


def cell_step(
    layer: nn.RNNBase, weights: list[nn.Parameter], a: torch.Tensor, state: list[torch.Tensor]
) -> tuple[torch.Tensor, ...]:
    """One step of an RNN, LSTM or GRU: its states (B, hidden) from those before.

    a (B, gates · hidden): what arrives, W x + b.
    """
    r = F.linear(state[0], weights[1], weights[3] if layer.bias else None)
    if layer.mode == "LSTM":
        i, f, g, o = (a + r).chunk(4, 1)
        c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return (F.linear(h, weights[-1]) if layer.proj_size else h), c
    if layer.mode == "GRU":
        (ar, az, an), (rr, rz, rn) = a.chunk(3, 1), r.chunk(3, 1)
        z = (az + rz).sigmoid()
        n = (an + (ar + rr).sigmoid() * rn).tanh()
        return ((1 - z) * n + z * state[0],)
    return ((a + r).tanh() if layer.mode == "RNN_TANH" else (a + r).relu(),)
