"""The window's end of the engine: starts the process, sends requests, collects replies.

Loads without torch. A reader thread does nothing but move replies from the pipe into a
queue; whoever shows them drains it with `poll` on a timer of its own.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from netbuilder.engine.messages import Ask, EngineDied, Quit, Reply, Request
from netbuilder.engine.process import engine_main
from netbuilder.graph import Project

#: Seconds an engine has to end by itself.
_PATIENCE_S = 2.0


class EngineClient:
    """One engine process at a time. Safe to use from any thread.

    on_reply: called on the reader thread after a reply was queued, for instance to wake
    an event loop; it must not block. The process starts at once; `Ready` tells when it
    can compute.
    """

    def __init__(self, on_reply: Callable[[Reply], None] | None = None) -> None:
        self._on_reply = on_reply
        self._replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._ids = itertools.count(1)
        self._starting = threading.Lock()
        self._link: _Link | None = None
        self.restart()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        link = self._link
        return link is not None and link.process.is_alive()

    @property
    def pid(self) -> int | None:
        """Process id of the engine."""
        return self._link.process.pid if self._link is not None else None

    def send(self, request: Request) -> bool:
        """Send a request; False if the engine is gone, which `poll` tells too."""
        link = self._link
        return link is not None and link.send(request)

    def ask(self, about: str, project: Project, **arguments: Any) -> int:
        """Send a question; its `Answer` will carry the id that is returned."""
        question = Ask(next(self._ids), about, project, arguments)
        self.send(question)
        return question.id

    def poll(self) -> list[Reply]:
        """Everything that has arrived since the last call, in order."""
        found = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._replies.get_nowait())
        return found

    def wait(self, timeout: float) -> Reply | None:
        """The next reply, or None after `timeout` seconds. For programs without a loop."""
        try:
            return self._replies.get(timeout=timeout)
        except queue.Empty:
            return None

    def restart(self) -> None:
        """A fresh process; the one before is ended. Runs are resumed with `Train`."""
        with self._starting:
            self._end()
            self._link = _Link(self._put)

    def kill(self, why: str) -> None:
        """End a process that does not answer; `EngineDied` comes with the sentence `why`."""
        with self._starting:
            if self._link is not None:
                self._link.kill(why)

    def close(self) -> None:
        """End the process: by request, after 2 s by force. A run is saved as it stands."""
        with self._starting:
            self._end()

    def _put(self, reply: Reply) -> None:
        self._replies.put(reply)
        if self._on_reply is not None:
            self._on_reply(reply)

    def _end(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.end()


class _Link:
    """One process, its pipe, the thread that reads it and the one that writes to it.

    A pipe takes a few hundred kB; a process that is stopped or hangs reads none of it. Whoever
    sends must not wait for it then, so requests go through a queue.
    """

    def __init__(self, put: Callable[[Reply], None]) -> None:
        context = multiprocessing.get_context("spawn")  # CUDA does not survive a fork
        self.connection: Connection
        self.connection, theirs = context.Pipe()
        self.process = context.Process(
            target=engine_main, args=(theirs,), name="netbuilder-engine", daemon=True
        )
        self.process.start()
        theirs.close()  # ours must be the only copy, or the end of the process goes unseen
        self._put = put
        self._ending = self._gone = False
        self._why: str | None = None
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="engine-writer", daemon=True)
        self._writer.start()
        self._reader = threading.Thread(target=self._read, name="engine-reader", daemon=True)
        self._reader.start()

    def send(self, request: Request) -> bool:
        if not self._gone:
            self._requests.put(ForkingPickler.dumps(request))
        return not self._gone

    def _write(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # a closed or broken pipe
            while (data := self._requests.get()) is not None:
                self.connection.send_bytes(data)
        self._gone = True

    def kill(self, why: str) -> None:
        self._why = why
        self.process.kill()

    def _read(self) -> None:
        try:
            while True:
                self._put(self.connection.recv())
        except (EOFError, OSError):
            pass
        self._gone = True
        if not self._ending:
            self.process.join(1.0)
            code = self.process.exitcode
            why = _sentence(code) if self._why is None else self._why
            self._put(EngineDied(code, why))

    def end(self) -> None:
        self._ending = True
        self.send(Quit())
        self.process.join(_PATIENCE_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self._requests.put(None)
        self._reader.join(_PATIENCE_S)
        self._writer.join(_PATIENCE_S)
        self.connection.close()
        self.process.close()


def _sentence(exitcode: int | None) -> str:
    """Why the engine ended, for the person."""
    if exitcode is None or exitcode == 0:
        return "The engine closed its connection."
    if exitcode > 0:
        return f"The engine ended with code {exitcode}."
    try:
        name = signal.Signals(-exitcode).name
    except ValueError:
        name = f"signal {-exitcode}"
    if name == "SIGKILL":
        return "The engine was killed, perhaps for lack of memory."
    return f"The engine crashed ({name})."
