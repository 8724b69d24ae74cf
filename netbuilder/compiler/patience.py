"""Something is done for so long and no longer, even if it is a loop without an end."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
_LOOK_S = 0.05
_TRIES = 20
#: How many times as long it may take where others have the processor, or where it sleeps.
_WAITED = 6


class TooLong(BaseException):
    """Raised inside what takes too long; not an Exception, so that code does not catch it."""


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """What `work` returns or raises; TimeoutError if it computes for longer than this.

    It runs on a thread of its own, which is told to end again and again. What cannot be
    interrupted, such as one long call of a library, goes on there and is no longer waited for.
    """
    done: list[Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # also an exit, which must not take the thread's owner
            failed.append(error)

    thread = threading.Thread(target=run, name="patience", daemon=True)
    thread.start()
    began, computed = time.monotonic(), time.process_time()
    while thread.is_alive() and (waited := time.monotonic() - began) < _WAITED * seconds:
        if waited > seconds and time.process_time() - computed > seconds:
            break
        thread.join(_LOOK_S)
    late = thread.is_alive()
    for _ in range(_TRIES):
        if not thread.is_alive() or thread.ident is None:
            break
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(TooLong)
        )
        thread.join(_LOOK_S)
    if late or (failed and isinstance(failed[0], TooLong)):
        raise TimeoutError
    if failed:
        raise failed[0]
    return done[0]
