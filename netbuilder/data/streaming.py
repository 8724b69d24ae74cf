"""Batches read ahead of time from data that does not fit on the device.

The rows of every batch are those that `OnDevice` would gather. Threads read the next few; on
a graphics card into pinned memory, which is copied while the card computes.

To hand a batch of small rows from one thread to another takes longer than to read it, so what
is read fast is handed over in blocks: of 64 × 784 numbers, a batch took 330 µs of processor time
one by one and 140 to 220 µs in blocks, where gathering it on the device takes 70 to 100 µs.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from math import prod

import numpy as np
import torch

from netbuilder.data.batching import Batch, Batching
from netbuilder.data.device import nothing_left
from netbuilder.data.fields import Array, Fields
from netbuilder.data.lazy import Bad, Indices, Lazy, gather

#: Blocks that are read before they are asked for, besides those that threads are at.
AHEAD = 4
#: A block has at most so many batches, and no second one where they take more bytes.
BLOCK, BLOCK_BYTES = 16, 1 << 22
_MOST_THREADS = 8
#: Where a batch begins in its order, and its rows.
Places = tuple[int, int]
#: Batches, and what went wrong after the last of them.
Block = tuple[list[Batch], Exception | None]


class Streamed(Batching):
    """Data sets that stay where they are.

    sources, names: as `OnDevice` takes them.
    """

    def __init__(
        self,
        sources: Mapping[str, Fields],
        names: Mapping[str, tuple[str, str]],
        device: torch.device | str = "cpu",
    ) -> None:
        self.device = torch.device(device)
        self.nodes = tuple(sources)
        self.skipped = {}
        self._fields = {
            node: tuple((n, sources[node][field]) for n, (at, field) in names.items() if at == node)
            for node in self.nodes
        }
        arrays = [a for fields in self._fields.values() for _, a in fields]
        self._dtypes = {a.dtype: torch.from_numpy(np.empty(0, a.dtype)).dtype for a in arrays}
        costly = any(isinstance(a, Lazy) and a.costly for a in arrays)
        self._threads = max(1, min((os.cpu_count() or 2) - 1, _MOST_THREADS)) if costly else 1
        row = sum(prod(a.shape[1:]) * a.dtype.itemsize for a in arrays)
        #: Rows of a block; of costly ones each batch is a block, so that all threads have work.
        self._block_rows = 1 if costly else BLOCK_BYTES // max(row, 1)
        self._pinned = self.device.type == "cuda"
        self._pools: list[ThreadPoolExecutor] = []

    def close(self) -> None:
        """End the threads that read ahead."""
        for pool in list(self._pools):
            pool.shutdown(wait=True, cancel_futures=True)
        self._pools.clear()

    def _gathered(
        self, orders: Mapping[str, Indices], sizes: list[int], start: int
    ) -> Iterator[Batch]:
        begins = np.cumsum([0, *sizes])[start:-1].tolist()
        wanted = self._blocks(list(zip(begins, sizes[start:], strict=True)))
        if len(begins) == 1:
            yield self._moved(self._read(orders, begins[0], sizes[start]))
            return
        pool = ThreadPoolExecutor(self._threads, "batches")
        self._pools.append(pool)
        ahead: deque[Future[Block]] = deque()
        try:
            for block in islice(wanted, AHEAD + self._threads):
                ahead.append(pool.submit(self._read_block, orders, block))
            while ahead:
                batches, error = ahead.popleft().result()
                for block in islice(wanted, 1):
                    ahead.append(pool.submit(self._read_block, orders, block))
                for batch in batches:
                    yield self._moved(batch)
                if error is not None:
                    raise error
        finally:
            # Also where the loop was left or forgotten: no thread outlives the batches.
            pool.shutdown(wait=True, cancel_futures=True)
            with suppress(ValueError):
                self._pools.remove(pool)

    def _blocks(self, batches: list[Places]) -> Iterator[list[Places]]:
        """Batches in blocks; the first is small, because it is waited for."""
        count, begin = 1, 0
        while begin < len(batches):
            most = max(1, min(BLOCK, self._block_rows // max(batches[begin][1], 1)))
            count = min(count, most)
            yield batches[begin : begin + count]
            begin, count = begin + count, 2 * count

    def _read_block(self, orders: Mapping[str, Indices], places: list[Places]) -> Block:
        """Batches up to the first that cannot be read, and why it cannot."""
        batches: list[Batch] = []
        try:
            for begin, size in places:
                batches.append(self._read(orders, begin, size))
        except Exception as error:  # raised where that batch is asked for
            return batches, error
        return batches, None

    def _moved(self, batch: Batch) -> Batch:
        if self.device.type == "cpu":
            return batch
        return {n: t.to(self.device, non_blocking=self._pinned) for n, t in batch.items()}

    def _read(self, orders: Mapping[str, Indices], begin: int, size: int) -> Batch:
        """One batch in memory, pinned for a graphics card."""
        batch, bad = self._taken(orders, begin, size)
        if not bad:
            return batch
        fine = np.delete(np.arange(size), list(bad))
        batch = {name: tensor[fine] for name, tensor in batch.items()}
        length = len(orders[self.nodes[0]])
        place = begin + size
        while len(fine) < min(2, size) and place < begin + length:
            one, bad = self._taken(orders, place % length, 1)
            if not bad:
                batch = {name: torch.cat([batch[name], one[name]]) for name in batch}
                fine = np.append(fine, place)
            place += 1
        if not len(fine):
            raise nothing_left(next(iter(self.skipped.values())))
        return {n: t.pin_memory() for n, t in batch.items()} if self._pinned else batch

    def _taken(
        self, orders: Mapping[str, Indices], begin: int, size: int
    ) -> tuple[Batch, set[int]]:
        """The rows at these places of the orders, and which of them cannot be used."""
        batch: Batch = {}
        found: set[int] = set()
        for node in self.nodes:
            rows = orders[node][begin : begin + size]
            for name, array in self._fields[node]:
                # Memory of torch, whose alignment is that of tensors on the device.
                tensor = torch.empty(
                    (size, *array.shape[1:]),
                    dtype=self._dtypes[array.dtype],
                    pin_memory=self._pinned,
                )
                bad = _take(array, rows, tensor.numpy())
                for place, one in bad.items():
                    self.skipped.setdefault(one.name, one)
                    found.add(place)
                batch[name] = tensor
        return batch, found


def _take(array: Array, rows: Indices, out: Array) -> Mapping[int, Bad]:
    if isinstance(array, Lazy):
        return array.take(rows, out)
    gather(array, rows, out)
    return {}
