"""What an open window costs the training, and training the window.

60,000 × 784 random numbers, an MLP 784-128-10, batches of 64, Adam. One run is trained from
the window, its curves, activations and gradients live, while the canvas is panned every
16 ms; the other in a process without a window, by the same loop. In turn each trains for a
few seconds while the other is paused, so that both meet the same state of the machine. Neither
compiles: a process beside would take turns with the other side's rounds.

All samples of one side over the seconds they took are compared with those of the other: the
goal is a ratio of at least 0.98. Short turns, many of them: the pace of one and the same side may
differ by a third from turn to turn on a machine that is shared. A frame is the time between two
ticks of a timer of 16 ms in the window's thread: 99 of 100 may take 18 ms.

    python tests/benchmarks/live_window.py [rounds] [seconds]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import fmean

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from netbuilder.building import Network
from netbuilder.data.fields import Fields
from netbuilder.graph import Optimiser, Project
from netbuilder.layers import DataSet, TensorSpec
from netbuilder.layers.shape import B

ROWS, WIDTH, HIDDEN, CLASSES, BATCH = 60_000, 784, 128, 10, 64
RATIO, FRAME_MS = 0.98, 18.0


class Random(DataSet):
    """Random numbers in 784 columns, and which of ten random directions they lie in."""

    kind, title = "benchmark_random_rows", "Random rows"
    loader = "netbuilder.data.benchmark_random_rows:load"

    def fields(self) -> Mapping[str, TensorSpec]:
        return {
            "image": TensorSpec((B, WIDTH)),
            "label": TensorSpec((B,), "int64", CLASSES),
        }


def load(layer: Random) -> Fields:
    """The arrays, the same each time. They are split: more rows, so that 60,000 are trained."""
    random = np.random.default_rng(0)
    image = random.standard_normal((ROWS * 10 // 9, WIDTH), np.float32)
    label = (image @ random.standard_normal((WIDTH, CLASSES), np.float32)).argmax(1)
    return Fields({"image": image, "label": label.astype(np.int64)})


# The engine's process imports this file, too, and finds the loader where loaders lie.
sys.modules["netbuilder.data.benchmark_random_rows"] = sys.modules[__name__]


def project() -> Project:
    """A run far longer than the benchmark."""
    net = Network("speed")
    data = net.place(Random.kind)
    hidden = net.relu(net.linear(data.image, out_features=HIDDEN))
    logits = net.linear(hidden, out_features=CLASSES)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    adam = Optimiser(algorithm="adam", settings={"lr": 1e-4})
    return net.project(
        epochs=5_000, batch_size=BATCH, device="cpu", validation=0.1, test=0.0,
        optimisers=(adam,), settings={"speed": {"compile": "off"}},
    )  # fmt: skip


class Pace:
    """Samples a second between the first and the last report of a stretch."""

    def __init__(self) -> None:
        self._at: list[tuple[float, int]] = []

    def begin(self) -> None:
        """Forget what was reported before, also while training came to its pause."""
        self._at = []

    def take(self, last: int) -> None:
        """Note a report whose last step is `last`."""
        self._at.append((time.perf_counter(), last))

    def taken(self) -> float:
        """The pace since `begin`."""
        (begin, first), (end, last) = self._at[0], self._at[-1]
        return (last - first) * BATCH / (end - begin)


def headless() -> None:
    """The other process: trains while it is told to; answers with samples a second."""
    from netbuilder.training import devices
    from netbuilder.training.control import Control
    from netbuilder.training.events import Failed, Steps
    from netbuilder.training.loop import train

    devices.use_threads()
    control, pace = Control(), Pace()

    def listen() -> None:
        for line in sys.stdin:
            if line.strip() == "go":
                pace.begin()
                control.resume()
            elif line.strip() == "wait":
                control.pause()
                print(pace.taken(), flush=True)
        os._exit(0)

    for event in train(project(), control=control):
        if isinstance(event, Failed):
            sys.exit(event.message)
        if isinstance(event, Steps):
            pace.take(event.last)
            if event.first == 0:  # everything is loaded: now on command
                control.pause()
                print("ready", flush=True)
                threading.Thread(target=listen, daemon=True).start()


class Frames:
    """A timer of 16 ms that pans the canvas, and when it came."""

    def __init__(self, window: object) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._canvas = window.canvas  # type: ignore[attr-defined]
        self._timer = QTimer(self._canvas)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(16)
        self._timer.timeout.connect(self._tick)
        self._last: float | None = None
        self._count = 0
        self.taken: list[float] = []

    def start(self) -> None:
        self._last = None
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last is not None:
            self.taken.append((now - self._last) * 1000)
        self._last = now
        self._count += 1
        bar = self._canvas.horizontalScrollBar()
        bar.setValue(bar.value() + (3 if self._count // 60 % 2 else -3))


def table(name: str, frames: Iterable[float]) -> str:
    p50, p95, p99, most = np.percentile(list(frames), [50, 95, 99, 100])
    return f"{name:22s} {p50:6.1f} {p95:6.1f} {p99:6.1f} {most:6.1f}"


def main(rounds: int, seconds: float, other: subprocess.Popen[str]) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    from netbuilder.app import theme
    from netbuilder.app.main import application
    from netbuilder.app.preferences import Preferences
    from netbuilder.app.window import MainWindow
    from netbuilder.training.events import Failed, Paused, Steps

    def wait(s: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(s * 1000), loop.quit)
        loop.exec()

    def wait_for(condition: object, s: float = 60.0) -> None:
        end = time.perf_counter() + s
        while not condition():  # type: ignore[operator]
            if time.perf_counter() > end:
                sys.exit("the window's engine does not train")
            wait(0.02)

    assert other.stdin is not None
    assert other.stdout is not None
    app = application([])
    theme.apply(app, "dark")
    window = MainWindow(Preferences())
    window.resize(1600, 1000)
    window.document.new(project())
    window.show()
    window.begin()
    pace, seen = Pace(), set[type]()

    def follow(events: list[object]) -> None:
        for event in events:
            seen.add(type(event))
            if isinstance(event, Failed):
                sys.exit(event.message)
            if isinstance(event, Steps):
                pace.take(event.last)

    window.session.events.connect(follow)
    frames = Frames(window)
    window.session.train()
    wait_for(lambda: Steps in seen)
    wait(2.0)  # plots are made, the first answers have come
    window.session.pause()
    wait_for(lambda: Paused in seen)
    frames.start()
    wait(seconds)
    frames.stop()
    idle, frames.taken = frames.taken, []
    if other.stdout.readline().strip() != "ready":
        sys.exit("the process without a window does not train")
    live, alone = [], []
    print("round   with window   headless   ratio      (samples a second)")
    for turn in range(rounds):
        frames.start()
        pace.begin()
        window.session.resume()
        wait(seconds)
        live.append(pace.taken())
        seen.discard(Paused)
        window.session.pause()
        frames.stop()
        wait_for(lambda: Paused in seen)
        other.stdin.write("go\n")
        other.stdin.flush()
        time.sleep(seconds)
        other.stdin.write("wait\n")
        other.stdin.flush()
        alone.append(float(other.stdout.readline()))
        print(f"{turn + 1:5d} {live[-1]:13,.0f} {alone[-1]:10,.0f} {live[-1] / alone[-1]:7.2f}")
    ratio = fmean(live) / fmean(alone)
    print(f"mean  {fmean(live):13,.0f} {fmean(alone):10,.0f} {ratio:7.2f}   goal {RATIO}")
    print()
    print(f"milliseconds a frame      p50    p95    p99    max   goal {FRAME_MS} (p99)")
    print(table("panned, no training", idle))
    print(table("panned, training", frames.taken))
    window.document.stack.setClean()
    window.elsewhere.ask = lambda name: "stop"
    window.close()


if __name__ == "__main__":
    if "--headless" in sys.argv:
        headless()
    else:
        with tempfile.TemporaryDirectory() as home:
            os.environ["NETBUILDER_HOME"] = home
            arguments = sys.argv[1:]
            rounds = int(arguments[0]) if arguments else 20
            seconds = float(arguments[1]) if len(arguments) > 1 else 2.5
            other = subprocess.Popen(
                [sys.executable, __file__, "--headless"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "NETBUILDER_HOME": f"{home}/headless"},
            )
            try:
                main(rounds, seconds, other)
            finally:
                other.kill()
