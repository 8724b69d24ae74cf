"""Twelve faults, some in two ways, many times each, in one window that must outlive them all.

Everything is done from outside, as it happens to people: code of one's own (a trusted Custom
node) that ends, crashes or hangs the engine or asks for more memory than there is; signals;
files that go away or are damaged; a disk that is full. Without a graphics card the lost device
is only said by that code, in CUDA's words. The engine is taken for hanging after 3 and 5 s
here, not after 10 and 20, so that the table does not take a day.

For each fault it is asked whether the window lived, without an exception that nobody foresaw;
whether a sentence named the cause; whether the last checkpoint is finite and the run goes on from
it; whether the next run trains to its end without the program being started again; and how long
the window kept its timers waiting (ms, at most 2 s).

    python tests/benchmarks/faults.py [rounds] [fault …]
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netbuilder import trusted
from netbuilder.graph import Edge, Graph, Node, Optimiser, Project, Training

PATIENCE_S, LATE_S = 60.0, 2.0

#: What the file beside it says is done in the next step of training.
CODE = """
import ctypes
import os
import time


class Faulty(nn.Module):
    file = {file!r}

    def forward(self, x):
        if self.training and x.device.type != "meta" and os.path.exists(self.file):
            fault = open(self.file).read()
            if fault == "memory":
                torch.empty(len(x) * 2**44)
            elif fault == "device":
                raise RuntimeError("CUDA error: device-side assert triggered")
            elif fault == "exit":
                os._exit(3)
            elif fault == "segfault":
                ctypes.string_at(0)
            elif fault == "hang":
                while os.path.exists(self.file + ".on"):
                    time.sleep(0.05)
            elif fault == "hang in C":
                ctypes.PyDLL(None).sleep(60)
            elif fault == "nan":
                return x * float("nan")
        return x
