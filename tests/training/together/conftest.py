"""Starting torchrun as a person does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Launching = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def torchrun(tmp_path: Path) -> Launching:
    """`torchrun(options, script, *arguments)`: two processes of a script, not waited for."""

    def launch(options: list[str], script: str, *arguments: object) -> subprocess.Popen[str]:
        file = tmp_path / "script.py"
        file.write_text(script)
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        command += ["--nproc-per-node", "2", *options, str(file), *(str(a) for a in arguments)]
        root = Path(__file__).resolve().parents[3]
        env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(root)}
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=env)

    return launch
