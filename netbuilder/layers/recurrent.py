"""Layers that read a sequence step by step and remember."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import described, expect
from netbuilder.layers.law import Begins, Law
from netbuilder.layers.lengths import LENGTHS, ending
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Layer, Port, param

#: Where a recurrent layer starts; B first, as everywhere here.
_STATE = Port(
    "state", optional=True, takes=("vector", "sequence"), help="Memory at the start, else zeros."
)


class Recurrent(Layer, Begins, abstract=True):
    """What recurrent layers share.

    A state is (B, layers, hidden), read both ways (B, 2·layers, hidden): what leaves one layer
    may start another. A vector (B, hidden) starts every layer alike. With lengths, states are
    those at each true end, where reading backwards begins; y is 0 behind it.
    """

    family = "Recurrent"
    inputs: ClassVar[tuple[Port, ...]] = (Port("x", takes=("sequence",)), _STATE, LENGTHS)
    outputs: ClassVar[tuple[str, ...]] = ("y", "last", "state")
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
    def _ways(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def _shown(self) -> int:
        """Size of what one direction gives out at every step."""
        return self.hidden_size

    def _states(self) -> Mapping[str, int]:
        """Sizes of what is remembered from step to step, by port."""
        return {"state": self._shown}

    def call(self, x: TensorSpec, *states: TensorSpec | None) -> Call:
        kwargs = changed(self, "num_layers", "bias")
        if self.num_layers > 1:  # torch warns of dropout where no layer follows
            kwargs |= changed(self, "dropout")
        kwargs |= changed(self, "bidirectional") | {"batch_first": True}
        return Call(self.target, (int(x.shape[-1]), self.hidden_size), kwargs)

    def applied(
        self, used: frozenset[str], x: TensorSpec | None = None, *states: TensorSpec | None
    ) -> Call:
        sizes = self._states()
        lengths = states[len(sizes) :]
        args: list[Any] = [In("x")]
        if any(lengths):
            args = [In("self"), In("x"), In("lengths")]
        if any(states[: len(sizes)]):
            rows = self.num_layers * self._ways
            found = tuple(
                _started(port, spec, rows, size)
                for (port, size), spec in zip(sizes.items(), states, strict=False)
            )
            args.append(found[0] if len(found) == 1 else found)
        return Call("netbuilder.nn.read_packed" if any(lengths) else "self", tuple(args))

    @property
    def picks(self) -> Mapping[str, str]:
        # Reading backwards ends at the first step, so y[:, -1] would miss that half.
        both = "torch.cat([{h}[-2], {h}[-1]], dim=1)"
        return {
            "last": both if self.bidirectional else "{h}[-1]",
            "state": "{h}.transpose(0, 1)",
        }

    def infer(self, x: TensorSpec, *states: TensorSpec | None) -> Mapping[str, TensorSpec]:
        expect(x, self.title, "sequence")
        for lengths in states[len(self._states()) :]:
            ending(lengths, x, self.title)
        batch, rows = x.shape[0], self.num_layers * self._ways
        found = {
            "y": x.with_shape(batch, x.shape[1], self._shown * self._ways),
            "last": x.with_shape(batch, self._shown * self._ways),
        }
        arriving = dict(zip(self._states(), states, strict=False))
        for port, size in self._states().items():
            found[port] = x.with_shape(batch, rows, size)
            start = arriving.get(port)
            fits = [(batch, size), (batch, rows, size)]
            if start is not None and (start.shape not in fits or start.dtype != "float32"):
                raise ShapeError(
                    f"The {port} at the start is {fits[0][0]} × {size} or {found[port].text()} "
                    f"here; this wire carries {described(start)}.",
                    port=port,
                    width=size,
                )
        return found

    def begins(self, name: str, shape: Shape) -> Law | None:
        return Law("uniform", 1 / math.sqrt(self.hidden_size))

    def weights(self, x: TensorSpec, *states: TensorSpec | None) -> Mapping[str, Shape]:
        rows, shapes = self.gates * self.hidden_size, dict[str, Shape]()
        for layer in range(self.num_layers):
            width = self._shown * self._ways if layer else int(x.shape[-1])
            for way in ("", "_reverse") if self.bidirectional else ("",):
                shapes[f"weight_ih_l{layer}{way}"] = (rows, width)
                shapes[f"weight_hh_l{layer}{way}"] = (rows, self._shown)
                if self.bias:
                    shapes[f"bias_ih_l{layer}{way}"] = (rows,)
                    shapes[f"bias_hh_l{layer}{way}"] = (rows,)
                if self._shown != self.hidden_size:
                    shapes[f"weight_hr_l{layer}{way}"] = (self._shown, self.hidden_size)
        return shapes

    def work(
        self, out: TensorSpec, x: TensorSpec, *states: TensorSpec | None
    ) -> Mapping[str, Shape]:
        steps = int(x.shape[1])
        return {name: (*s, steps) for name, s in self.weights(x).items() if len(s) > 1}

    def summary(self) -> str:
        layers = f"{self.num_layers} layers" if self.num_layers > 1 else ""
        return brief(self.hidden_size, layers, "⇄" if self.bidirectional else "")


def _started(port: str, spec: TensorSpec | None, rows: int, size: int) -> Call:
    """A state as torch wants it, (rows, B, size); zeros where nothing arrives."""
    if spec is None:
        return Call(".new_zeros", (In("x"), rows, Call(".size", (In("x"), 0)), size))
    if spec.axes == 3:
        return Call(".contiguous", (Call(".transpose", (In(port), 0, 1)),))
    return Call(".repeat", (In(port), rows, 1, 1))


class RNN(Recurrent):
    """Read a sequence with a single memory that every step rewrites.

    (B, T, C) → y (B, T, hidden), last (B, hidden), state (B, layers, hidden); y and last are
    twice as wide if read both ways. Over long sequences its gradient vanishes: see LSTM and GRU.
    """

    kind, title = "rnn", "RNN"
    also = "recurrent vanilla Elman"
    tex = r"""
        h_t = \tanh(W x_t + b + U h_{t-1} + b')
        y_t = h_t
    """
    use = "Short sequences, and to see why LSTM and GRU were invented."
    mistakes = (
        "Over more than some 20 steps its gradient fades or explodes: clip it, or use LSTM.",
        "y holds every step; a classifier wants last.",
    )
    cites = "APS360, week 7; DATA.ML.200, week 4"
    returns = "{y}, {h}"
    target, gates = "nn.RNN", 1

    nonlinearity: Literal["tanh", "relu"] = param(
        "tanh", help="tanh: stays within ±1; relu: has no upper bound and may explode."
    )

    def call(self, x: TensorSpec, *states: TensorSpec | None) -> Call:
        call = super().call(x, *states)
        return replace(call, kwargs=changed(self, "nonlinearity") | dict(call.kwargs))


class LSTM(Recurrent):
    """Read a sequence with a long-term memory that gates write to, erase and show.

    (B, T, C) → y (B, T, hidden), last (B, hidden), state and cell (B, layers, hidden); y and
    last are twice as wide if read both ways. With a projection, y, last and state are as wide
    as that. Rows of the weights are in the order input, forget, candidate, output gate.
    """

    kind, title = "lstm", "LSTM"
    also = "long short-term memory recurrent"
    tex = r"""
        i_t = \sigma(W_i x_t + U_i h_{t-1} + b_i)
        f_t = \sigma(W_f x_t + U_f h_{t-1} + b_f)
        g_t = \tanh(W_g x_t + U_g h_{t-1} + b_g)
        o_t = \sigma(W_o x_t + U_o h_{t-1} + b_o)
        c_t = f_t \cdot c_{t-1} + i_t \cdot g_t
        h_t = o_t \cdot \tanh(c_t)
    """
    use = "Sequences whose beginning matters at the end: text, sound, series of measurements."
    mistakes = (
        "y holds every step; a classifier wants last.",
        "Gradients can still explode: clip them.",
        "Dropout inside works between stacked layers only, so one layer has none.",
    )
    cites = "APS360, week 8; Hochreiter and Schmidhuber 1997; Sak et al. 2014"
    inputs = (
        Port("x", takes=("sequence",)),
        _STATE,
        Port(
            "cell",
            optional=True,
            takes=("vector", "sequence"),
            help="Long-term memory at the start, else zeros.",
        ),
        LENGTHS,
    )
    outputs = ("y", "last", "state", "cell")
    returns = "{y}, ({h}, {c})"
    target, gates = "nn.LSTM", 4

    proj_size: int = param(
        0, min=0, label="Projection", help="Width of what is shown of the memory; 0: all of it."
    )

    @property
    def _shown(self) -> int:
        return self.proj_size or self.hidden_size

    def _states(self) -> Mapping[str, int]:
        return {"state": self._shown, "cell": self.hidden_size}

    def call(self, x: TensorSpec, *states: TensorSpec | None) -> Call:
        call = super().call(x, *states)
        return replace(call, kwargs=changed(self, "proj_size") | dict(call.kwargs))

    @property
    def picks(self) -> Mapping[str, str]:
        return {**super().picks, "cell": "{c}.transpose(0, 1)"}

    def infer(self, x: TensorSpec, *states: TensorSpec | None) -> Mapping[str, TensorSpec]:
        if self.proj_size >= self.hidden_size:
            raise ShapeError(
                f"A projection is narrower than the memory, which has {self.hidden_size}; "
                f"{self.proj_size} is not. Set 0 for none.",
                params={"proj_size": 0},
            )
        return super().infer(x, *states)


class GRU(Recurrent):
    """Read a sequence with one memory and two gates: as able as an LSTM, a quarter smaller.

    (B, T, C) → y (B, T, hidden), last (B, hidden), state (B, layers, hidden); y and last are
    twice as wide if read both ways. As in torch, the update gate z says how much of the old
    state stays (some courses give 1 − z that part), and the reset gate acts behind the matrix U.
    Rows of the weights are in the order reset, update, candidate.
    """

    kind, title = "gru", "GRU"
    also = "gated recurrent unit"
    tex = r"""
        r_t = \sigma(W_r x_t + U_r h_{t-1} + b_r)
        z_t = \sigma(W_z x_t + U_z h_{t-1} + b_z)
        n_t = \tanh(W_n x_t + b_n + r_t \cdot (U_n h_{t-1} + b'_n))
        h_t = (1 - z_t) \cdot n_t + z_t \cdot h_{t-1}
    """
    use = "As LSTM, with fewer weights: often the better first try on little data."
    mistakes = (
        "y holds every step; a classifier wants last.",
        "Weights of a program in which z keeps the new state instead of the old do not fit.",
    )
    cites = "APS360, week 8; Deep Learning summary, RNNs; Cho et al. 2014"
    returns = "{y}, {h}"
    target, gates = "nn.GRU", 3


class LastStep(Layer):
    """Keep only the last step of a sequence.

    (B, T, C) → (B, C). With lengths, the last real one.
    """

    kind, title, family = "last_step", "Last step", "Recurrent"
    tex = "y = x_T"
    use = "From a sequence to one vector, for a network that reads one way."
    mistakes = (
        "Behind a layer that reads both ways the backward half has seen one step only; use its "
        "last.",
        "In rows filled up with padding the last step is padding.",
    )
    cites = "APS360, week 7"
    inputs = (Port("x", takes=("sequence",)), LENGTHS)

    def call(self, x: TensorSpec, lengths: TensorSpec | None = None) -> Call:
        if lengths is not None:
            return Call("netbuilder.nn.last_step", (In("x"), In("lengths")))
        return Call(".select", (In("x"), 1, -1))

    def infer(self, x: TensorSpec, lengths: TensorSpec | None = None) -> TensorSpec:
        expect(x, self.title, "sequence")
        ending(lengths, x, self.title)
        return x.with_shape(x.shape[0], x.shape[2])


class RepeatVector(Layer):
    """Say one vector at every step: the start of a network from a vector to a sequence.

    (B, C) → (B, steps, C). A recurrent layer behind it unrolls the vector into a sequence.
    """

    kind, title, family = "repeat_vector", "Repeat vector", "Recurrent"
    also = "vector to sequence one to many tile"
    tex = r"y_t = x, \;\; t = 1, \ldots, T"
    use = "Between an encoder that ends in a vector and a decoder that writes a sequence."
    mistakes = ("Every step gets the same, so a layer with a memory has to follow.",)
    cites = "Deep Learning Models, RNNs"
    inputs = (Port("x", takes=("vector",)),)

    steps: int = param(8, min=1, help="How many steps the sequence has.")

    def call(self, x: TensorSpec) -> Call:
        return Call(".expand", (Call(".unsqueeze", (In("x"), 1)), -1, self.steps, -1))

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect(x, self.title, "vector")
        return x.with_shape(x.shape[0], self.steps, x.shape[1])

    def summary(self) -> str:
        return f"{self.steps} steps"
