"""What the trials for speed gain, and that they never cost: each example with them and without.

One epoch of each run in turn, so that both meet the same state of the machine. One is free to
choose layout, precision and compile; the other is told to compute as plain eager PyTorch does.
The figure is for the whole run as its project sets it: the median ratio of the epochs behind the
first, and how much longer the first one took, in which the trials lie, as a share of all epochs.
Where eager is chosen both make the very same steps, so only the first counts; the epochs behind
it would differ by what else the machine does. It is never to be above 1.02. A small CNN (3 × 32 ×
32, batches of 128) stands beside the examples: at most 0.5 where the processor computes in
bfloat16.

    python tests/benchmarks/probe.py [seconds for each] [example …]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from netbuilder import resources
from netbuilder.building import Network
from netbuilder.data import Fields
from netbuilder.graph import Optimiser, Project
from netbuilder.graph.file import load
from netbuilder.layers import DataSet, TensorSpec
from netbuilder.layers.shape import B
from netbuilder.training.events import EpochDone, Failed, Finished, Started
from netbuilder.training.loop import train

NEVER, SMALL = 1.02, 0.5
PLAIN = {"layout": "contiguous", "precision": "float32", "compile": "off"}
ROWS, CLASSES = 4096, 10


class Pictures(DataSet):
    """Stands for pictures in colour; its rows are handed to `train`."""

    kind, title = "benchmark_pictures", "Pictures"

    def fields(self) -> Mapping[str, TensorSpec]:
        return {
            "image": TensorSpec((B, 3, 32, 32)),
            "label": TensorSpec((B,), "int64", CLASSES),
        }


def small_cnn() -> Project:
    """Three convolutions, each half as large as the one before."""
    net = Network("small_cnn")
    data = net.benchmark_pictures(id="data")
    x = data.image
    for channels, stride in ((32, 1), (64, 2), (64, 2)):
        x = net.relu(net.conv2d(x, out_channels=channels, kernel_size=3, stride=stride))
    scores = net.linear(net.flatten(x), out_features=CLASSES)
    net.output(scores)
    net.cross_entropy(scores, data.label)
    adam = Optimiser(algorithm="adam", settings={"lr": 1e-3})
    return net.project(
        epochs=200, batch_size=128, device="cpu", validation=0.0, test=0.0, optimisers=(adam,)
    )


def epochs(project: Project, chosen: list[str]) -> Iterator[float]:
    """Seconds of each epoch as they come; `chosen` takes what the run computes by."""
    data = None
    if any(node.kind == Pictures.kind for node in project.graph):
        random = np.random.default_rng(0)
        image = random.standard_normal((ROWS, 3, 32, 32), np.float32)
        data = {"data": Fields({"image": image, "label": random.integers(0, CLASSES, ROWS)})}
    begin = time.perf_counter()
    for event in train(project, data=data):
        if isinstance(event, Failed):
            sys.exit(f"{project.name}: {event.message}")
        if isinstance(event, Started):
            chosen.append(event.plan or "eager")
        if isinstance(event, (EpochDone, Finished)):
            yield time.perf_counter() - begin
            begin = time.perf_counter()


def compared(project: Project, seconds: float) -> tuple[float, str]:
    """Time of the whole run with trials / without, and what they chose."""
    settings = dict(project.training.settings)
    settings.pop("early_stopping", None)  # both are to go on
    free = replace(project, training=replace(project.training, settings=settings))
    told = replace(free, training=replace(free.training, settings={**settings, "speed": PLAIN}))
    for project in (told, free):
        next(epochs(project, []))  # what is loaded once in a process is loaded
    chosen: list[str] = []
    a, b = epochs(free, chosen), epochs(told, [])
    with_, without = [next(a)], [next(b)]
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(with_) < 4:
        first, second = (a, b) if len(with_) % 2 else (b, a)
        try:
            taken = next(first), next(second)
        except StopIteration:
            break
        with_.append(taken[first is b])
        without.append(taken[first is a])
    if len(with_) < 2:
        sys.exit(f"{project.name} has one epoch only; nothing can be compared.")
    ratio = median(x / y for x, y in zip(with_[1:], without[1:], strict=True))
    tried = (with_[0] - without[0]) / (median(without[1:]) * project.training.epochs)
    plan = chosen[0] if chosen else "eager"
    return (1.0 if plan == "eager" else ratio) + tried, plan


def main(seconds: float, names: list[str]) -> int:
    """Print the table; returns how many miss their goal."""
    projects = [load(resources.example(name)).project for name in names]
    if not names:
        projects = [small_cnn(), *(load(path).project for path in resources.examples())]
    missed = 0
    print("run                        with / without   goal   computed by")
    for project in projects:
        ratio, plan = compared(project, seconds)
        goal = SMALL if project.name == "small_cnn" and "bf16" in plan else NEVER
        missed += ratio > goal
        print(f"{project.name:26} {ratio:14.3f} {goal:6.2f}   {plan}", flush=True)
    return missed


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["NETBUILDER_HOME"] = home
        wait = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
        sys.exit(bool(main(wait, sys.argv[2:])))
