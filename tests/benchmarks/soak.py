"""Does a window that trains for long grow? Memory, objects and threads of window and engine.

A small network on rows of two numbers trains without end while a new panel comes to the front
every two seconds and the canvas is panned. Memory is what both processes hold (resident set),
the median of each half minute; the first two minutes are taken as warming up. Steps and
figures of the run are kept for its curves, so a little growth belongs to every run.

    python tests/benchmarks/soak.py [minutes]
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
import time
from array import array
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netbuilder.building import Network
from netbuilder.graph import Optimiser, Project

WARM_S, PERIOD_S, GOAL = 120.0, 30.0, 0.02


def project() -> Project:
    """Two moons, with a decision boundary and a confusion matrix to draw."""
    net = Network("soak")
    moons = net.moons(points=600)
    scores = net.linear(net.tanh(net.linear(moons.point, out_features=32)), out_features=2)
    net.output(scores)
    net.cross_entropy(scores, moons.label)
    net.accuracy(scores, moons.label)
    return net.project(
        epochs=1_000_000,
        batch_size=64,
        device="cpu",
        test=0.0,
        optimisers=(Optimiser(settings={"lr": 1e-4}),),
        settings={"speed": {"compile": "off"}},
    )


def resident(pid: int) -> float:
    """Memory of a process, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main(minutes: float) -> bool:
    """Prints a line each half minute; True if memory grew by less than the goal."""
    from PySide6.QtCore import QEventLoop, QObject, QTimer

    from netbuilder.app import theme
    from netbuilder.app.main import application
    from netbuilder.app.preferences import Preferences
    from netbuilder.app.window import MainWindow

    def wait(seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    app = application([])
    theme.apply(app, "dark")
    window = MainWindow(Preferences())
    window.resize(1600, 1000)
    window.document.new(project())
    window.show()
    window.begin()
    gaps = array("f")  # a list of numbers would grow by more than what is measured
    ticked = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps.append((now - ticked[0]) * 1000)
        ticked[0] = now
        bar = window.canvas.horizontalScrollBar()
        bar.setValue(bar.value() + (3 if len(gaps) // 60 % 2 else -3))

    beat = QTimer(window)
    beat.timeout.connect(tick)
    beat.start(16)
    window.session.train()
    end = time.monotonic() + 120
    while window.session.state != "running" and time.monotonic() < end:
        wait(0.1)
    client = window.session._client
    assert client is not None
    begin = time.monotonic()
    rows: list[tuple[float, float, float, int]] = []
    names = window.bottom.names
    print("  s   window MB   engine MB   objects   threads")
    shown = 0
    while time.monotonic() - begin < minutes * 60:
        own, engine = [], []
        until = time.monotonic() + PERIOD_S
        while time.monotonic() < until:
            window.bottom.show_panel(names[shown % len(names)])
            shown += 1
            wait(2.0)
            own.append(resident(os.getpid()))
            engine.append(resident(client.pid or 0))
        gc.collect()
        objects = len(window.findChildren(QObject))
        at = time.monotonic() - begin
        rows.append((at, median(own), median(engine), objects))
        print(
            f"{at:4.0f} {rows[-1][1]:10.1f} {rows[-1][2]:11.1f} {objects:9d} "
            f"{threading.active_count():9d}",
            flush=True,
        )
        if window.session.state != "running":
            print(f"training ended: {[t.text() for t in window.toasts.visible()]}")
            return False
    warm = [row for row in rows if row[0] >= WARM_S] or rows
    first, last = warm[0], warm[-1]
    window_grew, engine_grew = last[1] / first[1] - 1, last[2] / first[2] - 1
    print(
        f"growth after warming up: window {window_grew:+.1%}, engine {engine_grew:+.1%}   "
        f"goal {GOAL:.0%}; objects {last[3] - first[3]:+d}; "
        f"frame p99 {sorted(gaps)[int(len(gaps) * 0.99)]:.0f} ms"
    )
    window.document.stack.setClean()
    window.elsewhere.ask = lambda name: "stop"
    window.close()
    return max(window_grew, engine_grew) < GOAL


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["NETBUILDER_HOME"] = home
        good = main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
    sys.exit(not good)
