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
    tex = "y = x"
    use = "To say what a model or a block gives back, and under which name."
    mistakes = (
        "A model whose result goes only into a loss gives nothing back when it is exported.",
    )
    outputs = ()

    name: str = param("output", help="Name of the result.")

    def call(self, x: TensorSpec) -> Call:
        return Call("=", (In("x"),))

    def infer(self, x: TensorSpec) -> Mapping[str, TensorSpec]:
        return {}


class Input(Layer):
    """A port through which something enters a block."""

    kind, title, family, role = "input", "Input", "Outputs", "input"
    tex = "y = x"
    use = "Inside a block, for each wire that comes in from outside."
    mistakes = ("A port that nothing inside uses is best taken away.",)
    inputs = ()

    name: str = param("", help="Name of the port; empty: that of the node.")

    def call(self, *specs: Any) -> Call:
        return Call("=", ())
