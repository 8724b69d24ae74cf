"""Compiling beside a run: another process does it, and races what came out with plain steps.

Compiling takes from a few seconds to minutes and does not always pay, so the run goes on
meanwhile. What was compiled lies in torch's cache on the disk; the run then compiles within
a second or two, and only if the race was won.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from netbuilder.graph import Training
from netbuilder.training.parts import part_values
from netbuilder.training.settings import algorithm, checked
from netbuilder.training.speed.plan import Plan

#: Seconds that a run must still take for compiling to be tried.
WORTH_S = 300.0
#: Compiled steps win if they take less than this share of the time of plain ones.
_WINS = 0.93
#: By how much a loss of the first steps may differ, relatively.
_NEAR = 1e-3


@dataclass(frozen=True)
class Raced:
    """Seconds a step, plain and compiled, and whether both gave the same losses.

    graphs: whether that was with CUDA graphs. times: of all that raced, by their titles.
    """

    plain: float
    compiled: float
    agree: bool
    graphs: bool = False
    times: Mapping[str, float] = field(default_factory=dict)

    @property
    def won(self) -> bool:
        """Whether to change over."""
        return self.agree and self.compiled < _WINS * self.plain

    @property
    def gain(self) -> float:
        """Speed of compiled steps over plain ones."""
        return self.plain / self.compiled


def contestants(plan: Plan, training: Training, device: torch.device) -> list[Plan]:
    """Ways to compile what is computed by `plan` so far, worth a race. Raises SettingError.

    CUDA graphs write a step's results to where those of the step before were, so they are left
    out where several losses or gradients of one step must stay: accumulation and line searches.
    """
    found = [replace(plan, compiled=True)]
    kept = any(
        algorithm(o.algorithm).closure or checked(o.algorithm, o.settings).get("accumulate", 1) > 1
        for o in training.optimisers
    )
    if device.type == "cuda" and not kept and part_values(training, "speed")["graphs"] == "auto":
        found.append(replace(plan, compiled=True, graphs=True))
    return found


def judged(times: Mapping[Plan, float], losses: Mapping[Plan, Sequence[float]]) -> Raced:
    """The fastest of those that gave the losses of the first, which is the plain one.

    times: seconds a step. losses: of the first steps. Where none agrees, it says so.
    """
    plain, *others = times
    same = [plan for plan in others if _near(losses[plan], losses[plain])]
    best = min(same or others, key=lambda plan: times[plan], default=plain)
    shown = {plan.title: float(f"{seconds:.4g}") for plan, seconds in times.items()}
    return Raced(times[plain], times[best], bool(same), best.graphs, shown)


def _near(losses: Sequence[float], plain: Sequence[float]) -> bool:
    pairs = zip(losses, plain, strict=True)
    return all(abs(a - b) <= _NEAR * max(abs(b), 1e-3) for a, b in pairs)


def possible(device: torch.device) -> bool:
    """Whether torch can compile here; on a processor it needs a compiler of C++."""
    if device.type == "cpu":
        wanted = os.environ.get("CXX", "g++"), "g++", "clang++", "cl"
        return any(shutil.which(name) for name in wanted)
    return device.type == "cuda" and sys.platform == "linux"


class Aside:
    """One such process; `poll` now and then, `close` at the end."""

    def __init__(self, run: Path, plan: Plan, batch: Mapping[str, Tensor]) -> None:
        """run: folder of the run, whose project is compiled. batch: one of full size."""
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        path = Path(self._folder.name) / "batch.safetensors"
        save_file({name: t.detach().cpu().contiguous() for name, t in batch.items()}, path)
        words = [str(run), str(path), json.dumps(plan.saved()), str(torch.get_num_threads())]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "netbuilder.training.speed.compiling", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def poll(self) -> Raced | None:
        """The result, once; None while there is none, or if compiling failed."""
        if self._process.poll() is None or self._process.stdout is None:
            return None
        said = self._process.stdout.read()
        try:
            return Raced(**json.loads(said.splitlines()[-1]))
        except (ValueError, TypeError, IndexError):
            return None

    @property
    def ended(self) -> bool:
        """Whether the process is over, with or without a result."""
        return self._process.poll() is not None

    def close(self) -> None:
        """End it, whatever it does."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._folder.cleanup()
