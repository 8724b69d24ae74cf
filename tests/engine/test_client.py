"""The engine as the window sees it: a process that trains, answers, dies and comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netbuilder.engine.client import EngineClient, _sentence
from netbuilder.engine.messages import (
    Answer,
    EngineDied,
    Pause,
    Ready,
    Reply,
    Resume,
    SetLearningRate,
    StepOnce,
    Stop,
    Told,
    Train,
)
from netbuilder.graph import Project
from netbuilder.training import checkpoint
from netbuilder.training.events import (
    EpochDone,
    Failed,
    Finished,
    Paused,
    RateChanged,
    Refused,
    Resumed,
    Started,
)
from netbuilder.training.loop import train

Making = Callable[..., Project]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineClient]:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    client = EngineClient()
    try:
        yield client
    finally:
        client.close()


def until(client: EngineClient, kind: type, seconds: float = 60) -> Reply:
    """The next reply, or the next event, of a kind."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        reply = client.wait(end - time.monotonic())
        if isinstance(reply, kind):
            return reply
        if isinstance(reply, Told) and isinstance(reply.event, kind):
            return reply.event
        assert not isinstance(reply, EngineDied), reply
    raise AssertionError(f"no {kind.__name__} within {seconds} s")


@pytest.mark.slow
def test_it_trains_obeys_and_answers(engine: EngineClient, classifier: Making) -> None:
    ready = until(engine, Ready)
    assert "cpu" in ready.devices
    project = classifier(epochs=4000)
    engine.send(Train(project))
    started = until(engine, Started)
    engine.send(Pause())
    at = until(engine, Paused).step
    engine.send(StepOnce())
    assert until(engine, Paused).step == at + 1
    number = engine.ask("predict", project, rows=[0, 1])
    answer = until(engine, Answer)
    assert (answer.id, answer.error) == (number, None)
    assert answer.result["weights"] == {"origin": "training", "run": started.run, "step": at + 1}
    engine.send(SetLearningRate("main", 0.01))
    assert until(engine, RateChanged) == RateChanged(at + 1, "main", 0.01, 0.01)
    engine.send(Train(project))
    assert "in progress" in until(engine, Refused).message
    engine.send(Resume())
    assert until(engine, Resumed).step == at + 1
    assert until(engine, EpochDone).learning_rates == {"main": 0.01}
    engine.ask("saliency", project, sample=1)
    assert until(engine, Answer).result["weights"]["step"] > at
    engine.send(Stop())
    assert until(engine, Finished).stopped
    engine.send(Train(project))
    started = until(engine, Started)
    until(engine, EpochDone)
    engine.send(Stop(after_epoch=True))
    ended = until(engine, Finished)
    assert (ended.stopped, ended.step % started.steps_per_epoch) == (True, 0)
    engine.send(Train(classifier(epochs=3)))
    finished = until(engine, Finished)
    assert not finished.stopped
    # Across processes, too, the same seed gives the same figures.
    assert finished.test == list(train(classifier(epochs=3)))[-1].test


@pytest.mark.slow
def test_killed_while_training_it_says_so_and_a_new_one_resumes(
    engine: EngineClient, classifier: Making
) -> None:
    until(engine, Ready)
    project = classifier(epochs=300)
    engine.send(Train(project))
    started = until(engine, Started)
    for _ in range(3):
        until(engine, EpochDone)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    begin = time.monotonic()
    while not isinstance(died := engine.wait(5), EngineDied):
        assert died is not None
    assert time.monotonic() - begin < 1
    assert died.exitcode == -signal.SIGKILL
    assert "killed" in died.message
    assert not engine.alive
    assert not engine.send(Stop())

    engine.restart()
    until(engine, Ready)
    engine.send(Train(project, resume=started.folder))
    again = until(engine, Started)
    assert again.run == started.run
    finished = until(engine, Finished)
    alone = list(train(project))
    assert finished.test == alone[-1].test
    a, b = (
        checkpoint.read(Path(folder) / "checkpoints" / "last.safetensors").tensors
        for folder in (finished.folder, alone[0].folder)
    )
    assert all((a[k] == b[k]).all() for k in b)


@pytest.mark.slow
def test_a_fault_of_a_run_leaves_the_engine_alive(engine: EngineClient, classifier: Making) -> None:
    until(engine, Ready)
    engine.send(Train(classifier(batch_size=0)))
    assert "Batch size" in until(engine, Failed).message
    engine.send(Train(classifier(), resume="/nowhere"))
    assert "There is no run /nowhere" in until(engine, Failed).message
    engine.send(Train(classifier(epochs=1)))
    assert until(engine, Finished).epoch == 1
    assert engine.alive


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="stops by signal")
def test_a_stopped_engine_holds_nobody_up_and_can_be_ended(
    engine: EngineClient, classifier: Making
) -> None:
    until(engine, Ready)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSTOP)
    begin = time.monotonic()
    for _ in range(50):  # far more than a pipe takes
        engine.ask("data", classifier(), filler=b"x" * 100_000)
    assert time.monotonic() - begin < 5  # a pipe that is full would wait for ever
    engine.kill("It was stopped.")
    while not isinstance(reply := engine.wait(10), EngineDied):
        assert reply is not None
    assert reply.message == "It was stopped."
    engine.restart()
    until(engine, Ready)


_ORPHAN = """
import os, signal
from netbuilder.engine.client import EngineClient
if __name__ == "__main__":
    client = EngineClient()
    client.wait(60)
    print(client.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_an_orphaned_engine_ends_itself(tmp_path: Path) -> None:
    program = tmp_path / "window.py"
    program.write_text(_ORPHAN)
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, timeout=60, check=False
    )
    pid = int(done.stdout)
    end = time.monotonic() + 10
    while time.monotonic() < end and _runs(pid):
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # An orphan that ended may still stand in the table until its new parent looks.
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.slow
def test_the_window_stays_without_torch() -> None:
    code = (
        "import sys; import netbuilder.engine.client, netbuilder.training.settings;"
        "print([m for m in ('torch', 'scipy', 'sklearn', 'PySide6') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("code", "part"),
    [(-9, "was killed"), (-11, "SIGSEGV"), (3, "code 3"), (None, "closed"), (-1000, "signal 1000")],
)
def test_why_it_ended_is_one_sentence(code: int | None, part: str) -> None:
    assert part in _sentence(code)
    assert _sentence(code).count(".") == 1
