"""Layers that read a sequence step by step and remember."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import expect
from netbuilder.layers.shape import Shape, TensorSpec
from netbuilder.layers.spec import Call, In, Layer, Port, param


class Recurrent(Layer, abstract=True):
    """What recurrent layers share."""

    family = "Recurrent"
    inputs = (Port("x", takes=("sequence",)),)
    outputs = ("y", "last")
    target: ClassVar[str]
    gates: ClassVar[int]

    hidden_size: int = param(64, min=1, label="Hidden", help="Size of the memory.")
    num_layers: int = param(1, min=1, max=64, label="Layers", help="How many, stacked.")
    bidirectional: bool = param(
        False, label="Both ways", help="Also read from the end; results are put side by side."
    )
    dropout: float = param(0.0, min=0, max=1, help="Share set to zero between stacked layers.")
    bias: bool = param(True, help="Add learned constants inside the gates.")

    @property
    def _width(self) -> int:
        return self.hidden_size * (2 if self.bidirectional else 1)

    def call(self, x: TensorSpec) -> Call:
        kwargs = changed(self, "num_layers", "bias")
        if self.num_layers > 1:  # torch warns of dropout where no layer follows
            kwargs |= changed(self, "dropout")
        kwargs |= changed(self, "bidirectional") | {"batch_first": True}
        return Call(self.target, (int(x.shape[-1]), self.hidden_size), kwargs)

    def applied(self, used: frozenset[str]) -> Call:
        return Call("self", (In("x"),))

    @property
    def picks(self) -> Mapping[str, str]:
        # Reading backwards ends at the first step, so y[:, -1] would miss that half.
        if self.bidirectional:
            return {"last": "torch.cat([{h}[-2], {h}[-1]], dim=1)"}
        return {"last": "{h}[-1]"}

    def infer(self, x: TensorSpec) -> Mapping[str, TensorSpec]:
        expect(x, self.title, "sequence")
        y = x.with_shape(x.shape[0], x.shape[1], self._width)
        return {"y": y, "last": x.with_shape(x.shape[0], self._width)}

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        rows, shapes = self.gates * self.hidden_size, dict[str, Shape]()
        for layer in range(self.num_layers):
            width = self._width if layer else int(x.shape[-1])
            for way in ("", "_reverse") if self.bidirectional else ("",):
                shapes[f"weight_ih_l{layer}{way}"] = (rows, width)
                shapes[f"weight_hh_l{layer}{way}"] = (rows, self.hidden_size)
                if self.bias:
                    shapes[f"bias_ih_l{layer}{way}"] = (rows,)
                    shapes[f"bias_hh_l{layer}{way}"] = (rows,)
        return shapes

    def multiply_adds(self, out: TensorSpec, x: TensorSpec) -> int:
        step = sum(math.prod(s) for s in self.weights(x).values() if len(s) > 1)
        return step * int(x.shape[1])

    def summary(self) -> str:
        layers = f"{self.num_layers} layers" if self.num_layers > 1 else ""
        return brief(self.hidden_size, layers, "⇄" if self.bidirectional else "")


class RNN(Recurrent):
    """Read a sequence with a single memory that every step rewrites.

    (B, T, C) → y (B, T, hidden), last (B, hidden); twice as wide if read both ways.
    Over long sequences its gradient vanishes: see LSTM and GRU.
    """

    kind, title = "rnn", "RNN"
    formula = "h<sub>t</sub> = tanh(W x<sub>t</sub> + U h<sub>t−1</sub> + b)"
    cites = "APS360, week 7"
    returns = "{y}, {h}"
    target, gates = "nn.RNN", 1


class LSTM(Recurrent):
    """Read a sequence with a long-term memory that gates write to, erase and show.

    (B, T, C) → y (B, T, hidden), last (B, hidden); twice as wide if read both ways.
    Rows of the weights are in the order input, forget, candidate, output gate.
    """

    kind, title = "lstm", "LSTM"
    formula = (
        "c<sub>t</sub> = f<sub>t</sub>·c<sub>t−1</sub> + i<sub>t</sub>·g<sub>t</sub>, "
        "h<sub>t</sub> = o<sub>t</sub>·tanh(c<sub>t</sub>)"
    )
    cites = "APS360, week 8; Hochreiter and Schmidhuber 1997"
    returns = "{y}, ({h}, {c})"
    target, gates = "nn.LSTM", 4


class GRU(Recurrent):
    """Read a sequence with one memory and two gates: as able as an LSTM, a quarter smaller.

    (B, T, C) → y (B, T, hidden), last (B, hidden); twice as wide if read both ways.
    Rows of the weights are in the order reset, update, candidate.
    """

    kind, title = "gru", "GRU"
    formula = "h<sub>t</sub> = z<sub>t</sub>·h<sub>t−1</sub> + (1 − z<sub>t</sub>)·n<sub>t</sub>"
    cites = "APS360, week 8; Cho et al. 2014"
    returns = "{y}, {h}"
    target, gates = "nn.GRU", 3


class LastStep(Layer):
    """Keep only the last step of a sequence.

    (B, T, C) → (B, C).
    """

    kind, title, family = "last_step", "Last step", "Recurrent"
    formula = "y = x<sub>T</sub>"
    cites = "APS360, week 7"
    inputs = (Port("x", takes=("sequence",)),)

    def call(self, x: TensorSpec) -> Call:
        return Call(".select", (In("x"), 1, -1))

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect(x, self.title, "sequence")
        return x.with_shape(x.shape[0], x.shape[2])
