"""Whatever else torch has, by its name: a module or a function, and its arguments as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from netbuilder.layers import arguments
from netbuilder.layers.roles import Loss
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Layer, Param, ParamError, Port, param
from netbuilder.layers.trial import tried
from netbuilder.layers.tried import Tried


@cache
def names() -> Mapping[str, Mapping[str, Any]]:
    """What torch has: ``nn.Softshrink`` → its inputs, what it needs, and its defaults."""
    table = Path(__file__).with_name("torch_names.json")
    found: dict[str, Mapping[str, Any]] = json.loads(table.read_text(encoding="utf-8"))
    return found


def _judges(name: str) -> bool:
    return name.lower().endswith("loss") or "cross_entropy" in name


@cache
def _choices(losses: bool) -> tuple[str, ...]:
    return tuple(sorted(name for name in names() if _judges(name) is losses))


class AnyOfTorch(Tried, abstract=True):
    """What a node that names something of torch does, be it a layer or a loss."""

    losses: ClassVar[bool]
    cites = "PyTorch, torch.nn"
    if TYPE_CHECKING:  # each declares them for itself, with a default of its own
        name: str
        arguments: str

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        return _chosen(super().params(), cls.losses)

    def input_ports(self) -> tuple[Port, ...]:
        return _ports(self.name)

    def call(self, *specs: TensorSpec) -> Call:
        given = self._given()
        name = self.name
        if name.startswith("nn."):
            return Call(name, (), given)
        return Call(name, tuple(In(port.name) for port in _ports(name)), given)

    def _given(self) -> dict[str, Any]:
        """The arguments as written. Raises ShapeError if some that are needed are not."""
        name = self.name
        given = arguments.read(self.arguments)
        missing = [n for n in names()[name]["needs"] if n not in given]
        if missing:
            raise ShapeError(
                f"{name} needs {' and '.join(missing)}: write for example {missing[0]}=2 "
                "under Arguments."
            )
        return given

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Layer:
        layer = super().from_params(params)
        assert isinstance(layer, AnyOfTorch)
        name = layer.name
        taken = [*names()[name]["needs"], *names()[name]["takes"]]
        for argument in arguments.read(layer.arguments):
            if argument not in taken:
                known = ", ".join(taken) or "none"
                raise ParamError("arguments", f"{name} has no argument {argument}; it has {known}.")
        return layer

    def infer(self, *specs: TensorSpec) -> TensorSpec:
        self._given()  # said before torch is asked
        return next(iter(tried(self, specs).outputs.values()))

    def summary(self) -> str:
        name = self.name.removeprefix("nn.").removeprefix("F.")
        return name if len(name) <= 19 else f"{name[:18]}…"


class TorchLayer(AnyOfTorch):
    """Any module or function of torch, by its name.

    Its input ports are the tensors that it takes. Arguments are written as in Python,
    ``kernel_size=3, stride=2``. The shape that leaves is found by a trial without data.
    Where there is a node of its own for the same, that one knows more.
    """

    kind, title, family = "torch_layer", "Any of torch", "Other"
    tex = "y = f(x)"
    use = "Where the palette has no node for a module or function of torch that you need."
    mistakes = (
        "Its shape is found by trying it out, so a mistake in its arguments shows only then.",
        "A name with a node of its own is better used by that: it has help, limits and a curve.",
    )
    losses = False

    name: str = param("nn.Softsign", help="What is called; torch's documentation explains it.")
    arguments: str = param("", help="As in Python: kernel_size=3, stride=2.")


class TorchLoss(AnyOfTorch, Loss):
    """Any loss of torch, by its name.

    Its input ports are the tensors that it compares; the result must be a single number.
    """

    kind, title = "torch_loss", "Any loss of torch"
    tex = r"L = f(x,\, t)"
    use = "Where the palette has no node for a loss of torch that you need."
    mistakes = ("Many losses of torch want probabilities and many want scores: read which.",)
    losses = True

    name: str = param(
        "nn.SoftMarginLoss", help="What is called; torch's documentation explains it."
    )
    arguments: str = param("", help="As in Python: margin=0.5.")

    def infer(self, *specs: TensorSpec) -> TensorSpec:
        found = super().infer(*specs)
        if found.shape:
            raise ShapeError(
                f"{self.name} gives {found.text()}, not a single number: leave out "
                "reduction, or set it to 'mean'."
            )
        return found


@cache
def _ports(name: str) -> tuple[Port, ...]:
    inputs = names()[name]["inputs"]
    # A single one is called as everywhere, so that wires stay when another name is chosen.
    return (Port("x"),) if len(inputs) == 1 else tuple(Port(port) for port in inputs)


@cache
def _chosen(params: tuple[Param, ...], losses: bool) -> tuple[Param, ...]:
    return tuple(
        replace(p, type="choice", choices=_choices(losses)) if p.name == "name" else p
        for p in params
    )
