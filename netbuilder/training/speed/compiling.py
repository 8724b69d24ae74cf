"""``python -m netbuilder.training.speed.compiling RUN BATCH PLAN THREADS``: see ``aside.py``."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from netbuilder.compiler import generate
from netbuilder.compiler.build import build
from netbuilder.training import devices
from netbuilder.training.run import Run
from netbuilder.training.speed.aside import Raced, contestants, judged
from netbuilder.training.speed.choosing import steps_of
from netbuilder.training.speed.plan import Plan
from netbuilder.training.speed.probe import Prepare, Step, timed

_ROUNDS, _WARM = 9, 4


def main(run: str, batch: str, plan: str, threads: str) -> None:
    """Compile, race, and print the result as JSON."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(15)  # the run itself goes first
    torch.set_num_threads(int(threads))
    project = Run(Path(run)).project()
    source, device = generate(project), devices.choose(project.training.device)
    plain = Plan.of(json.loads(plan)) or Plan()
    model = build(source).to(device)
    rows = {name: t.to(device) for name, t in load_file(batch).items()}
    prepare = steps_of(source, device)
    plans = [plain, *contestants(plain, project.training, device)]
    raced = race(model, plans, prepare, rows, device)
    sys.stdout.write(json.dumps(dataclasses.asdict(raced)) + "\n")


def race(
    model: nn.Module,
    plans: Sequence[Plan],
    prepare: Prepare,
    rows: Mapping[str, Tensor],
    device: torch.device,
) -> Raced:
    """Time the plans, the first of them plain, in turn on copies of the model.

    What cannot be computed so is no contestant; of the plain one it is raised.
    """
    runners: dict[Plan, Step] = {}
    losses: dict[Plan, list[float]] = {}
    for plan in plans:
        torch.manual_seed(0)
        try:
            runner = prepare(copy.deepcopy(model), plan)
            # The first calls warm up and record; only from the third on is it what will run.
            losses[plan] = [runner(rows) for _ in range(_WARM)]
        except Exception:
            if plan == plans[0]:
                raise
            continue
        runners[plan] = runner
    times: dict[Plan, list[float]] = {plan: [] for plan in runners}
    for _ in range(_ROUNDS):
        for plan, runner in runners.items():
            times[plan].append(timed(runner, rows, device))
    return judged({plan: median(taken) for plan, taken in times.items()}, losses)


if __name__ == "__main__":
    main(*sys.argv[1:])
