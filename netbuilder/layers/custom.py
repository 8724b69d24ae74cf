"""A person's own module or expression, as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netbuilder.layers import arguments
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Layer, ParamError, Port, param
from netbuilder.layers.tried import Tried
from netbuilder.layers.written import Written, read

EXAMPLE = '''class Sine(nn.Module):
    """A wave whose frequency is learned."""

    def __init__(self, frequency=1.0):
        super().__init__()
        self.frequency = nn.Parameter(torch.tensor(frequency))

    def forward(self, x):
        return torch.sin(self.frequency * x)
'''


class Custom(Tried):
    """A class of your own, or one expression, written in PyTorch.

    A class of nn.Module has an input port for each argument of forward, and an output port for
    each value that it returns; arguments are those of its constructor. An expression such as
    torch.sin(x) * x has an input port for each name in it, unless arguments give it a value.

    Code that came with a file runs only once you have read and trusted it on this computer;
    what you write here is trusted as you write it. Trusted code can do all that you can: trust
    is no sandbox.
    """

    kind, title, family = "custom", "Custom", "Other"
    tex = "y = f(x)"
    use = "Where you want a computation of your own: a new layer, or a formula from a paper."
    mistakes = (
        "A width fixed in the code: take it as an argument of the constructor.",
        "Tensors made in forward lie on the CPU unless they are given the device of x.",
    )
    cites = "PyTorch, Extending nn.Module"
    also = "own code, python, module, expression, lambda, formula, script"

    code: str = param(
        EXAMPLE, code=True, help="A class of nn.Module with forward, or one expression."
    )
    arguments: str = param("", help="Of the constructor, as in Python: features=8, bias=False.")

    @property
    def foreign(self) -> str:
        return "" if self.code == EXAMPLE else self.code

    @property
    def written(self) -> Written:
        return read(self.code)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Layer:
        layer = super().from_params(params)
        assert isinstance(layer, Custom)
        written, given = layer.written, arguments.read(layer.arguments)
        what = written.name or "The expression"
        if not written.free:
            for name in given:
                if name not in written.takes:
                    known = ", ".join(written.takes) or "none"
                    raise ParamError("arguments", f"{what} has no argument {name}; it has {known}.")
        if not written.name and not layer._open():
            raise ParamError("arguments", "Leave at least one name of the expression to an input.")
        return layer

    def _open(self) -> tuple[str, ...]:
        """Names of an expression that arguments give no value."""
        given = arguments.read(self.arguments)
        return tuple(name for name in self.written.names if name not in given)

    def _named(self) -> tuple[Port, ...]:
        """Input ports by the names that the code has for them."""
        return self.written.inputs or tuple(Port(name) for name in self._open())

    def input_ports(self) -> tuple[Port, ...]:
        ports = self._named()
        # A single one is called as everywhere, so that wires stay when the code changes.
        return (replace(ports[0], name="x"),) if len(ports) == 1 else ports

    def output_ports(self) -> tuple[str, ...]:
        return self.written.outputs

    def taken(self, used: frozenset[str]) -> str:
        return ", ".join(f"{{{port}}}" for port in self.output_ports())

    def call(self, *specs: Any) -> Call:
        given = arguments.read(self.arguments)
        written = self.written
        if not written.name:
            ports = zip(self._open(), self.input_ports(), strict=True)
            named = {name: In(port.name) for name, port in ports}
            return Call("expression", (written.body,), {**given, **named})
        missing = [name for name in written.needs if name not in given]
        if missing:
            raise ShapeError(
                f"{written.name} needs {' and '.join(missing)}: write for example "
                f"{missing[0]}=8 under Arguments."
            )
        return Call(f"custom.{written.name}", (), given)

    def applied(self, used: frozenset[str], *specs: Any) -> Call:
        names = [port.name for port in self._named()]
        ports = self.input_ports()
        needed = tuple(In(port.name) for port in ports if not port.optional)
        found = zip(names, ports, (*specs, *(None for _ in ports)), strict=False)
        by_name = {n: In(p.name) for n, p, spec in found if p.optional and spec is not None}
        return Call("self", needed, by_name)

    def infer(self, *specs: Any) -> TensorSpec | Mapping[str, TensorSpec]:
        self.call(*specs)  # what is missing is said before torch is asked
        return super().infer(*specs)

    def summary(self) -> str:
        name = self.written.name or " ".join(self.written.body.split())
        return name if len(name) <= 19 else f"{name[:18]}…"
