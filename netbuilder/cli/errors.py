"""Errors become one plain sentence on standard error: exit 2 for bad input, 1 for a failure."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from netbuilder import trusted

#: Raised for what the person gave: a file, a name, a value.
BAD_INPUT = (
    "FileError", "RunError", "CompileError", "ParamError", "GraphError", "DataError",
    "SettingError", "BaselineError", "ShapeError", "UnknownKind", "InputError", "RecordError",
    "LabelError", "LaunchError", "JoinError", "SearchError", "RaceError", "Untrusted",
    "TuningError",
)  # fmt: skip


#: So long another process than the first keeps what it has to say.
_MEANWHILE_S = 3.0


class InputError(ValueError):
    """An argument of the command line that cannot be used."""


class Failure(RuntimeError):
    """Something that did not work although the input was right."""


@contextmanager
def told() -> Iterator[None]:
    """Tell errors of the program as a sentence; what is unforeseen too, with a hint."""
    try:
        yield
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        _let_first_speak()
        if (usage := _usage(error)) is not None:
            sys.stderr.write(usage + "\n")
            sys.exit(2)
        if os.environ.get("NETBUILDER_DEBUG"):
            raise
        names = {cls.__name__ for cls in type(error).__mro__}
        bad = bool(names & set(BAD_INPUT))
        text = " ".join(str(error).split()) or type(error).__name__
        if text.endswith(trusted.SENTENCE):
            text = f"{text.rstrip('.')}: {trusted.COMMAND}."
        if not bad and not isinstance(error, Failure):
            text = f"{text} (NETBUILDER_DEBUG=1 shows where.)"
        sys.stderr.write(text + "\n")
        sys.exit(2 if bad else 1)


def _let_first_speak() -> None:
    """Of several processes that fail alike, torchrun ends the others meanwhile."""
    from netbuilder.training.together.place import place

    if (here := place()) is not None and not here.leads:
        time.sleep(_MEANWHILE_S)


def _usage(error: Exception) -> str | None:
    """What is wrong with the command line as typed, as one sentence; None for other errors."""
    formatted = getattr(error, "format_message", None)  # of typer's own errors
    if formatted is None:
        return None
    command = getattr(getattr(error, "ctx", None), "command_path", "netbuilder")
    text = " ".join(str(formatted()).split()).rstrip(".")
    return f"{text or 'Nothing to do'}; {command} --help tells more."
