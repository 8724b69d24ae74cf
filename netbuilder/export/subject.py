"""The model as it is exported, and what it is tried on."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder.compiler.build import blame
from netbuilder.export.report import ExportError
from netbuilder.layers import Dim

#: Exporters fix axes of size 0 or 1 for good, so the example batch is larger.
EXAMPLE_BATCH = 2
#: Of the longest sequence, what exported models are compared on beside it.
SHARES = (0.5, 0.75)


@dataclass(frozen=True)
class Subject:
    """A copy of a model, on the CPU and in evaluation mode; the model itself stays as it is."""

    model: nn.Module
    source: Any

    @classmethod
    def of(cls, model: nn.Module) -> Subject:
        """Copy a built model. Raises ExportError if it takes or returns nothing."""
        source: Any = model.source
        if not source.inputs:
            raise ExportError("The model takes no input: wire a data set to its first layer.")
        if not source.outputs:
            raise ExportError("The model returns nothing: wire its last layer to an Output node.")
        # The source never changes, so both may point to the same one.
        copied = copy.deepcopy(model, {id(source): source}).cpu().eval()
        return cls(copied.requires_grad_(False), source)

    @property
    def input_names(self) -> list[str]:
        """Names of the arguments of `forward`, in order."""
        return [argument.name for argument in self.source.inputs]

    @property
    def output_names(self) -> list[str]:
        """Names of the results, in order; one that an input has already gets a suffix."""
        taken = set(self.input_names)
        return [f"{n}_out" if n in taken else n for n, _ in self.source.outputs]

    def dynamic(self) -> tuple[dict[int, str], ...]:
        """For each input, the names of the axes whose size may change: batch, time."""
        return tuple(
            {
                axis: "batch" if n.name == "B" else "time" if n.name == "T" else n.name.lower()
                for axis, n in enumerate(argument.spec.shape)
                if isinstance(n, Dim)
            }
            for argument in self.source.inputs
        )

    def example(
        self, batch: int = EXAMPLE_BATCH, seed: int = 0, share: float = 1.0
    ) -> list[Tensor]:
        """Random inputs; named axes other than the batch take `share` of their size."""
        generator = torch.Generator().manual_seed(seed)
        found = []
        for argument in self.source.inputs:
            shape = [
                int(n)
                if not isinstance(n, Dim)
                else batch
                if n.name == "B"
                else max(2, round(int(n) * share))
                for n in argument.spec.shape
            ]
            if argument.spec.dtype == "float32":
                found.append(torch.randn(shape, generator=generator))
            else:
                top = 2 if argument.spec.dtype == "bool" else argument.spec.classes or 2
                whole = torch.randint(0, top, shape, generator=generator)
                found.append(whole.bool() if argument.spec.dtype == "bool" else whole)
        return found

    def answers(self, inputs: list[Tensor]) -> list[Tensor]:
        """What the model returns, one tensor for each output."""
        with torch.no_grad():
            result = self.model(*inputs)
        return list(result) if isinstance(result, tuple) else [result]

    def takes_shorter(self) -> bool:
        """Whether the model takes sequences of other lengths than it was trained on."""
        try:
            for share in SHARES:
                self.answers(self.example(share=share))
        except (RuntimeError, ValueError, IndexError):
            return False
        return True

    def failure(self, error: Exception, to: str) -> ExportError:
        """An exporter's failure as a sentence that names the node where it can be known."""
        cause: BaseException | None = error
        deepest: BaseException = error
        node: str | None = None
        while cause is not None:
            place = blame(cause, self.source) if isinstance(cause, Exception) else None
            node = ".".join(place) if place else node
            deepest, cause = cause, cause.__cause__ or cause.__context__
        first = next((line.strip() for line in str(deepest).splitlines() if line.strip()), "")
        why = first or type(deepest).__name__
        where = f"{node} cannot" if node else "This model cannot"
        return ExportError(f"{where} be written as {to}: {why.rstrip('.')}.", node)


def named(tensors: list[Tensor], names: list[str]) -> Mapping[str, Tensor]:
    """Tensors by name, in order."""
    return dict(zip(names, tensors, strict=True))
