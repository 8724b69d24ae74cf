"""Two processes under torchrun against one, with the same batches: time, and the weights.

A convolutional network large enough that computing outweighs adding up gradients, one thread a
process, so that two cores are used by two and one by one. Both end on the same weights, which is
said as the largest difference. The figure is samples a second of the two over those of the one,
without starting up: the time is taken from the events of the run, the first epoch left out.
Runs take turns; the median of the rounds counts. The goal is 1.6 on two cores.

    python tests/benchmarks/two_processes.py [rounds]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netbuilder.building import Network
from netbuilder.graph import Optimiser, Project
from netbuilder.graph.file import save
from netbuilder.training.checkpoint import read
from netbuilder.training.run import Run

ROOT = Path(__file__).resolve().parents[2]
EPOCHS, BATCH, GOAL = 4, 256, 1.6
#: One thread a process, and no float that rounds otherwise in one of them.
PLAIN = {"speed": {"layout": "contiguous", "precision": "float32", "compile": "off"}}


def project() -> Project:
    """Three convolutions over digits."""
    net = Network("two_processes")
    digits = net.digits()
    x = digits.image
    for channels in (48, 64, 64):
        x = net.relu(net.conv2d(x, out_channels=channels, kernel_size=3, padding="same"))
    scores = net.linear(net.flatten(x), out_features=10)
    net.output(scores)
    net.cross_entropy(scores, digits.label)
    sgd = Optimiser(algorithm="sgd", settings={"lr": 0.05, "momentum": 0.9})
    return net.project(
        epochs=EPOCHS, batch_size=BATCH, device="cpu", optimisers=(sgd,), settings=PLAIN
    )


def run(file: Path, folder: Path, processes: int) -> float:
    """Seconds of an epoch, the first left out."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    command = [
        sys.executable, *(launcher if processes > 1 else []), "-m", "netbuilder", "train",
        str(file), "--folder", str(folder), "--json",
    ]  # fmt: skip
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return median([e["seconds"] for e in events if e["event"] == "EpochDone"][1:])


def main() -> None:
    """Print the ratio and the difference."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "project.netbuilder"
        save(project(), file)
        for number in range(rounds):
            one, two = Path(folder) / f"one-{number}", Path(folder) / f"two-{number}"
            alone, together = run(file, one, 1), run(file, two, 2)
            ratios.append(alone / together)
            a, b = (read(Run(f).last).part("model") for f in (one, two))
            apart = max(float((a[name] - b[name]).abs().max()) for name in a)
            print(
                f"epoch {alone:.2f} s with one process, {together:.2f} s with two: "
                f"{ratios[-1]:.2f} ×; weights differ by {apart:.1e}"
            )
    met = "met" if median(ratios) >= GOAL else "missed"
    print(f"two processes / one: {median(ratios):.2f} × (goal {GOAL}: {met})")


if __name__ == "__main__":
    main()