"""


def project(*nodes: Node, wires: tuple[tuple[str, str, str, str], ...] = (), **training: object):  # type: ignore[no-untyped-def]
    """Rows of numbers into three classes; `nodes` are the data and what comes first."""
    rest = (
        Node("act", "tanh"),
        Node("head", "linear", {"out_features": 3}),
        Node("out", "output"),
        Node("ce", "cross_entropy"),
    )
    data, port = nodes[0].id, _PORT.get(nodes[0].kind, "point")
    inner = (
        (data, port, nodes[1].id, "x"),
        *((a.id, "y", b.id, "x") for a, b in itertools.pairwise(nodes[1:])),
        (nodes[-1].id, "y", "act", "x"),
        ("act", "y", "head", "x"),
        ("head", "y", "out", "x"),
        ("head", "y", "ce", "logits"),
        (data, "label", "ce", "label"),
    )
    graph = Graph({n.id: n for n in (*nodes, *rest)}, tuple(Edge(*w) for w in inner))
    options = {
        "epochs": 100_000,
        "device": "cpu",
        "optimisers": (Optimiser(settings={"lr": 1e-3}),),
        "settings": {"speed": {"compile": "off"}},
    }
    return Project("faults", graph, training=Training(**(options | training)))  # type: ignore[arg-type]


HIDDEN = Node("hidden", "linear", {"out_features": 16})
_PORT = {"csv": "features", "image_folder": "image", "numpy_file": "x"}


@dataclass
class Result:
    """What came of one fault."""

    lived: bool = False
    named: bool = False
    loads: bool = False
    again: bool = False
    cause: str = ""
    late: float = 0.0
    seconds: float = 0.0


class Rig:
    """One window, driven as a person drives it, and what it said meanwhile."""

    def __init__(self, home: Path) -> None:
        from PySide6.QtCore import QTimer

        from netbuilder.app import main as main_module
        from netbuilder.app import theme
        from netbuilder.app.main import application
        from netbuilder.app.preferences import Preferences
        from netbuilder.app.window import MainWindow
        from netbuilder.engine import silence

        silence.SILENT_S, silence.STUCK_S = 3.0, 5.0
        self.home, self.file = home, home / "fault"
        self.code = CODE.format(file=str(self.file))
        trusted.trust(self.code)
        self.faulty = project(
            Node("data", "spirals", {"arms": 3, "points": 300}),
            HIDDEN,
            Node("own", "custom", {"code": self.code}),
        )
        self.good = project(Node("data", "spirals", {"arms": 3, "points": 60}), HIDDEN, epochs=1)
        self.app = application([])
        theme.apply(self.app, "dark")
        self.unforeseen: list[str] = []
        sys.excepthook = self._unforeseen
        self.window = window = MainWindow(Preferences())
        window.resize(1440, 900)
        window.files.ask_to_save = lambda title: "discard"
        window.elsewhere.ask = lambda name: "stop"
        self.events: list[object] = []
        window.session.events.connect(self.events.extend)
        self.other: subprocess.Popen[bytes] | None = None
        self._ticked, self.late = time.monotonic(), 0.0
        self._timer = QTimer(window)
        self._timer.setInterval(16)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        window.show()
        window.begin()
        loading = threading.Thread(target=main_module._load)  # as the program does
        loading.start()
        self.until(lambda: window.session.state == "idle" and not loading.is_alive())

    def _unforeseen(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        self.unforeseen.append(repr(error))
        traceback.print_exception(kind, error, trace)

    def own_time(self) -> None:
        """What took time just now was done by this script, not by the window."""
        self._ticked = time.monotonic()

    def _tick(self) -> None:
        now = time.monotonic()
        self.late = max(self.late, now - self._ticked)
        self._ticked = now

    @property
    def pid(self) -> int:
        """Process id of the engine."""
        client = self.window.session._client
        assert client is not None
        assert client.pid is not None
        return client.pid

    def wait(self, seconds: float) -> None:
        """Let the window live for a while."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def until(self, condition: Callable[[], object], seconds: float = PATIENCE_S) -> None:
        """Wait for something; TimeoutError if it does not come."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                said = [t.text() for t in self.window.toasts.visible()]
                state = self.window.session.state
                events = [type(e).__name__ for e in self.events]
                raise TimeoutError(f"nothing came; {state}, {events[:5]}, said: {said}")
            self.wait(0.02)

    def happened(self, name: str) -> bool:
        """Whether an event of this name came since the last run began."""
        return any(type(e).__name__ == name for e in self.events)

    def train(self, what: Project) -> str:
        """Press Run; gives the folder once steps were made and a checkpoint is there."""
        self.window.document.new(what)
        self.window.document.recheck()
        self.until(lambda: not self.window.document.check.errors)
        self.events.clear()
        self.window.toasts.clear()
        self.window.trainer.run()
        self.until(lambda: self.happened("EpochDone"))
        return self.window.session.run or ""

    def told(self, words: str) -> str:
        """Wait for a sentence with these words; gives it."""
        found = lambda: [t.text() for t in self.window.toasts.visible() if words in t.text()]  # noqa: E731
        self.until(found)
        return found()[-1]

    def click(self, link: str) -> None:
        """Click on the link of a message."""
        for toast in self.window.toasts.visible():
            if toast.link is not None and toast.link.text() == link:
                toast.link.click()
                return
        raise TimeoutError(f"there is no link {link}")

    def goes_on(self, folder: str) -> bool:
        """Whether the last checkpoint is finite and the run goes on from it."""
        import torch

        from netbuilder.training import checkpoint

        saved = checkpoint.read(Path(folder) / "checkpoints" / "last.safetensors")
        finite = all(torch.isfinite(t).all() for t in saved.tensors.values())
        self.own_time()
        self.until(lambda: self.window.session.state not in ("running", "paused"))
        self.events.clear()
        self.window.trainer.resume(folder)
        self.until(lambda: self.happened("Steps"))
        step = next(e.step for e in self.events if type(e).__name__ == "Started")  # type: ignore[attr-defined]
        self.stop()
        return finite and step == saved.values["step"]

    def steps(self) -> None:
        """Wait for more steps of the run."""
        self.events.clear()
        self.until(lambda: self.happened("Steps"))

    def stop(self) -> None:
        """Press Stop."""
        self.window.session.stop()
        self.until(lambda: self.window.session.state == "stopped")

    def leave(self) -> None:
        """End what an unmet fault left going, so that the next one is judged by itself."""
        client = self.window.session._client
        if client is not None and self.window.session.state in ("running", "paused"):
            client.kill("")
            self.until(lambda: self.window.session.state not in ("running", "paused"))

    def trains(self) -> bool:
        """Whether the next run comes to its end."""
        self.window.document.new(self.good)
        self.events.clear()
        self.window.trainer.run()
        self.until(lambda: self.happened("Finished") or self.happened("Failed"))
        return self.happened("Finished")

    # --- the faults: each gives the run that met it, and the sentence -----------------------

    def by_code(self, fault: str, words: str) -> tuple[str, str]:
        folder = self.train(self.faulty)
        self.file.write_text(fault)
        try:
            return folder, self.told(words)
        finally:
            self.file.unlink()

    def memory(self) -> tuple[str, str]:
        folder, said = self.by_code("memory", "The memory was not enough in own")
        before = self.window.document.project.training.batch_size
        self.click(f"Set the batch size to {before // 2}")
        if self.window.document.project.training.batch_size != before // 2:
            raise TimeoutError("the batch size was not set")
        return folder, said

    def device(self) -> tuple[str, str]:
        pid = self.pid
        folder, said = self.by_code("device", "The graphics card stopped computing")
        self.until(lambda: self.window.session.engine is not None and self.pid != pid)
        return folder, said

    def segfault(self) -> tuple[str, str]:
        return self.by_code("segfault", "The engine crashed (SIGSEGV)")

    def exit(self) -> tuple[str, str]:
        return self.by_code("exit", "The engine ended with code 3")

    def hang(self, fault: str = "hang", words: str = "A step has not ended") -> tuple[str, str]:
        folder = self.train(self.faulty)
        on = Path(f"{self.file}.on")
        on.touch()
        self.file.write_text(fault)
        said = self.told(words)
        self.file.unlink()
        self.events.clear()
        self.click("Restart the engine")
        self.until(lambda: self.happened("Steps"))  # it goes on by itself
        on.unlink()
        self.stop()
        return folder, said

    def hang_in_c(self) -> tuple[str, str]:
        return self.hang("hang in C", "The engine has not answered")

    def nan(self) -> tuple[str, str]:
        return self.by_code("nan", "The loss became NaN")

    def disk(self) -> tuple[str, str]:
        runs = self.home / "runs"
        with _small_disk(runs, self.pid) as fill:
            folder = self.train(self.faulty)
            fill()
            said = self.told("disk is full")
        self.kept = folder
        return folder, said

    def deleted(self) -> tuple[str, str]:
        table = self.home / "flowers.csv"
        table.write_text(_TABLE)
        rows = project(Node("data", "csv", {"path": str(table)}), HIDDEN)
        folder = self.train(rows)
        table.unlink()
        self.steps()  # it has its data and does not notice
        self.stop()
        self.window.toasts.clear()
        self.window.session.train(resume=folder)
        said = self.told("flowers.csv")
        table.write_text(_TABLE)
        return folder, said

    def corrupt(self) -> tuple[str, str]:
        table = self.home / "flowers.csv"
        table.write_text(_TABLE)
        folder = self.train(project(Node("data", "csv", {"path": str(table)}), HIDDEN))
        self.stop()
        table.write_bytes(_TABLE.encode()[:-40] + b"\n1.0,?,\x00\xff")
        self.window.toasts.clear()
        self.window.session.train(resume=folder)
        said = self.told("flowers.csv")
        table.write_text(_TABLE)
        return folder, said

    def image(self) -> tuple[str, str]:
        import numpy as np
        from PIL import Image

        pictures, random = self.home / "pictures", np.random.default_rng(0)
        for name in (f"{kind}/{i}.png" for kind in "abc" for i in range(20)):
            path = pictures / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(random.integers(0, 255, (8, 8, 3), np.uint8)).save(path)
        self.own_time()
        data = Node("data", "image_folder", {"path": str(pictures), "height": 8, "width": 8})
        folder = self.train(project(data, Node("flat", "flatten"), HIDDEN))
        broken = pictures / "b" / "7.png"
        broken.write_bytes(broken.read_bytes()[:60])
        self.steps()  # it has its data
        self.stop()
        self.window.toasts.clear()
        self.events.clear()
        self.window.session.train(resume=folder)
        said = self.told("b/7.png cannot be used and is left out")
        self.counted(folder, "b/7.png")
        self.stop()
        return folder, said

    def rows(self) -> tuple[str, str]:
        import numpy as np

        arrays, random = self.home / "rows.npz", np.random.default_rng(0)
        x, label = random.standard_normal((120, 4), np.float32), np.arange(120) % 3
        np.savez(arrays, x=x, label=label)
        streamed = {"speed": {"compile": "off"}, "data": {"streaming": "on"}}
        data = Node("data", "numpy_file", {"path": str(arrays)})
        folder = self.train(project(data, HIDDEN, settings=streamed))
        with arrays.open("r+b") as file:  # in place, while it is mapped
            file.seek(file.read().index(x[0].tobytes()))
            file.write(np.full_like(x[:100], np.nan).tobytes())
        said = self.told("cannot be used and are left out: a value is not a finite number")
        self.steps()  # with those that are left
        self.stop()
        self.counted(folder, "rows.npz, row ")
        np.savez(arrays, x=x, label=label)
        return folder, said

    def counted(self, folder: str, name: str) -> None:
        """Make sure that the run's record names and counts what was left out."""
        from netbuilder.training.run import Run

        with Run(Path(folder)).record() as record:
            named, count = record.bad()
        if not count or count != len(named) or not all(name in bad for bad, _ in named):
            raise TimeoutError(f"the record has {named[:3]}, {count}")

    def helper(self) -> tuple[str, str]:
        beside = replace(self.good.training, epochs=100_000, settings={})
        folder = self.train(replace(self.good, training=beside))
        self.until(lambda: _children(self.pid))
        for child in _children(self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.until(lambda: not _children(self.pid))
        self.steps()
        self.stop()
        return folder, "(the run goes on without it)"

    def stopped(self) -> tuple[str, str]:
        folder = self.train(self.faulty)
        os.kill(self.pid, signal.SIGSTOP)
        said = self.told("The engine has not answered")
        for _ in range(20):  # more than a pipe takes: the window must not wait
            self.window.session.ask("data", {"filler": b"x" * 100_000}, lambda a: None)
        self.wait(0.3)
        os.kill(self.pid, signal.SIGCONT)
        self.until(lambda: said not in [t.text() for t in self.window.toasts.visible()])
        self.steps()
        self.stop()
        return folder, said

    def open_other(self) -> None:
        """Open the window that is to be killed; it waits until it is told to train."""
        if self.other is None:
            command = [sys.executable, __file__, "--window"]
            with (self.home / "other").open("w") as out:
                self.other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out)

    def window_killed(self) -> tuple[str, str]:
        from netbuilder.training.run import Run

        self.open_other()
        other, self.other = self.other, None
        assert other is not None
        assert other.stdin is not None
        told = self.home / "other"
        try:
            other.stdin.close()
            self.until(lambda: told.read_text().endswith("\n"))
        finally:
            other.kill()
            other.wait()
        engine, folder = told.read_text().strip().split(maxsplit=1)
        self.until(lambda: not _lives(int(engine)), 15)
        return folder, f"(its run is kept: {Run(Path(folder)).state})"


