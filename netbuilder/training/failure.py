"""From whatever went wrong in a run to one sentence: what, where, what to do."""

from __future__ import annotations

import sqlite3
from typing import Any

import torch

from netbuilder.compiler import CompileError
from netbuilder.graph import Training
from netbuilder.training.checkpoint import NotFinite
from netbuilder.training.events import Failed
from netbuilder.training.losses import NonFinite


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
    elif _out_of_memory(error):
        half = max(1, training.batch_size // 2)
        message = (
            f"The memory was not enough at step {step}; "
            f"a batch size of {half} (now {training.batch_size}) needs about half."
        )
    elif isinstance(error, (OSError, sqlite3.Error, ValueError, ArithmeticError)) and _own(error):
        message = str(error)
    else:
        node = _blamed(error, source)
        where = f"{node} could not be computed" if node else "Training stopped"
        message = f"{where} at step {step}: {_plain(error)}"
    return Failed(message, node, run, step)


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


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )


def _blamed(error: Exception, source: Any) -> str | None:
    if source is None:
        return None
    from netbuilder.compiler.build import blame

    path = blame(error, source)
    return path[0].partition("[")[0] if path else None


def _plain(error: Exception) -> str:
    """The first line of a foreign error, as the end of a sentence."""
    text = (str(error).strip().splitlines() or [""])[0] or type(error).__name__
    return text if text.endswith(".") else f"{text}."
