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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from netbuilder.training.speed.plan import Plan

#: Seconds that a run must still take for compiling to be tried.
WORTH_S = 300.0
#: Compiled steps win if they take less than this share of the time of plain ones.
_WINS = 0.93


@dataclass(frozen=True)
class Raced:
    """Seconds a step, plain and compiled, and whether both gave the same loss."""

    plain: float
    compiled: float
    agree: bool

    @property
    def won(self) -> bool:
        """Whether to change over."""
        return self.agree and self.compiled < _WINS * self.plain

    @property
    def gain(self) -> float:
        """Speed of compiled steps over plain ones."""
        return self.plain / self.compiled


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
