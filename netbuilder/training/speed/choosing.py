"""Which plan a run follows: what a person set, what is remembered, or what a probe finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

from netbuilder.compiler import Source
from netbuilder.graph import Training
from netbuilder.training import devices, turns
from netbuilder.training.parts import part_values
from netbuilder.training.settings import algorithm
from netbuilder.training.speed.known import key, recall, remember
from netbuilder.training.speed.plan import Plan
from netbuilder.training.speed.probe import Found, Prepare, Step, candidates, needless, probe
from netbuilder.training.speed.twice import NOT_COMPILED, differentiates_twice


def choose(
    model: nn.Module,
    source: Source,
    training: Training,
    draw: Callable[[], Mapping[str, Tensor]],
    device: torch.device,
    steps: int,
) -> Found:
    """The plan for a run of so many steps; the model stays as it is.

    draw: gives a training batch on the device. Raises SettingError.
    """
    values = part_values(training, "speed")
    precision = values["precision"]
    if precision == "auto" and any(algorithm(o.algorithm).closure for o in training.optimisers):
        precision = "float32"  # a line search, or a curvature, of rounded losses leads astray
    plans = candidates(model, device, values["layout"], precision)
    why = needless(plans, steps)
    name = key(source, training.batch_size, devices.title(device), plans)
    found = Found(plans[0], why=why) if why else recall(name)
    if found is None:
        found = probe(model, steps_of(source, device), draw, plans, steps, device)
        if found.times:
            remember(name, found)
    if values["compile"] != "on":
        return found
    if differentiates_twice(source):
        return replace(found, why=f"{found.why} {NOT_COMPILED}".lstrip())
    return replace(found, plan=replace(found.plan, compiled=True))


def steps_of(source: Source, device: torch.device) -> Prepare:
    """Makes whole training steps of a copy of the model, of every optimiser in its turn."""

    def prepare(model: nn.Module, plan: Plan) -> Step:
        plan.lay_out(model)
        model.train()
        made = turns.made(model, source.objectives, device)
        for turn in made:
            turn.method = plan.method(turn.method, device)
        last = LastLoss()

        def step(batch: Mapping[str, Tensor]) -> float:
            laid = plan.laid_out(dict(batch))
            for turn in made:
                turn.run(laid, last)  # type: ignore[arg-type]
            return last.value

        return step

    return prepare


class LastLoss:
    """Stands for the collector of a run's losses; keeps the last one."""

    value = 0.0

    def add(self, column: int, loss: Tensor) -> None:
        """Read it, which waits until it is computed."""
        self.value = float(loss.detach())