FAULTS: dict[str, Callable[[Rig], tuple[str, str]]] = {
    "out of memory": Rig.memory,
    "device assert (said, not met)": Rig.device,
    "segmentation fault": Rig.segfault,
    "os._exit": Rig.exit,
    "step that never ends": Rig.hang,
    "step that never ends, in C": Rig.hang_in_c,
    "NaN": Rig.nan,
    "disk full": Rig.disk,
    "data file deleted": Rig.deleted,
    "data file damaged": Rig.corrupt,
    "image damaged": Rig.image,
    "rows damaged while streamed": Rig.rows,
    "helper process killed": Rig.helper,
    "engine stopped (SIGSTOP)": Rig.stopped,
    "window killed": Rig.window_killed,
}

_TABLE = "a,b,kind\n" + "".join(f"{i % 7}.5,{i % 5}.25,{'xyz'[i % 3]}\n" for i in range(120))


@contextlib.contextmanager
def _small_disk(folder: Path, pid: int) -> Iterator[Callable[[], None]]:
    """Runs on a file system of 4 MB that can be filled; or, where none can be mounted, an
    engine whose files may not grow. Yields what fills it. The runs are kept afterwards."""
    import shutil

    folder.mkdir(exist_ok=True)
    mounted = (
        sys.platform == "linux"
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)], capture_output=True
        ).returncode
    )
    if not mounted:
        import resource

        soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        yield lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, hard))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
        return
    filler = folder / "filler"

    def fill() -> None:
        with contextlib.suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(b"x" * 4096)
                file.flush()

    beside = folder.parent / "runs_kept"
    try:
        yield fill
        filler.unlink(missing_ok=True)
        shutil.copytree(folder, beside, dirs_exist_ok=True)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
    shutil.copytree(beside, folder, dirs_exist_ok=True)
    shutil.rmtree(beside)


