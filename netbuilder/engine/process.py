"""The engine process: one thread trains, one answers questions, the main one listens.

So a pause takes one step however long an answer takes, and a fault of torch or CUDA ends
this process, never the window. Importing this module does not load torch.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import os
import queue
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from netbuilder.data.reading import heard_by
from netbuilder.engine.messages import (
    Answer,
    Ask,
    LookAt,
    Pause,
    Pulse,
    Quit,
    Ready,
    Reply,
    Request,
    Resume,
    SetLearningRate,
    StepOnce,
    Stop,
    Told,
    Train,
)
from netbuilder.training.events import Event, Failed, Finished, Read, Refused
from netbuilder.training.run import Run
from netbuilder.training.waiting import wait_asleep

if TYPE_CHECKING:
    from netbuilder.engine.weights import Weights
    from netbuilder.training.control import Control

#: Seconds a run has to save itself when the engine is asked to end, or is orphaned.
_PATIENCE_S = 1.5
#: Seconds between two signs of life.
_PULSE_S = 1.0
#: Seconds without a question after which the engine loads the next of what the first run needs,
#: while the person still looks around. Torch itself loads `torch._dynamo`, for some three
#: seconds, when the first optimiser is made.
_IDLE_S = 0.3
_LATER = ("netbuilder.training.loop", "torch._dynamo", "torchmetrics")
#: A thread that computes an answer in Python gives way to the training after this long. With
#: Python's 5 ms the live views took 12 % of the training's speed, so 5 % (784-128-10).
_SWITCH_S = 5e-5


def engine_main(connection: Connection) -> None:
    """Entry point of the spawned process; returns when asked to quit or orphaned."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    if sys.stderr is not None:
        faulthandler.enable()
    wait_asleep()
    sys.setswitchinterval(_SWITCH_S)
    Engine(connection).serve()
    # Threads may be deep in torch; nothing of value is left in this process.
    os._exit(0)


class Engine:
    """Serves one connection."""

    def __init__(self, connection: Connection) -> None:
        import torch

        from netbuilder.training import devices

        devices.use_threads()
        self._connection = connection
        self._sending = threading.Lock()
        self._control: Control | None = None
        self._training: threading.Thread | None = None
        self._busy = False
        self._questions: queue.SimpleQueue[Ask] = queue.SimpleQueue()
        # str: a TorchVersion would make the window import torch to read it.
        self._tell(Ready(str(torch.__version__), devices.available()))
        from netbuilder.engine.weights import Weights

        self._weights: Weights = Weights()

    def serve(self) -> None:
        """Handle requests until the end."""
        threading.Thread(target=self._answering, name="answers", daemon=True).start()
        threading.Thread(target=self._beating, name="pulse", daemon=True).start()
        with contextlib.suppress(EOFError, OSError), heard_by(self._read):  # the parent is gone
            while True:
                request: Request = self._connection.recv()
                if isinstance(request, Quit):
                    break
                self._handle(request)
        if self._control is not None and self._training is not None:
            self._control.abandon()
            self._training.join(_PATIENCE_S)

    def _handle(self, request: Request) -> None:
        match request:
            case Train():
                self._start(request)
            case Ask():
                self._questions.put(request)
            case LookAt():
                self._weights.look_at(Run(Path(request.folder)))
            case Quit():
                pass
            case _ if self._control is None or not self._busy:
                pass  # the run ended before this arrived
            case Pause():
                self._control.pause()
            case Resume():
                self._control.resume()
            case StepOnce():
                self._control.step()
            case Stop(after_epoch=True):
                self._control.finish_epoch()
            case Stop():
                self._control.stop()
            case SetLearningRate():
                self._control.set_learning_rate(request.optimiser, request.value)

    def _tell(self, reply: Reply) -> None:
        with self._sending, contextlib.suppress(OSError):
            self._connection.send(reply)

    def _read(self, what: str, done: int, total: int) -> None:
        if self._control is not None:
            self._control.moved = time.perf_counter()  # it does not hang
        self._tell(Told(Read(what, done, total)))

    def _beating(self) -> None:
        while True:
            control = self._control
            self._tell(Pulse(control.stalled if control is not None and self._busy else 0.0))
            time.sleep(_PULSE_S)

    # --- training ----------------------------------------------------------------------

    def _start(self, request: Train) -> None:
        if self._busy:
            self._tell(Told(Refused("A run is in progress; stop it first.", 0)))
            return
        from netbuilder.training.control import Control

        self._control, self._busy = Control(), True
        self._training = threading.Thread(
            target=self._train, args=(request, self._control), name="training", daemon=True
        )
        self._training.start()

    def _train(self, request: Train, control: Control) -> None:
        from netbuilder.training.loop import train

        resume = Path(request.resume) if request.resume is not None else None
        end: Event
        try:
            with self._weights.training(control):
                for event in train(request.project, resume=resume, control=control):
                    self._weights.follow(event)
                    if isinstance(event, (Finished, Failed)):
                        end = event
                    else:
                        self._tell(Told(event))
        except Exception as error:
            end = Failed(f"Training ended unexpectedly: {error}".splitlines()[0])
        # Told last, so that whoever hears of the end can start the next run at once.
        self._busy = False
        self._tell(Told(end))

    # --- answering ---------------------------------------------------------------------

    def _answering(self) -> None:
        from netbuilder.engine.answers import answer

        later = list(_LATER)
        while True:
            try:
                question = self._questions.get(timeout=_IDLE_S if later else None)
            except queue.Empty:
                if not self._busy:  # a run loads what it needs, and should not wait for the rest
                    with contextlib.suppress(Exception):  # whoever needs it meets the fault
                        importlib.import_module(later.pop(0))
                continue
            try:
                self._tell(answer(question, self._weights))
            except Exception as error:  # such as no memory to send it: others are still answered
                why = f"{question.about} could not be answered: {error or type(error).__name__}"
                self._tell(Answer(question.id, None, why.splitlines()[0]))
