"""Samples a second of our loop against a plain torch script with a DataLoader.

60,000 × 784 random numbers, an MLP 784-128-10, batches of 64, Adam, one thread. One epoch of
each in turn, so that both meet the same state of the machine; the ratio is paired by
round, the median counts. Ours includes everything a run does: reading losses, the record,
checkpoints. The goal is a ratio of at least 1.45 on the processor and 10 on a graphics card,
where the plain script takes each batch there, as the tutorials do.

    python tests/benchmarks/training_speed.py [rounds] [device]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from netbuilder.data import Fields
from netbuilder.graph import Edge, Graph, Node, Optimiser, Project, Training
from netbuilder.layers import DataSet, TensorSpec
from netbuilder.layers.shape import B
from netbuilder.training.events import EpochDone, Failed
from netbuilder.training.loop import train

ROWS, WIDTH, HIDDEN, CLASSES, BATCH = 60_000, 784, 128, 10, 64


class Random(DataSet):
    """Stands for a data set of this shape; its rows are handed to `train`."""

    kind, title = "benchmark_random", "Random"

    def fields(self) -> Mapping[str, TensorSpec]:
        return {
            "image": TensorSpec((B, WIDTH)),
            "label": TensorSpec((B,), "int64", CLASSES),
        }


def project(epochs: int, device: str) -> Project:
    """The same network as `Plain`, as a graph."""
    nodes = (
        Node("data", Random.kind),
        Node("hidden", "linear", {"out_features": HIDDEN}),
        Node("act", "relu"),
        Node("head", "linear", {"out_features": CLASSES}),
        Node("out", "output"),
        Node("ce", "cross_entropy"),
    )
    wires = (
        ("data", "image", "hidden", "x"),
        ("hidden", "y", "act", "x"),
        ("act", "y", "head", "x"),
        ("head", "y", "out", "x"),
        ("head", "y", "ce", "logits"),
        ("data", "label", "ce", "label"),
    )
    graph = Graph({n.id: n for n in nodes}, tuple(Edge(*w) for w in wires))
    training = Training(
        epochs, BATCH, 0, device, 0.0, 0.0, (Optimiser(algorithm="adam", settings={"lr": 1e-3}),)
    )
    return Project("speed", graph, training=training)


class Plain(nn.Module):
    """What one writes by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(WIDTH, HIDDEN)
        self.head = nn.Linear(HIDDEN, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(F.relu(self.hidden(x)))


def plain_epoch(
    model: nn.Module, optimiser: torch.optim.Optimizer, loader: DataLoader, device: str
) -> float:
    """One epoch of the plain script; its mean loss."""
    total = 0.0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimiser.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item()
    return total / len(loader)


def main(rounds: int, device: str) -> float:
    """Print the table; returns the median ratio."""
    torch.set_num_threads(1)
    random = np.random.default_rng(0)
    image = random.standard_normal((ROWS, WIDTH), np.float32)
    label = random.integers(0, CLASSES, ROWS)
    data = {"data": Fields({"image": image, "label": label})}
    torch.manual_seed(0)
    model = Plain().to(device)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)
    loader = DataLoader(
        TensorDataset(torch.from_numpy(image), torch.from_numpy(label)), BATCH, shuffle=True
    )
    ours: list[float] = []
    plain: list[float] = []
    events = train(project(rounds + 1, device), data=data)
    for turn in range(rounds + 1):
        begin = time.perf_counter()
        for event in events:
            if isinstance(event, Failed):
                sys.exit(event.message)
            if isinstance(event, EpochDone):
                break
        middle = time.perf_counter()
        plain_epoch(model, adam, loader, device)
        end = time.perf_counter()
        if turn:  # the first warms up
            ours.append(ROWS / (middle - begin))
            plain.append(ROWS / (end - middle))
    ratios = [a / b for a, b in zip(ours, plain, strict=True)]
    print("round   NetBuilder   torch + DataLoader   ratio      (samples a second)")
    for i, row in enumerate(zip(ours, plain, ratios, strict=True), 1):
        print(f"{i:5d} {row[0]:12,.0f} {row[1]:20,.0f} {row[2]:7.2f}")
    goal = 1.45 if device == "cpu" else 10.0
    middles = f"{median(ours):11,.0f} {median(plain):20,.0f} {median(ratios):7.2f}"
    print(f"median{middles}   goal {goal:.2f}")
    return median(ratios)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["NETBUILDER_HOME"] = home
        count = int(sys.argv[1]) if len(sys.argv) > 1 else 7
        main(count, sys.argv[2] if len(sys.argv) > 2 else "cpu")