def _children(pid: int) -> list[int]:
    """Processes that a process started, those of its helpers included."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(stat.parent.name))
    return found


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def other_window(home: Path) -> None:
    """A window of its own that trains, when told to, until somebody kills it."""
    rig, parent = Rig(home), os.getppid()
    told = threading.Thread(target=sys.stdin.read)
    told.start()
    while told.is_alive():
        rig.wait(0.2)
    folder = rig.train(rig.faulty)
    print(rig.pid, folder, flush=True)
    while os.getppid() == parent:
        rig.wait(0.5)


def met(rig: Rig, name: str) -> Result:
    """One fault, and what came of it."""
    result = Result()
    rig.late, begin = 0.0, time.monotonic()
    try:
        folder, result.cause = FAULTS[name](rig)
        result.named = True
        result.loads = rig.goes_on(folder)
        result.again = rig.trains()
    except (TimeoutError, StopIteration, ValueError, OSError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        rig.leave()
    result.late = rig.late
    result.lived = rig.window.isVisible() and not rig.unforeseen
    rig.unforeseen.clear()
    rig.file.unlink(missing_ok=True)
    result.seconds = time.monotonic() - begin
    return result


def main(rounds: int, names: list[str], home: Path) -> bool:
    """The table; True if all is well."""
    import torch  # noqa: F401  # only to read checkpoints, and not while the window is timed

    rig = Rig(home)
    results: dict[str, list[Result]] = {name: [] for name in names}
    for number in range(rounds):
        if "window killed" in names:
            rig.open_other()  # while the others go on: it takes longest
        for name in names:
            results[name].append(met(rig, name))
            print(f"{number + 1}: {name}: {results[name][-1]}", file=sys.stderr, flush=True)
    rig.window.document.stack.setClean()
    rig.window.close()
    print(f"{'of ' + str(rounds):30s} lived  named  loads  trains  ms  what was said")
    for name, all_ in results.items():
        counts = [sum(getattr(r, k) for r in all_) for k in ("lived", "named", "loads", "again")]
        late = max(r.late for r in all_) * 1000
        figures = "  ".join(f"{n:5d}" for n in counts)
        print(f"{name:30s} {figures}  {late:4.0f}  {all_[-1].cause}")
    every = [r for all_ in results.values() for r in all_]
    latest = max(r.late for r in every)
    good = latest < LATE_S and all(r.lived and r.named and r.loads and r.again for r in every)
    print(f"longest wait of the window: {latest * 1000:.0f} ms   {'met' if good else 'not met'}")
    return good


if __name__ == "__main__":
    if "--window" in sys.argv:
        other_window(Path(os.environ["NETBUILDER_HOME"]))
    else:
        wanted = [name for name in FAULTS if any(a in name for a in sys.argv[2:])]
        with tempfile.TemporaryDirectory() as folder:
            os.environ["NETBUILDER_HOME"] = folder
            rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
            good = main(rounds, wanted or list(FAULTS), Path(folder))
        sys.exit(not good)
