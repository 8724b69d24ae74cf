"""The runner of faults still runs, and a window outlives two of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the runner looks into /proc")
def test_a_window_outlives_what_it_names() -> None:
    command = [sys.executable, "tests/benchmarks/faults.py", "1", "NaN", "rows damaged"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, timeout=240
    )
    said = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split("  ")[0] for line in said[1:-1]] == ["NaN", "rows damaged while streamed"]
    assert "The loss became NaN" in said[1]
    assert "a value is not a finite number" in said[2]
    assert said[-1].endswith("met")
