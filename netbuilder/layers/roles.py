"""What a node can be besides a layer: data, noise, loss, metric.

Because these are nodes too, everything a training step needs is on the canvas, and one
mechanism in compiler and trainer serves every architecture.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from netbuilder.layers.shape import TensorSpec
from netbuilder.layers.spec import Call, Layer, param


class DataError(ValueError):
    """Data that is missing or cannot be read: one sentence with file, row and column."""


class DataSet(Layer, abstract=True):
    """A source of samples, with one output port per field.

    `loader` names the function that reads it, as ``module:function``; it takes this
    declaration and returns `netbuilder.data.Fields`. It runs only in the engine.
    """

    role = "data"
    family = "Data"
    inputs = ()
    loader: ClassVar[str] = ""

    def fields(self) -> Mapping[str, TensorSpec]:
        """What each field carries, batch axis first, known without loading the data.

        Raises DataError or ParamError where a person's file decides and does not fit.
        """
        raise TypeError(f"{self.kind} declares no fields")

    def file(self) -> Path | None:
        """The file behind it, whose changes count as other data; None if it has none."""
        return None

    def stamp(self) -> Hashable:
        """What changes when what lies behind it does; None if nothing can change.

        Raises DataError if its file cannot be reached.
        """
        from netbuilder.layers.text_file import stamp

        file = self.file()
        return stamp(file) if file is not None else None

    def content_stamp(self) -> Hashable:
        """What changes when one of many files is written over; None where `stamp` tells that.

        To look at many files takes too long for every edit, but not for every run.
        """
        return None

    def class_names(self, field: str) -> tuple[str, ...]:
        """Names of the classes of an integer field, or () if it has none."""
        classes = self.fields()[field].classes
        return tuple(str(i) for i in range(classes)) if classes and classes <= 1000 else ()

    @property
    def spaced(self) -> bool:
        """Whether its tokens are words with blanks between them, not pieces of a text."""
        return False

    def output_ports(self) -> tuple[str, ...]:
        return tuple(self.fields())

    def infer(self, *specs: Any) -> Mapping[str, TensorSpec]:
        return self.fields()

    def call(self, *specs: Any) -> Call:
        raise TypeError("a data set is read by its loader")


class Loss(Layer, abstract=True):
    """A scalar to minimise. Several are summed, each times its weight."""

    role = "loss"
    family = "Losses"
    outputs = ("loss",)
    #: Whether it asks for gradients of what arrives, so that it is measured with them recorded.
    differentiates: ClassVar[bool] = False

    weight: float = param(1.0, min=-1e6, max=1e6, help="Factor of this loss in the sum.")

    def infer(self, *specs: Any) -> TensorSpec:
        return TensorSpec(())

    def summary(self) -> str:
        return "" if self.weight == 1 else f"× {self.weight:g}"


class Metric(Layer, abstract=True):
    """A figure computed over a whole split by torchmetrics; it changes no weight."""

    role = "metric"
    family = "Metrics"
    outputs = ()

    def infer(self, *specs: Any) -> Mapping[str, TensorSpec]:
        return {}

    def metrics(self, *specs: Any) -> Mapping[str, Call]:
        """torchmetrics objects by name, such as ``{"accuracy": Call("torchmetrics...")}``.

        Each is updated with what arrives at the ports, in order.
        """
        raise TypeError(f"{self.kind} declares no metrics")

    def prepared(self, *specs: Any) -> tuple[Any, ...]:
        """Arguments of the update, as `In` or calls over them, in order, given the specs."""
        from netbuilder.layers.spec import In

        return tuple(In(port.name) for port in self.input_ports())

    def summary(self) -> str:
        return ""
