"""One optimiser's turn in an iteration: its objective, its own gradients, its step.

The trainer knows no architecture. A GAN, a VAE, a frozen encoder are all the same list of
turns, each over its own losses and its own weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder.graph import Optimiser
from netbuilder.training import algorithms
from netbuilder.training.losses import Losses
from netbuilder.training.settings import SettingError, checked

#: An objective method of the generated class: fields in, (loss, losses by node) out.
Method = Callable[..., tuple[Tensor, Mapping[str, Tensor]]]


@dataclass
class Turn:
    """A declared optimiser made ready to run.

    params: the weights it owns. partial: whether the model has others, whose gradients
    it must leave alone.
    """

    declared: Optimiser
    column: int
    method: Method
    optimiser: torch.optim.Optimizer
    params: list[nn.Parameter]
    partial: bool
    clip: float

    @property
    def name(self) -> str:
        """Name of the objective, as in events."""
        return self.declared.name

    def due(self, step: int) -> bool:
        """Whether it runs in this iteration, counted from 0."""
        return step % self.declared.every == 0

    def run(self, batch: Mapping[str, Tensor], losses: Losses) -> None:
        """All its steps of one iteration on one batch; the last loss is reported.

        Raises netbuilder.training.losses.NonFinite before a weight is touched, where the
        loss can be read at once.
        """
        for _ in range(self.declared.steps):
            for param in self.params:
                param.grad = None
            loss, _ = self.method(**batch)
            losses.add(self.column, loss)
            # Only its own gradients: another optimiser's must neither change nor be paid for.
            if self.partial:
                loss.backward(inputs=self.params)  # type: ignore[no-untyped-call]
            else:
                loss.backward()  # type: ignore[no-untyped-call]
            if self.clip:
                nn.utils.clip_grad_norm_(self.params, self.clip)
            self.optimiser.step()


def made(
    model: nn.Module,
    objectives: Sequence[Any],
    device: torch.device,
) -> list[Turn]:
    """Turns for the objectives of a compiled project, in order.

    objectives: of `netbuilder.compiler.Source`. Raises SettingError with one sentence.
    """
    trainable = {name: p for name, p in model.named_parameters() if p.requires_grad}
    turns = []
    for column, objective in enumerate(objectives):
        declared: Optimiser = objective.optimiser
        settings = checked(declared.algorithm, declared.settings)
        for field, value in (("every", declared.every), ("steps", declared.steps)):
            if value < 1:
                raise SettingError(field, f"The optimiser {declared.name} needs {field} ≥ 1.")
        params = _owned(trainable, objective.updates)
        turns.append(
            Turn(
                declared,
                column,
                getattr(model, objective.method),
                algorithms.build(declared, params, device),
                params,
                len(params) < len(trainable),
                settings["clip"],
            )
        )
    return turns


def _owned(
    trainable: Mapping[str, nn.Parameter], updates: Sequence[str] | None
) -> list[nn.Parameter]:
    if updates is None:
        return list(trainable.values())
    owners = set(updates)
    return [p for name, p in trainable.items() if name.partition(".")[0] in owners]
