"""Lines of a constructor that fill weights otherwise than torch does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netbuilder.compiler.rendering import Name
from netbuilder.layers import Call, Layer, Shape
from netbuilder.layers.initial import beginnings


def beginning_calls(layer: Layer, weights: Mapping[str, Shape], attribute: str) -> Iterator[Call]:
    """Calls such as ``nn.init.zeros_(self.linear_1.bias)``, in the order of the weights."""
    for name, call in beginnings(layer, weights).items():
        tensor = Name(f"self.{attribute}{reference(name)}")
        yield Call(call.target, (tensor, *call.args[1:]), call.kwargs)


def reference(name: str) -> str:
    """How a tensor of a module is reached: ``0.weight`` as ``[0].weight``."""
    return "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in name.split("."))
