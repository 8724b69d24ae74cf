"""From whatever went wrong in a run to one sentence: what, where, what to do."""

from __future__ import annotations

import errno
import sqlite3
from typing import Any

import torch

from netbuilder.compiler import CompileError
from netbuilder.graph import Training
from netbuilder.training.checkpoint import NotFinite
from netbuilder.training.events import Failed
from netbuilder.training.losses import NonFinite

_NO_ROOM = ("can't allocate memory", "CUDA out of memory", "bad_alloc", "not enough memory")
_GONE = (
    "device-side assert",
    "illegal memory access",
    "unspecified launch failure",
    "misaligned address",
    "illegal instruction",
    "unrecoverable",
)


class TrainingError(ValueError):
    """A project that cannot be trained as it is, as one plain sentence."""


def failed(
    error: Exception,
    *,
    training: Training,
    source: Any = None,
    run: str = "",
    step: int = 0,
    rates: dict[str, float] | None = None,
) -> Failed:
    """The event for an exception of the loop or of what it was set up with.

    source: `netbuilder.compiler.Source` of the model, for finding the node to blame.
    rates: learning rates in force, by optimiser.
    """
    node: str | None = None
    smaller, spoilt = 0, False
    if isinstance(error, CompileError):
        node = error.problem.node
        message = error.problem.message
    elif isinstance(error, NonFinite):
        step = error.step
        message = _not_finite(error, rates or {})
    elif isinstance(error, NotFinite):
        part = error.name.split(".")
        node = part[1] if part[0] == "model" else None
        where = f"the weights of {part[1]}" if part[0] == "model" else f"the state of {part[1]}"
        message = (
            f"At step {step} {where} became NaN or infinite; lower the learning rate"
            f"{_now(rates or {})} and resume from the last checkpoint."
        )
    elif out_of_memory(error):
        node = _blamed(error, source)
        smaller = training.batch_size // 2 if run else 0
        message = _no_room(training.batch_size, node, step, begun=bool(run))
    elif _device_gone(error):
        spoilt = True
        message = (
            f"The graphics card stopped computing at step {step} ({_plain(error)[:-1]}), often "
            "because a label or token lies outside its range; check the data and resume from the "
            "last checkpoint."
        )
    elif isinstance(error, (OSError, sqlite3.Error, ValueError, ArithmeticError)) and _own(error):
        message = str(error)
    elif isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        message = (
            f"The disk is full, so {error.filename or 'a file'} was not written at step {step}; "
            "free some space and resume the run."
        )
    else:
        node = _blamed(error, source)
        where = f"{node} could not be computed" if node else "Training stopped"
        message = f"{where} at step {step}: {_plain(error)}"
    return Failed(message, node, run, step, smaller, spoilt)


def _own(error: Exception) -> bool:
    """Whether the error was raised by this program, so that its text is a sentence."""
    return type(error).__module__.startswith("netbuilder.")


def _not_finite(error: NonFinite, rates: dict[str, float]) -> str:
    kind = "NaN" if error.value != error.value else "infinite"
    which = f" of {error.objective}" if len(rates) > 1 else ""
    rate = {error.objective: rates[error.objective]} if error.objective in rates else {}
    return (
        f"The loss{which} became {kind} at step {error.step}; "
        f"lower the learning rate{_now(rate)} and resume from the last checkpoint."
    )


def _now(rates: dict[str, float]) -> str:
    return f" (now {', '.join(f'{rate:g}' for rate in rates.values())})" if rates else ""


def out_of_memory(error: BaseException) -> bool:
    """Whether this is what Python, torch, its allocators or SQLite say when memory is short."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _NO_ROOM)


def _no_room(batch: int, node: str | None, step: int, *, begun: bool) -> str:
    where = f" in {node}" if node else ""
    if not begun:
        return (
            f"The memory is not enough for this network and its data{where}; "
            "make one of them smaller."
        )
    if batch == 1:
        return (
            f"The memory was not enough{where} at step {step}, with one sample a batch; "
            "make layers smaller."
        )
    return (
        f"The memory was not enough{where} at step {step}; "
        f"a batch size of {batch // 2} (now {batch}) needs about half."
    )


def _device_gone(error: Exception) -> bool:
    """Whether CUDA will refuse everything that this process asks of it from now on.

    pytorch.org, CUDA semantics: after an assertion on the device its context is lost.
    """
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _GONE)


def _blamed(error: Exception, source: Any) -> str | None:
    if source is None:
        return None
    from netbuilder.compiler.build import blame

    path = blame(error, source)
    return path[0].partition("[")[0] if path else None


def _plain(error: Exception) -> str:
    """The first line of a foreign error, as the end of a sentence."""
    text = (str(error).strip().splitlines() or [""])[0] or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror.lower()}{f' ({error.filename})' if error.filename else ''}"
    return text if text.endswith(".") else f"{text}."
