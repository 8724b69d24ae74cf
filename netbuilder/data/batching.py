"""Which rows make up each batch, the same wherever they are read from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping

import numpy as np
import torch

from netbuilder.data.lazy import Bad, Indices

Batch = dict[str, torch.Tensor]


class Batching(ABC):
    """Batches of data sets; the first decides how long an epoch is, the others start over.

    A row that cannot be read is left out of its batch. Where fewer than two are left, the rows
    that follow in the order step in, so that a batch is never empty.
    """

    nodes: tuple[str, ...]
    #: What could not be read so far, by name: why.
    skipped: dict[str, Bad]

    def steps_per_epoch(self, indices: Mapping[str, Indices], batch_size: int) -> int:
        """Number of batches that `batches` yields for an epoch."""
        return len(_sizes(len(indices[self.nodes[0]]), batch_size))

    def batches(
        self,
        indices: Mapping[str, Indices],
        batch_size: int,
        seed: int,
        epoch: int,
        start: int = 0,
    ) -> Iterator[Batch]:
        """Batches of one epoch in an order that follows from `seed` and `epoch` alone.

        indices: rows to draw from, by node. start: number of batches to leave out at the
        beginning, which is how an interrupted epoch is taken up again. A last batch of a
        single row is left out unless it is the only one: batch norm has no use for it.
        """
        length = len(indices[self.nodes[0]])
        sizes = _sizes(length, batch_size)
        orders = {
            node: _shuffled(indices[node], length, seed, epoch, place)
            for place, node in enumerate(self.nodes)
        }
        yield from self._gathered(orders, sizes, start)

    def ordered(self, indices: Mapping[str, Indices], batch_size: int) -> Iterator[Batch]:
        """Batches of every row once, in order; what is measured on."""
        length = len(indices[self.nodes[0]])
        sizes = [min(batch_size, length - i) for i in range(0, length, batch_size)]
        orders = {node: np.resize(indices[node], length) for node in self.nodes}
        yield from self._gathered(orders, sizes, 0)

    def rows(self, indices: Mapping[str, Indices]) -> Batch:
        """One batch of exactly these rows."""
        return next(self.ordered(indices, max(1, len(indices[self.nodes[0]]))))

    def close(self) -> None:  # noqa: B027  (most have nothing to let go of)
        """Let go of what reads ahead; batches that are drawn end."""

    @abstractmethod
    def _gathered(
        self, orders: Mapping[str, Indices], sizes: list[int], start: int
    ) -> Iterator[Batch]:
        """Batches of the given sizes along the orders, from the `start`-th on."""


def _sizes(length: int, batch_size: int) -> list[int]:
    full, rest = divmod(length, batch_size)
    return [batch_size] * full + ([rest] if rest > 1 or (rest and not full) else [])


def _shuffled(indices: Indices, length: int, seed: int, epoch: int, place: int) -> Indices:
    """`length` rows, mixed; every row comes up before one comes up again."""
    # Always drawn on the CPU, so that every device sees the same order.
    mixed = np.random.SeedSequence((seed, epoch, place)).generate_state(1, np.uint64)[0]
    generator = torch.Generator().manual_seed(int(mixed >> np.uint64(1)))
    rounds = -(-length // len(indices))
    drawn = [torch.randperm(len(indices), generator=generator) for _ in range(rounds)]
    order: Indices = indices[torch.cat(drawn)[:length].numpy()]
    return order
