"""Sequences of several lengths, drawn from a seed."""

from __future__ import annotations

import numpy as np

from netbuilder.data.chance import evenly
from netbuilder.data.fields import Array, Fields
from netbuilder.layers.data_sequences import Addition, SequenceClasses, SymbolSequences


def letters(layer: SymbolSequences) -> Fields:
    """tokens (rows, S), lengths (rows,), before and target (rows, S + 1)."""
    random = np.random.default_rng(layer.seed)
    lengths = random.integers(layer.shortest, layer.longest + 1, layer.samples)
    tokens = 3 + random.integers(0, layer.symbols, (layer.samples, layer.longest))
    tokens[np.arange(layer.longest) >= lengths[:, None]] = 0
    for _ in range(20):  # a row that was there before is drawn anew, as long as that helps
        again = np.setdiff1d(np.arange(layer.samples), np.unique(tokens, True, axis=0)[1])
        fresh = 3 + random.integers(0, layer.symbols, (len(again), layer.longest))
        tokens[again] = np.where(tokens[again] > 0, fresh, 0)
    rows = [row[:length] for row, length in zip(tokens, lengths, strict=True)]
    if layer.task == "reverse":
        rows = [row[::-1] for row in rows]
    if layer.task == "sort":
        rows = [np.sort(row) for row in rows]
    before, target = spoken(rows, layer.longest_target)
    arrays = {"tokens": tokens, "lengths": lengths, "before": before, "target": target}
    return Fields(arrays, class_names=dict.fromkeys(("tokens", "before", "target"), layer.tokens))


def addition(layer: Addition) -> Fields:
    """tokens (rows, 2·digits + 2), lengths (rows,), before and target (rows, digits + 2)."""
    random = np.random.default_rng(layer.seed)
    # Numbers of every length equally often; with uniform ones short sums would hardly occur.
    top = 10 ** random.integers(1, layer.digits + 1, (layer.samples, 2))
    pairs = random.integers(0, top)
    number = {token: i for i, token in enumerate(layer.tokens)}
    sums = [[number[c] for c in f"{a}+{b}="] for a, b in pairs.tolist()]
    results = [np.array([number[c] for c in str(a + b)]) for a, b in pairs.tolist()]
    if layer.backwards:
        results = [row[::-1] for row in results]
    tokens = np.zeros((layer.samples, layer.longest_source), dtype=np.int64)
    for row, codes in zip(tokens, sums, strict=True):
        row[: len(codes)] = codes
    lengths = (tokens > 0).sum(1)
    before, target = spoken(results, layer.longest_target)
    arrays = {"tokens": tokens, "lengths": lengths, "before": before, "target": target}
    return Fields(arrays, class_names=dict.fromkeys(("tokens", "before", "target"), layer.tokens))


def spoken(rows: list[Array], longest: int) -> tuple[Array, Array]:
    """A decoder's input, 1 and then the row, and what it should say, the row and then 2."""
    before = np.zeros((len(rows), longest + 1), dtype=np.int64)
    target = before.copy()
    for i, row in enumerate(rows):
        before[i, 0], before[i, 1 : len(row) + 1] = 1, row
        target[i, : len(row)], target[i, len(row)] = row, 2
    return before, target


def classes(layer: SequenceClasses) -> Fields:
    """tokens (rows, T), label (rows,), lengths (rows,); every class equally often."""
    random = np.random.default_rng(layer.seed)
    lengths = random.integers(layer.shortest, layer.longest + 1, layer.samples)
    label = evenly(random, layer.samples, len(layer.names))
    tokens = np.zeros((layer.samples, layer.longest), dtype=np.int64)
    for row, length, kind in zip(tokens, lengths.tolist(), label.tolist(), strict=True):
        if layer.task == "parity":
            row[:length] = with_parity(random, length, kind)
        elif layer.task == "longest run":
            row[:length] = with_run(random, length, kind + 1)
        else:
            row[:length] = with_depth(random, length, kind)
    return Fields(
        {"tokens": tokens, "label": label, "lengths": lengths},
        class_names={name: layer.class_names(name) for name in ("tokens", "label")},
    )


def with_parity(random: np.random.Generator, length: int, odd: int) -> Array:
    """Ones and twos of chance; the number of twos, which are called 1, is odd or even."""
    row = random.integers(1, 3, length)
    if (row == 2).sum() % 2 != odd:
        place = random.integers(length)
        row[place] = 3 - row[place]
    return row


def with_run(random: np.random.Generator, length: int, run: int) -> Array:
    """Ones and twos whose longest run is this long."""
    sizes = [run]  # of the runs, in an order of chance
    while (left := length - sum(sizes)) > 0:
        sizes.append(int(random.integers(1, min(run, left) + 1)))
    sizes = [sizes[i] for i in random.permutation(len(sizes))]
    first = int(random.integers(2))
    return np.repeat([1 + (first + i) % 2 for i in range(len(sizes))], sizes)


def with_depth(random: np.random.Generator, length: int, depth: int) -> Array:
    """Ones that open and twos that close a bracket; at most, and once, `depth` are open.

    One that closes where none is open does not count, and some may stay open.
    """
    row = np.full(length, 2, dtype=np.int64)
    climb, now, reached = int(random.integers(length - depth + 1)), 0, depth == 0
    for place in range(length):
        opens = now < depth and ((place >= climb and not reached) or random.random() < 0.5)
        row[place] = 1 if opens else 2
        now = max(now + (1 if opens else -1), 0)
        reached = reached or now == depth
    return row
