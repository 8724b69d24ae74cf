"""The gradient noise scale: about how large a batch still pays (McCandlish et al. 2018).

A gradient of b rows is that of all rows, G, and noise of variance S / b. Where b is well below
S / |G|², twice the rows are worth nearly two steps; well above, a larger batch is wasted. Loads
without torch.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from netbuilder.graph import Training
from netbuilder.training.parts import part_values

if TYPE_CHECKING:
    from torch import Tensor, nn

    from netbuilder.training.turns import Turn

#: What the figure of an epoch is called; of several objectives, with its name behind.
FIGURE = "noise_scale"
#: A batch is computed in so many parts, more where gradients are accumulated over more.
_PARTS = 2


def measuring(training: Training) -> NoiseScale | None:
    """What measures it in a run; None where it is off. Raises SettingError."""
    every = part_values(training, FIGURE)["every"]
    return NoiseScale(every) if every else None


@dataclass
class NoiseScale:
    """Measures it on every n-th step, and leaves the run as it is, bit by bit.

    sums: by objective, of all measurements of the epoch: S and |G|², on the device.
    """

    every: int
    sums: dict[str, Tensor] = field(default_factory=dict)

    def due(self, step: int) -> bool:
        """Whether to measure before this step, counted from 0."""
        return step % self.every == 0

    def measure(self, model: nn.Module, turns: Sequence[Turn], batch: Mapping[str, Tensor]) -> None:
        """Add what a batch says of each objective. It costs about one more step.

        Gradients are taken apart from those of the run; random numbers and buffers, such as the
        means of a batch norm, are afterwards what they were.
        """
        import torch

        from netbuilder.training.speed.probe import undisturbed

        device = next(iter(batch.values())).device
        before = [buffer.clone() for buffer in model.buffers()]
        with undisturbed(device):
            for turn in turns:
                if (found := _of(turn, batch)) is not None:
                    known = self.sums.get(turn.name)
                    self.sums[turn.name] = found if known is None else known + found
        with torch.no_grad():
            for buffer, value in zip(model.buffers(), before, strict=True):
                buffer.copy_(value)

    def taken(self) -> dict[str, float]:
        """The scale in rows by the name of its figure, of the epoch that ends, which is forgotten.

        S and |G|² are averaged, not their ratio; where the mean of |G|² is not above 0 the noise
        hides the gradient, and there is no figure.
        """
        found = {}
        for name, sums in self.sums.items():
            noise, gradient = sums.tolist()
            if gradient > 0:
                found[FIGURE if len(self.sums) == 1 else f"{FIGURE} ({name})"] = noise / gradient
        self.sums = {}
        return found

    def state(self) -> dict[str, list[float]]:
        """Plain values for a checkpoint."""
        return {name: sums.tolist() for name, sums in self.sums.items()}

    def load(self, state: Mapping[str, Sequence[float]], device: Any) -> None:
        """Go on with what a checkpoint holds."""
        import torch

        self.sums = {
            name: torch.tensor(list(sums), dtype=torch.float64, device=device)
            for name, sums in state.items()
        }


def _of(turn: Turn, batch: Mapping[str, Tensor]) -> Tensor | None:
    """S and |G|² by one batch; None if it has too few rows."""
    import torch

    # Not compiled: that is for batches of one size.
    method = inspect.unwrap(turn.method)
    count = max(_PARTS, turn.accumulate)
    rows = len(next(iter(batch.values()))) // count
    if not rows:
        return None
    gradients = []
    for part in range(count):
        share = {name: t[part * rows : (part + 1) * rows] for name, t in batch.items()}
        loss = method(**share)[0]
        found = torch.autograd.grad(loss, turn.params, allow_unused=True, materialize_grads=True)
        gradients.append(found)
    return unbiased(gradients, rows)


def unbiased(gradients: Sequence[Sequence[Tensor]], rows: int) -> Tensor:
    """Estimates of S and |G|² from the mean gradients of parts of `rows` rows each: (2), float64.

    McCandlish et al. 2018, appendix A.1, with the whole batch as the larger one.
    """
    import torch

    count = len(gradients)
    whole = [sum(several) / count for several in zip(*gradients, strict=True)]  # type: ignore[arg-type]
    small = torch.stack([_square(g) for g in gradients]).mean()
    large = _square(whole)  # type: ignore[arg-type]
    noise = (small - large) / (1 / rows - 1 / (count * rows))
    gradient = (count * large - small) / (count - 1)
    return torch.stack([noise, gradient])


def _square(gradient: Sequence[Tensor]) -> Tensor:
    """|g|², in float64."""
    import torch

    return torch.stack([g.detach().double().square().sum() for g in gradient]).sum()
