"""Runs a declaration in torch straight from its data, without the compiler."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

import netbuilder.compiler  # noqa: F401  (installs the trial of kinds without a rule)
from netbuilder.layers import Call, In, Layer, TensorSpec
from netbuilder.layers.custom import Custom

_INFIX = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "@": operator.matmul,
    "/": operator.truediv,
}
_OWNERS = {"nn": torch.nn, "F": torch.nn.functional, "torch": torch}
Values = Mapping[str, Any]


def _found(target: str) -> Callable[..., Any]:
    owner, _, name = target.rpartition(".")
    return getattr(_OWNERS.get(owner) or importlib.import_module(owner), name)


def interpreted(value: Any, values: Values) -> Any:
    """What a call as data gives, where `values` holds a list of tensors for each port."""
    match value:
        case In(port):
            (only,) = values[port]
            return only
        case list() | tuple():
            return type(value)(_spread(value, values))
        case Call(target, args, kwargs):
            found = _spread(args, values)
            named = {name: interpreted(arg, values) for name, arg in kwargs.items()}
            if target in _INFIX:
                return functools.reduce(_INFIX[target], found)
            if target == "expression":
                return values["own"](**named)
            if target.startswith("."):
                return getattr(found[0], target[1:])(*found[1:], **named)
            own = values["own"] if target.startswith("custom.") else None
            function = values["self"][0] if target == "self" else own or _found(target)
            return function(*found, **named)
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _spread(args: Sequence[Any], values: Values) -> list[Any]:
    found: list[Any] = []
    for arg in args:
        found.extend(values[arg.port] if isinstance(arg, In) else [interpreted(arg, values)])
    return found


def tensor(spec: TensorSpec, device: str = "cpu") -> torch.Tensor:
    """A tensor that a wire of this kind could carry."""
    shape = [int(n) for n in spec.shape]
    if spec.dtype == "float32":
        return torch.randn(shape, device=device)
    return torch.randint(0, spec.classes or 2, shape, device=device).to(getattr(torch, spec.dtype))


def written(layer: Custom) -> Callable[..., Any]:
    """The class of a person's code, or their expression as a function of its names."""
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": torch.nn.functional, "math": math}
    if layer.written.name:
        exec(layer.code, names)
        return names[layer.written.name]  # type: ignore[no-any-return]
    return lambda **given: eval(layer.code, names | given)


@dataclass
class Ran:
    """Outputs by port, and the module if the declaration builds one."""

    outputs: Mapping[str, torch.Tensor]
    module: nn.Module | None = None
    inputs: Values = field(default_factory=dict)


def run(
    layer: Layer,
    *specs: Any,
    given: Values | None = None,
    used: frozenset[str] | None = None,
    device: str = "cpu",
    module: nn.Module | None = None,
) -> Ran:
    """Build what `layer` declares for these specs and apply it to tensors of such shapes."""
    values: dict[str, Any] = {}
    specs = (*specs, *(None for _ in layer.input_ports()[len(specs) :]))  # free ports
    for port, spec in zip(layer.input_ports(), specs, strict=True):
        if spec is None:
            if port.default:
                values[port.name] = values[port.default]
            continue
        each = spec if port.many else (spec,)
        if given and port.name in given:
            told = given[port.name]
            values[port.name] = list(told) if isinstance(told, list) else [told]
        else:
            values[port.name] = [tensor(s, device) for s in each]
    used = frozenset(layer.output_ports()) if used is None else used
    call = layer.call(*specs)
    own = {"own": written(layer)} if isinstance(layer, Custom) else {}
    with torch.device(device):
        if call.is_module:
            module = module or interpreted(call, own)
            result = interpreted(layer.applied(used, *specs), values | {"self": [module]})
        else:
            result = interpreted(call, values | own)
    names = {"result": result, "torch": torch, "self": module}
    exec(re.sub(r"{(\w+)}", r"\1", f"{layer.taken(used)} = result"), names)
    for port, expression in layer.picks.items():
        names[port] = eval(re.sub(r"{(\w+)}", r"\1", expression), names)
    return Ran({port: names[port] for port in used}, module, values)


@pytest.fixture(scope="session")
def apply() -> Callable[..., Ran]:
    """`run(layer, *specs, given=…, used=…, device=…)`."""
    return run


@pytest.fixture(scope="session")
def interpret() -> Callable[[Any, Values], Any]:
    """`interpreted(call, values)`."""
    return interpreted


@pytest.fixture(scope="session")
def drawing() -> ModuleType:
    """The file ``drawing.py`` beside this one, which draws configurations that fit."""
    path = Path(__file__).with_name("drawing.py")
    spec = importlib.util.spec_from_file_location("layers_drawing", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
