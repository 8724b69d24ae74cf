"""``python -m netbuilder.training.speed.compiling RUN BATCH PLAN THREADS``: see ``aside.py``."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median

import torch
from safetensors.torch import load_file

from netbuilder.compiler import generate
from netbuilder.compiler.build import build
from netbuilder.training import devices
from netbuilder.training.run import Run
from netbuilder.training.speed.aside import Raced
from netbuilder.training.speed.choosing import steps_of
from netbuilder.training.speed.plan import Plan
from netbuilder.training.speed.probe import timed

_ROUNDS = 9
_NEAR = 1e-3


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
    runners, losses = [], []
    for chosen in (plain, replace(plain, compiled=True)):
        torch.manual_seed(0)
        runner = prepare(copy.deepcopy(model), chosen)
        losses.append(runner(rows))
        runner(rows)
        runners.append(runner)
    times: list[list[float]] = [[], []]
    for _ in range(_ROUNDS):
        for runner, taken in zip(runners, times, strict=True):
            taken.append(timed(runner, rows, device))
    agree = abs(losses[0] - losses[1]) <= _NEAR * max(abs(losses[0]), 1e-3)
    raced = Raced(median(times[0]), median(times[1]), bool(agree))
    sys.stdout.write(json.dumps(dataclasses.asdict(raced)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
