"""The losses of each step, collected without holding training up.

On the CPU a loss is read at once (0.2 µs). On a graphics card reading waits for all the
work queued before it, so losses stay there and are fetched some 20 times a second; a flag
beside them keeps the optimisers from applying a step whose loss is not finite.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from netbuilder.training.algorithms import is_fused
from netbuilder.training.events import Floats

#: Steps between two fetches at most.
_CAPACITY = 4096


class NonFinite(ArithmeticError):
    """A loss that is NaN or infinite: which objective's, at which step, and its value."""

    def __init__(self, objective: str, step: int, value: float) -> None:
        super().__init__(f"{objective} became {value} at step {step}")
        self.objective, self.step, self.value = objective, step, value


class Losses(ABC):
    """Losses by objective since the last `read`, and their means over the epoch.

    Where an objective does not run in a step, its last value is repeated in what is read
    but not counted in the mean. Means are weighted by rows and summed step by step, so
    they do not depend on when somebody read.
    """

    def __init__(self, names: Sequence[str], first: int = 0) -> None:
        self.names = tuple(names)
        self.held = [0.0] * len(self.names)
        self.sums = [0.0] * len(self.names)
        self.rows = [0] * len(self.names)
        self._first = first
        self._sizes: list[int] = []
        self._ran: list[tuple[bool, ...]] = []
        self._now = [False] * len(self.names)

    @abstractmethod
    def add(self, column: int, loss: Tensor) -> None:
        """Take the loss of one objective in the current step; the last one stands."""

    @abstractmethod
    def _fetch(self, count: int) -> list[list[float]]:
        """Values of the last `count` steps: a list a step; anything where it did not run."""

    def end_step(self, rows: int) -> None:
        """The step is complete; its batch had `rows` rows."""
        self._sizes.append(rows)
        self._ran.append(tuple(self._now))
        self._now = [False] * len(self.names)

    @property
    def unread_rows(self) -> int:
        """Rows of the steps since the last `read`; 0 if there was none."""
        return sum(self._sizes)

    @property
    def full(self) -> bool:
        """Whether `read` must come before the next step."""
        return len(self._sizes) >= _CAPACITY

    def read(self) -> tuple[int, dict[str, Floats]]:
        """First step and values by name since the last call. Raises NonFinite."""
        count, first = len(self._sizes), self._first
        values = self._fetch(count)
        shown = np.empty((count, len(self.names)), np.float32)
        for i, (row, size, ran) in enumerate(zip(values, self._sizes, self._ran, strict=True)):
            for j, value in enumerate(row):
                if ran[j]:
                    if not math.isfinite(value):
                        raise NonFinite(self.names[j], first + i, value)
                    self.held[j] = value
                    self.sums[j] += value * size
                    self.rows[j] += size
                shown[i, j] = self.held[j]
        self._first += count
        self._sizes, self._ran = [], []
        return first, {name: shown[:, j].copy() for j, name in enumerate(self.names)}

    def means(self) -> dict[str, float]:
        """Mean loss of the epoch by objective, of those that ran; call `read` before."""
        return {
            name: self.sums[j] / self.rows[j] for j, name in enumerate(self.names) if self.rows[j]
        }

    def begin_epoch(self) -> None:
        """Start the means anew."""
        self.sums = [0.0] * len(self.names)
        self.rows = [0] * len(self.names)


class HostLosses(Losses):
    """Reads each loss at once, so a bad one is found before any weight changes."""

    def __init__(self, names: Sequence[str], first: int = 0) -> None:
        super().__init__(names, first)
        self._values: list[list[float]] = []
        self._row = [0.0] * len(self.names)

    def add(self, column: int, loss: Tensor) -> None:
        value = loss.item()
        if value - value != 0.0:
            raise NonFinite(self.names[column], self._first + len(self._sizes), value)
        self._row[column] = value
        self._now[column] = True

    def end_step(self, rows: int) -> None:
        self._values.append(self._row)
        self._row = [0.0] * len(self.names)
        super().end_step(rows)

    def _fetch(self, count: int) -> list[list[float]]:
        values, self._values = self._values, []
        return values


class DeviceLosses(Losses):
    """Keeps losses on the device; `read` fetches them all in one copy.

    From the first loss that is not finite on, the flag that fused optimisers look at
    (`found_inf`, made for mixed precision) makes their steps do nothing, so the weights
    stay those of the step before until the fault is read.
    """

    def __init__(self, names: Sequence[str], device: torch.device, first: int = 0) -> None:
        super().__init__(names, first)
        self._buffer = torch.zeros(_CAPACITY, len(self.names), device=device)
        self.bad = torch.zeros((), device=device)

    def guard(self, optimiser: torch.optim.Optimizer) -> None:
        """Let the flag gate this optimiser. Call only if it `is_fused`."""
        optimiser.found_inf = self.bad  # type: ignore[attr-defined]

    def add(self, column: int, loss: Tensor) -> None:
        value = loss.detach()
        # x - x is 0 for a finite x and NaN otherwise, which counts as true.
        self.bad.logical_or_(value - value)
        # Divided by 1, or by 0 from the first bad one on: that step can then be told even
        # if a later loss of the same step is finite again.
        torch.div(value, 1 - self.bad, out=self._buffer[len(self._sizes), column])
        self._now[column] = True

    def _fetch(self, count: int) -> list[list[float]]:
        values: list[list[float]] = self._buffer[:count].tolist()
        return values


def collector(
    names: Sequence[str],
    optimisers: Sequence[torch.optim.Optimizer],
    device: torch.device,
    first: int = 0,
) -> Losses:
    """The kind that suits the device and the optimisers."""
    if device.type == "cpu" or not all(is_fused(o) for o in optimisers):
        return HostLosses(names, first)
    losses = DeviceLosses(names, device, first)
    for optimiser in optimisers:
        losses.guard(optimiser)
    return losses
