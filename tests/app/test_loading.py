"""What the window does without until it is on the screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

OPEN = """
import json, sys
from netbuilder.app import main as program

class Watched(program.MainWindow):
    painted = False
    def paintEvent(self, event):
        super().paintEvent(event)
        self.painted = True
    def begin(self):
        print(json.dumps([self.painted, sorted(sys.modules)]))
        self.close()

program.MainWindow = Watched
sys.exit(program.main([]))
"""

#: Each takes a tenth of a second to two seconds.
LATE = {"torch", "pyqtgraph", "networkx", "sklearn", "scipy", "captum", "torchmetrics", "typer"}


@pytest.mark.slow
def test_the_window_is_painted_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "NETBUILDER_HOME": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    opened = subprocess.run(
        [sys.executable, "-c", OPEN], env=environment, capture_output=True, text=True, timeout=120
    )
    assert opened.returncode == 0, opened.stderr
    painted, modules = json.loads(opened.stdout)
    assert painted
    assert LATE & set(modules) == set()
