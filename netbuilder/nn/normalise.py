"""Input normalisation by statistics of the training data, and how layers come by them."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import torch
from torch import nn


class Normalise(nn.Module):
    """(x − centre) / scale: (B, …) → (B, …), by figures of the data it was fitted to.

    shape: of the figures, without the batch; where it is 1, values are taken together.
    method: ``standardise`` (mean 0, deviation 1), ``centre`` (mean 0), ``zero_to_one`` or
    ``minus_one_to_one`` (least and greatest value). `observe` takes batches, `settle` sets
    the figures. Unfitted it changes nothing. What never changes becomes 0.
    """

    def __init__(self, shape: tuple[int, ...], method: str = "standardise") -> None:
        super().__init__()
        self.method = method
        self.centre: torch.Tensor
        self.scale: torch.Tensor
        self.fitted: torch.Tensor
        self.register_buffer("centre", torch.zeros(shape))
        self.register_buffer("scale", torch.ones(shape))
        self.register_buffer("fitted", torch.zeros((), dtype=torch.bool))
        self.seen: list[torch.Tensor] = []

    def observe(self, x: torch.Tensor) -> None:
        """Take one more batch of the training data."""
        axes = [0, *(i for i, n in enumerate(self.centre.shape, start=1) if n == 1)]
        x = x.double()
        count = torch.tensor(x.numel() / self.centre.numel())
        mean = x.mean(axes, keepdim=True)[0]
        spread = (x - mean).square().sum(axes, keepdim=True)[0]
        found = [count, mean, spread, x.amin(axes, keepdim=True)[0], x.amax(axes, keepdim=True)[0]]
        if self.seen:
            # Two groups into one without losing digits: Chan, Golub and LeVeque 1979.
            rows, before, summed, least, most = self.seen
            total, step = rows + count, mean - before
            found = [
                total,
                before + step * (count / total),
                summed + spread + step.square() * (rows * count / total),
                torch.minimum(least, found[3]),
                torch.maximum(most, found[4]),
            ]
        self.seen = found

    def settle(self) -> None:
        """Set the figures to those of everything observed."""
        rows, mean, spread, least, most = self.seen
        centre, scale = mean, torch.ones_like(mean)
        if self.method == "standardise":
            scale = (spread / rows).sqrt()
        elif self.method == "zero_to_one":
            centre, scale = least, most - least
        elif self.method == "minus_one_to_one":
            centre, scale = (most + least) / 2, (most - least) / 2
        flat = scale <= 1e-12 * centre.abs().clamp(min=1e-300)
        self.centre.copy_(centre)
        self.scale.copy_(torch.where(flat, 1.0, scale))
        self.fitted.fill_(True)
        self.seen = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = (x - self.centre) / self.scale
        return result


class Observed(Exception):
    """A layer has taken what it needs of this batch."""


def fit_layers(
    model: nn.Module,
    methods: Sequence[str],
    batches: Callable[[], Iterable[Mapping[str, torch.Tensor]]],
) -> int:
    """Let every layer with `observe` and `settle` take figures of the training data.

    methods: of the model, each called with the fields of a batch. batches: the training rows,
    all of them each time it is called. A layer behind another one sees what that one makes of
    the data. Layers that are fitted already stay as they are. Returns how many were fitted.
    """
    waiting = [m for m in model.modules() if hasattr(m, "observe") and not bool(m.fitted)]
    count, training = len(waiting), model.training
    model.eval()
    with torch.no_grad():
        for method in methods:
            while waiting:
                met: list[nn.Module] = []

                def look(layer: nn.Module, inputs: tuple, met: list = met) -> None:  # type: ignore[type-arg]
                    if not met or met[0] is layer:
                        met[:] = [layer]
                        layer.observe(*inputs)  # type: ignore[operator]
                        raise Observed  # what lies behind has to wait for it

                hooks = [layer.register_forward_pre_hook(look) for layer in waiting]
                try:
                    for batch in batches():
                        try:
                            getattr(model, method)(**batch)
                            break  # none of them lies on this way
                        except Observed:
                            pass
                finally:
                    for hook in hooks:
                        hook.remove()
                if not met:
                    break
                met[0].settle()  # type: ignore[operator]
                waiting.remove(met[0])
    model.train(training)
    return count - len(waiting)
