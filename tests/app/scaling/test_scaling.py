"""The window from 100 to 250 %: nothing cut off, nothing stretched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPORT = Path(__file__).with_name("report.py")


def opened_at(scale: str, folder: Path) -> dict[str, Any]:
    """What the window says of itself at a scale, in a process of its own."""
    package = Path(__file__).resolve().parents[3]
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": scale,
        "QT_QPA_PLATFORM": "offscreen",
        "NETBUILDER_HOME": str(folder / "home"),
        "PYTHONPATH": str(package),
    }
    done = subprocess.run(
        [sys.executable, str(REPORT), str(folder / "window.png")],
        env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["1", "1.5", "2.5"])
def test_nothing_is_cut_off_or_blurred(scale: str, tmp_path: Path) -> None:
    report = opened_at(scale, tmp_path)
    factor = float(scale)
    assert report["ratio"] == factor
    assert report["picture"] == [round(1440 * factor), round(900 * factor)]
    assert report["cut"] == {}
    assert report["icons"] == [factor], "the canvas draws its icons pixel by pixel"
    assert min(report["steepest"].values()) > 0.48
