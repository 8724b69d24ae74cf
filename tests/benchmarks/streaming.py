"""Samples a second streamed from a .npy file, on the device, and by torch's DataLoader.

60,000 × 784 numbers in a file, an MLP 784-128-10, batches of 64, Adam. One epoch of each in
turn, so that all meet the same state of the machine; ratios are paired by round, the median
counts. Ours are whole runs, with record and checkpoints; the DataLoader reads rows of the
same mapped file and shuffles them, in its own process (0 workers), which is fastest here.

    python tests/benchmarks/streaming.py [rounds]
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from netbuilder.building import Network
from netbuilder.graph import Project
from netbuilder.training.events import EpochDone, Failed
from netbuilder.training.loop import train

ROWS, WIDTH, HIDDEN, CLASSES, BATCH = 60_000, 784, 128, 10, 64
GOALS = {"on the device": 0.9, "DataLoader": 1.3}


def project(folder: Path, how: str) -> Project:
    """The network on the file, trained for one epoch."""
    net = Network("streaming")
    data = net.numpy_file(path=str(folder / "x.npy"), labels=str(folder / "y.npy"))
    hidden = net.relu(net.linear(data.values, out_features=HIDDEN))
    logits = net.linear(hidden, out_features=CLASSES)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    made = net.project(epochs=1, batch_size=BATCH, validation=0.0, test=0.0)
    plain = {"layout": "contiguous", "precision": "float32", "compile": "off"}
    settings = {"data": {"streaming": how}, "speed": plain}
    return replace(made, training=replace(made.training, settings=settings))


def ours(folder: Path, how: str) -> float:
    """Samples a second of an epoch."""
    with tempfile.TemporaryDirectory() as run:
        for event in train(project(folder, how), folder=Path(run) / "run"):
            if isinstance(event, Failed):
                raise SystemExit(event.message)
            if isinstance(event, EpochDone):
                return ROWS / event.seconds
    raise SystemExit("The run ended without an epoch.")


class Rows(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """Rows of the mapped file, as a tutorial reads them."""

    def __init__(self, folder: Path) -> None:
        self.x, self.y = np.load(folder / "x.npy", mmap_mode="r"), np.load(folder / "y.npy")

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.from_numpy(self.x[i].copy()), torch.tensor(self.y[i])


def loader(folder: Path) -> float:
    """Samples a second of an epoch written by hand."""
    model = nn.Sequential(nn.Linear(WIDTH, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))
    optimiser = torch.optim.Adam(model.parameters())
    begin = time.perf_counter()
    for x, y in DataLoader(Rows(folder), BATCH, shuffle=True):
        loss = F.cross_entropy(model(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return ROWS / (time.perf_counter() - begin)


def main() -> None:
    """Print every figure, and whether the goals are met."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as made:
        folder, random = Path(made), np.random.default_rng(0)
        np.save(folder / "x.npy", random.standard_normal((ROWS, WIDTH), dtype=np.float32))
        np.save(folder / "y.npy", random.integers(0, CLASSES, ROWS))
        figures: dict[str, list[float]] = {"streamed": [], "on the device": [], "DataLoader": []}
        for _ in range(rounds):
            figures["streamed"].append(ours(folder, "on"))
            figures["on the device"].append(ours(folder, "off"))
            figures["DataLoader"].append(loader(folder))
    for name, values in figures.items():
        print(f"{name:<14} {median(values):>10,.0f} samples/s")
    for name, goal in GOALS.items():
        pairs = zip(figures["streamed"], figures[name], strict=True)
        ratio = median(a / b for a, b in pairs)
        met = "met" if ratio >= goal else "MISSED"
        print(f"streamed / {name:<14} {ratio:.2f}  goal {goal}: {met}")


if __name__ == "__main__":
    main()
