"""How long until the window is there, and until it can train.

Each round is a fresh process that opens the window as the command does, on the example. A
first round fills the cache of compiled modules, as the first start on a computer does, and
does not count. Times run from before the process is created: ``window`` until the first
frame is painted, ``engine`` until torch is loaded in the engine and it takes a Train.
``window, CPU`` is the processor time of the window's process until that frame: unlike the
others it does not grow when other programs use the machine.
The goals are 1.5 s and 5 s.

    python tests/benchmarks/startup.py [rounds]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]

CHILD = """
import json, sys, time
from netbuilder.app import main as program

class Timed(program.MainWindow):
    painted = False
    def paintEvent(self, event):
        super().paintEvent(event)
        self.painted = True
    def begin(self):  # called when everything inside is painted, too
        if not self.painted:
            sys.exit("the engine starts before the window is painted")
        self.begun = (time.time(), time.process_time(), sorted(sys.modules))
        self.session.ready.connect(self.end)
        super().begin()
    def end(self, _):
        print(json.dumps([*self.begun, time.time()]), flush=True)
        self.close()

program.MainWindow = Timed
sys.exit(program.main([]))
"""

#: What must not be loaded before the window is on the screen.
LATE = ("torch", "pyqtgraph", "networkx", "sklearn", "scipy", "captum", "torchmetrics", "typer")


def start(home: Path) -> tuple[float, float, float, list[str]]:
    """Seconds to the window, its CPU seconds, seconds to the engine, and modules loaded."""
    environment = {
        **os.environ,
        "NETBUILDER_HOME": str(home / "home"),
        "PYTHONPYCACHEPREFIX": str(home / "compiled"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    begin = time.time()
    done = subprocess.run(
        [sys.executable, "-c", CHILD], env=environment, capture_output=True, text=True, timeout=120
    )
    if done.returncode or not done.stdout.strip():
        sys.exit(f"The window did not open:\n{done.stderr}")
    painted, used, modules, ready = json.loads(done.stdout.splitlines()[-1])
    return painted - begin, used, ready - begin, modules


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first = start(Path(folder))
        found = [start(Path(folder)) for _ in range(rounds)]
    print("seconds       first   median    worst    goal")
    for i, (name, goal) in enumerate((("window", "1.50"), ("window, CPU", ""), ("engine", "5.00"))):
        values = [f[i] for f in found]
        print(f"{name:12s} {first[i]:6.2f} {median(values):8.2f} {max(values):8.2f} {goal:>7s}")
    early = [name for name in LATE if name in found[-1][3]]
    print(f"{len(found[-1][3])} modules are loaded when the window is painted", end="; ")
    print(f"of those that should wait: {', '.join(early) or 'none'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
