"""A person's code tried out: in limited time, and whatever it does is told by its line."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

from netbuilder.compiler.patience import within
from netbuilder.layers import Layer
from netbuilder.layers.custom import Custom
from netbuilder.layers.trial import Trial
from netbuilder.layers.written import STANDARD

#: Seconds that a trial may take. Building a large module without weights takes well below one.
LIMIT_S = 10.0
_TOO_LONG = (
    f"The code took longer than {LIMIT_S:.0f} s without data: look for a loop that does not end."
)
_endless: set[str] = set()


class Try(Protocol):
    """A trial on a device."""

    def __call__(self, *, device: str) -> Trial: ...


class _Unfit(Exception):
    """The code ran, but did not do what a node needs."""


def is_own(layer: Layer) -> bool:
    """Whether a trial runs code of a person."""
    return isinstance(layer, Custom)


def attempted(layer: Layer, trial: Try) -> Trial:
    """What comes out, or one sentence about what the code did instead."""
    assert isinstance(layer, Custom)
    if layer.code in _endless:
        return Trial(refusal=_TOO_LONG)
    _warm()
    try:
        return within(LIMIT_S, lambda: _on_some_device(trial))
    except TimeoutError:
        _endless.add(layer.code)
        return Trial(refusal=_TOO_LONG)
    except BaseException as error:  # an exit too must end neither engine nor command
        return Trial(refusal=_told(error))


@cache
def _warm() -> None:
    """Let torch load what it loads late, on this thread and with all the time it needs.

    Whoever is interrupted in the middle of an import leaves half a module behind.
    """
    import torch
    from torch import nn
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False), torch.device("meta"), torch.no_grad():
        torch.sin(nn.Linear(3, 2)(torch.zeros(2, 3))).sum()


def _on_some_device(trial: Try) -> Trial:
    try:
        return trial(device="meta")
    except Exception as error:
        if "meta" not in str(error).lower():
            raise
    return trial(device="cpu")  # what reads numbers needs some


def defined(layer: Layer) -> Callable[..., Any]:
    """The class, or the expression as a function of its names, lines counted as they are."""
    from netbuilder.compiler.build import executed

    assert isinstance(layer, Custom)
    written, text = layer.written, layer.code
    if not written.name:
        text = f"expression = lambda {', '.join(written.names)}: ({text.strip()})"
    # Not in the text: an import from the future must stand first in it.
    given = executed("; ".join(STANDARD.values()))
    codes = (layer.foreign,) if layer.foreign else ()
    found: Callable[..., Any] = executed(text, codes, given)[written.name or "expression"]
    return found


def module(made: Any) -> None:
    """Refuse what cannot be an attribute with weights."""
    from torch import nn

    if not isinstance(made, nn.Module):
        raise _Unfit(f"{type(made).__name__} is no nn.Module: write class X(nn.Module).")


def results(layer: Layer, made: Any) -> None:
    """Refuse what cannot flow along the wires of the node."""
    from torch import Tensor

    if not isinstance(layer, Custom):
        return
    ports = layer.output_ports()
    several = isinstance(made, tuple | list)
    if several != (len(ports) > 1) or (several and len(made) != len(ports)):
        what = f"{len(made)} values" if several else _a(made)
        wanted = f"{len(ports)} tensors" if len(ports) > 1 else "a tensor"
        raise _Unfit(
            f"The code returns {what}, but its ports need {wanted}: write what it returns in its "
            "return, such as return y, weights."
        )
    for value in made if several else (made,):
        if not isinstance(value, Tensor):
            raise _Unfit(f"The code returns {_a(value)} where a tensor is needed.")


def _a(value: Any) -> str:
    return "nothing" if value is None else f"a value of type {type(value).__name__}"


def _told(error: BaseException) -> str:
    """One sentence, with the line of the person's code where it happened."""
    from netbuilder.compiler.trial import reason

    if isinstance(error, _Unfit):
        return str(error)
    line = None
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.startswith("<netbuilder-"):
            line = number
    where = f"Line {line}: " if line else ""
    if isinstance(error, SyntaxError):  # one that only the compiler of Python finds
        return f"Line {error.lineno or 1}: {error.msg.rstrip('.')}."
    if isinstance(error, ZeroDivisionError):
        return f"{where or 'The code: '}this divides by zero."
    if isinstance(error, ModuleNotFoundError):
        return f"{where}the package {error.name} is not installed here."
    if isinstance(error, NameError):
        return f"{where}{error.name or 'a name'} is not known here."
    if isinstance(error, SystemExit | KeyboardInterrupt):
        return f"{where}the code ends the program instead of returning a tensor."
    return f"{where}{type(error).__name__}: {reason(error)}."
