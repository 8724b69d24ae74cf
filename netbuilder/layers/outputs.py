"""Where a graph begins and ends: outputs of the model, ports of a block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netbuilder.layers.shape import TensorSpec
from netbuilder.layers.spec import Call, In, Layer, param


class Output(Layer):
    """Name what the model returns.

    The model is everything that Output nodes reach back to; it is what is exported and
    explained. Inside a block an Output is a port of the block.
    """

    kind, title, family, role = "output", "Output", "Outputs", "output"
    formula = "y = x"
    outputs = ()

    name: str = param("output", help="Name of the result.")

    def call(self, x: TensorSpec) -> Call:
        return Call("=", (In("x"),))

    def infer(self, x: TensorSpec) -> Mapping[str, TensorSpec]:
        return {}


class Input(Layer):
    """A port through which something enters a block."""

    kind, title, family, role = "input", "Input", "Outputs", "input"
    formula = "y = x"
    inputs = ()

    name: str = param("", help="Name of the port; empty: that of the node.")

    def call(self, *specs: Any) -> Call:
        return Call("=", ())
