"""Fifty runs of 100,000 steps in one plot: until they are drawn, and how smoothly they move.

Records are written as training writes them, chunk by chunk. *Cold* is from the selection
until all curves are in the picture, with reading and smoothing beside the window's thread;
*drawn* is the same with the curves in memory: building all lines and painting them. Then the
plot is panned and zoomed every 16 ms; a frame is the time between two ticks.

    python tests/benchmarks/runs_overlay.py [runs] [steps]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

DRAWN_MS, FRAME_MS, LATE_MS = 100.0, 20.0, 50.0
CHUNK = 2_000


def make(count: int, steps: int) -> list[Path]:
    """Runs with a noisy falling loss and an accuracy of each epoch."""
    from netbuilder.folders import runs
    from netbuilder.graph import Project
    from netbuilder.training.events import EpochDone, Steps
    from netbuilder.training.record import Record
    from netbuilder.training.run import create

    random = np.random.default_rng(0)
    epochs = 50
    each = steps // epochs
    folders = []
    for i in range(count):
        run = create(Project(f"run_{i:02}"), {"steps_per_epoch": each}, runs() / f"run_{i:02}")
        trend = 2.0 * np.exp(-np.arange(steps) / steps * (1 + i / count * 4)) + 0.05
        losses = (trend * random.lognormal(0, 0.4, steps)).astype(np.float32)
        with Record(run.folder / "run.sqlite", write=True) as record:
            for first in range(0, steps, CHUNK):
                part = losses[first : first + CHUNK]
                record.steps(Steps(first, first // each + 1, {"main": part}, 0.0, 0.0))
            for epoch in range(1, epochs + 1):
                reached = 1 - float(trend[epoch * each - 1]) / 3
                figures = {"main": float(trend[epoch * each - 1]), "accuracy": reached}
                record.epoch(EpochDone(epoch, epoch * each, {"main": 0.1}, figures))
            record.info(state="finished")
        folders.append(run.folder)
    return folders


def main(count: int, steps: int) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    from netbuilder.app import theme
    from netbuilder.app.main import application
    from netbuilder.app.panels.runs.overlay import Overlay

    folders = make(count, steps)
    app = application([])
    theme.apply(app, "dark")
    overlay = Overlay()
    overlay.resize(900, 320)
    overlay.show()

    def wait(seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    overlay.show_runs(folders[:1])  # plots are made, pyqtgraph is loaded
    wait(0.5)
    late: list[float] = []
    beat = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        late.append((now - beat[0]) * 1000)
        beat[0] = now

    pulse = QTimer()
    pulse.setInterval(5)
    pulse.timeout.connect(tick)
    pulse.start()
    begin = time.perf_counter()
    overlay.show_runs(folders)
    while overlay.loss.drawn < count:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
    overlay.grab()
    cold = (time.perf_counter() - begin) * 1000
    pulse.stop()
    warm, busy = [], []
    for _ in range(7):
        overlay.show_runs(folders[:1])
        overlay.grab()
        begin, used = time.perf_counter(), time.thread_time()
        overlay.show_runs(folders)
        overlay.grab()
        busy.append((time.thread_time() - used) * 1000)
        warm.append((time.perf_counter() - begin) * 1000)
        assert overlay.loss.drawn == count
    frames: list[float] = []
    worked: list[float] = []
    moved, last, used = 0, time.perf_counter(), time.thread_time()
    box = overlay.loss.plot.getPlotItem().getViewBox()

    def pan() -> None:
        nonlocal moved, last, used
        now = time.perf_counter()
        frames.append((now - last) * 1000)
        last, moved = now, moved + 1
        at = (moved % 200) / 10.0
        worked.append((time.thread_time() - used) * 1000)
        used = time.thread_time()
        box.setXRange(at, at + 20.0 + moved % 7, padding=0)  # painted once by the event loop

    timer = QTimer()
    timer.setInterval(16)
    timer.timeout.connect(pan)
    timer.start()
    wait(6.0)
    timer.stop()
    p50, p99 = np.percentile(frames[5:], [50, 99])
    c50, c99 = np.percentile(worked[5:], [50, 99])
    print(f"{count} runs × {steps:,} steps")
    print(f"cold, read and drawn   {cold:8.0f} ms   window held up {max(late):.0f} ms at most")
    print(
        f"drawn                  {np.median(warm):8.0f} ms   goal {DRAWN_MS:.0f}"
        f"   ({np.median(busy):.0f} ms of processor)"
    )
    print(f"frame while panning    {p50:8.1f} ms p50, {p99:.1f} p99   goal {FRAME_MS:.0f} (p99)")
    print(f"processor a frame      {c50:8.1f} ms p50, {c99:.1f} p99")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["NETBUILDER_HOME"] = home
        numbers = [int(a) for a in sys.argv[1:]]
        main(*(numbers + [50, 100_000][len(numbers) :]))
