"""After a crash of the window itself: the next one offers what was not saved, and has it all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from netbuilder.app.window import MainWindow
from netbuilder.folders import recovery
from netbuilder.graph import Project
from netbuilder.graph.file import load, save

pytestmark = pytest.mark.slow
Open = Callable[..., MainWindow]

#: A window in which somebody edits by keyboard, ten times a second, saying each edit.
EDITING = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from netbuilder.app import theme
from netbuilder.app.main import application
from netbuilder.app.window import MainWindow

app = application([])
theme.apply(app, "dark")
window = MainWindow()
window.files.open_path(Path(sys.argv[1]))
window.show()
window.activateWindow()
app.processEvents()
window.canvas.setFocus()
window.canvas.select(["tanh_1"])
count = 0

def edit():
    global count
    count += 1
    QTest.keyClick(window.canvas, Qt.Key.Key_Right)
    print(count, window.document.project.graph["tanh_1"].position[0], flush=True)

timer = QTimer()
timer.timeout.connect(edit)
timer.start(100)
app.exec()
"""


def crash_while_editing(path: Path, after: int) -> float:
    """Edit in a window of another process, kill it, and say where the node was by then."""
    process = subprocess.Popen(
        [sys.executable, "-c", EDITING, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    place = ""
    for line in process.stdout:
        number, place = line.split()
        if int(number) >= after:
            break
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read().splitlines()
    process.wait()
    process.stdout.close()
    return float(rest[-1].split()[1] if rest else place)


def test_nothing_is_lost_by_a_crash(
    open_window: Open, blobs: Callable[..., Project], tmp_path: Path
) -> None:
    path = tmp_path / "mine.netbuilder"
    save(blobs(), path)
    before = path.read_bytes()
    last = crash_while_editing(path, after=12)
    assert path.read_bytes() == before  # the file is as it was saved
    assert len(list(recovery().glob("*.journal"))) == 1

    window = open_window()
    window.recovery.offer()
    (toast,) = window.toasts.visible()
    assert toast.text() == ("Unsaved work of blobs was found: NetBuilder did not close properly.")
    assert window.document.path is None  # offered, not forced
    assert toast.link is not None
    QTest.mouseClick(toast.link, Qt.MouseButton.LeftButton)
    assert window.document.path == path
    assert not window.document.clean
    # Ten edits a second: the one being written may be lost, a second of them may not.
    assert last - window.document.project.graph["tanh_1"].position[0] <= 8.0
    assert window.toasts.visible()[-1].text() == "Recovered blobs; save it to keep it."
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert load(path).project == window.document.project
    assert list(recovery().glob("*.journal")) == []


def test_declining_keeps_the_work(
    open_window: Open, blobs: Callable[..., Project], tmp_path: Path
) -> None:
    path = tmp_path / "mine.netbuilder"
    save(blobs(), path)
    crash_while_editing(path, after=3)
    first = open_window()
    first.recovery.offer()
    first.toasts.visible()[0].dismiss()
    first.close()
    second = open_window()
    second.recovery.offer()
    assert len(second.toasts.visible()) == 1
    second.menus.by_name["recover"].trigger()
    assert second.document.path == path


def test_work_open_in_another_window_is_not_offered(
    open_window: Open, blobs: Callable[..., Project]
) -> None:
    first = open_window(blobs())
    first.canvas.select(["tanh_1"])
    first.canvas.setFocus()
    QTest.keyClick(first.canvas, Qt.Key.Key_Right)
    assert len(list(recovery().glob("*.journal"))) == 1
    second = open_window()
    second.recovery.offer()
    assert second.toasts.visible() == []
    second.menus.by_name["recover"].trigger()
    assert second.toasts.visible()[-1].text() == "There is no unsaved work left to recover."


def test_the_program_starts_after_a_crash(
    qtbot: QtBot, blobs: Callable[..., Project], tmp_path: Path
) -> None:
    """The real entry point, twice: killed as a whole, and no engine outlives its window."""
    path = tmp_path / "mine.netbuilder"
    save(blobs(), path)
    process = subprocess.Popen([sys.executable, "-m", "netbuilder", str(path)])
    engines: list[int] = []
    end = time.monotonic() + 60
    while not engines and time.monotonic() < end:
        time.sleep(0.2)
        engines = children(process.pid)
    assert engines
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    end = time.monotonic() + 30
    while any(runs(pid) for pid in engines) and time.monotonic() < end:
        time.sleep(0.2)
    assert not any(runs(pid) for pid in engines)


def children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        pytest.skip("this system does not list the children of a process")
    return [int(child) for child in text.split()]


def runs(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
