"""Runs killed at random steps and resumed: how many end on the same bits as one left alone.

A two-layer network with dropout on XOR, Adam with gradients gathered over two parts of a
batch, warm-up and a cosine schedule, mixup, and a moving average of the weights. Each run is
a process of its own that is ended by SIGKILL when it has come to a step drawn by chance;
another process goes on with what is left. All tensors of its last and best checkpoints and
every loss, metric and rate on record are compared.

    python tests/benchmarks/kills.py [runs]
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch
import torch._dynamo  # with torchmetrics: loaded once, not in every process
import torchmetrics  # noqa: F401

from netbuilder.graph import Edge, Graph, Node, Optimiser, Project, Schedule, Training
from netbuilder.training import checkpoint, session
from netbuilder.training.events import Failed
from netbuilder.training.loop import train
from netbuilder.training.run import Run

EPOCHS, POINTS, BATCH = 10, 400, 16


def project() -> Project:
    """Everything that has a state of its own."""
    nodes = (
        Node("xor", "xor", {"points": POINTS}),
        Node("hidden", "linear", {"out_features": 16}),
        Node("act", "tanh"),
        Node("drop", "dropout", {"p": 0.1}),
        Node("head", "linear", {"out_features": 2}),
        Node("out", "output"),
        Node("ce", "cross_entropy"),
        Node("acc", "accuracy"),
    )
    wires = (
        ("xor", "point", "hidden", "x"),
        ("hidden", "y", "act", "x"),
        ("act", "y", "drop", "x"),
        ("drop", "y", "head", "x"),
        ("head", "y", "out", "x"),
        ("head", "y", "ce", "logits"),
        ("xor", "label", "ce", "label"),
        ("head", "y", "acc", "logits"),
        ("xor", "label", "acc", "label"),
    )
    graph = Graph({n.id: n for n in nodes}, tuple(Edge(*w) for w in wires))
    adam = Optimiser(
        algorithm="adam",
        settings={"lr": 0.01, "accumulate": 2},
        schedule=Schedule("cosine", {"warmup": 50}),
    )
    training = Training(
        epochs=EPOCHS,
        batch_size=BATCH,
        device="cpu",
        optimisers=(adam,),
        settings={"ema": {"decay": 0.99}, "mixup": {"alpha": 0.2}},
    )
    return Project("xor", graph, training=training)


def trained(folder: Path, listener: Connection) -> None:
    """What each process does: begin, or go on; tell every step that was reported."""
    torch.set_num_threads(1)
    # Checkpoints as often as can be, so that kills meet every moment of writing one.
    session._EVERY_S, session._AT_LEAST_S, session._SHARE = 0.02, 0.0, 0.5
    begun = (folder / "run.json").exists()
    for event in train(project(), **{"resume" if begun else "folder": folder}):
        if isinstance(event, Failed):
            listener.send(event.message)
            return
        listener.send(getattr(event, "step", getattr(event, "first", 0)))


def process(folder: Path, until: int | None) -> str:
    """One process on a run, killed when it reports the step `until`; what went wrong, or ""."""
    context = multiprocessing.get_context("fork")  # torch is loaded once
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=trained, args=(folder, theirs))
    child.start()
    theirs.close()
    try:
        while True:
            told = ours.recv()
            if isinstance(told, str):
                return told
            if until is not None and told >= until:
                time.sleep(random.uniform(0.0, 0.02))  # anywhere in what comes next
                os.kill(child.pid or 0, signal.SIGKILL)
                return ""
    except EOFError:
        return ""
    finally:
        child.join()
        ours.close()


def same(one: Run, other: Run) -> str:
    """What differs between two runs, or ""."""
    for name in ("last", "best"):
        a, b = (checkpoint.read(getattr(run, name)).tensors for run in (one, other))
        if a.keys() != b.keys():
            return f"{name}: other tensors"
        for key, tensor in a.items():
            if not torch.equal(tensor, b[key]):
                return f"{name}: {key}"
    with one.record() as first, other.record() as second:
        for what in ("train", "validation", "test"):
            if first.epochs(what) != second.epochs(what):
                return f"figures of {what}"
        if first.rates() != second.rates():
            return "learning rates"
        a, b = first.losses(), second.losses()
        if any(a[name][1].tobytes() != b[name][1].tobytes() for name in a):
            return "losses"
    return ""


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["NETBUILDER_HOME"] = home
        alone = Path(home) / "alone"
        if wrong := process(alone, None):
            sys.exit(wrong)
        steps = int(checkpoint.read(Run(alone).last).values["step"])
        identical = killed = 0
        for number in range(runs):
            folder = Path(home) / f"run_{number}"
            wrong = process(folder, random.Random(number).randrange(steps))
            killed += Run(folder).state == "interrupted"
            wrong = wrong or process(folder, None) or same(Run(alone), Run(folder))
            identical += not wrong
            if wrong:
                print(f"run {number + 1}: {wrong}")
            said = f"{number + 1}: {identical} identical, {killed} killed in the midst"
            print(said, file=sys.stderr, flush=True)
        print(f"{runs} runs of {steps} steps, {killed} kills in the midst of training")
        print(f"identical to the last bit: {identical} of {runs}   goal {runs}")
        sys.exit(identical < runs)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
