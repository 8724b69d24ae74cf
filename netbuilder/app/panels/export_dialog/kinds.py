"""What a model can be taken away as, in words."""

from __future__ import annotations

from dataclasses import dataclass

from netbuilder.export import SUFFIXES
from netbuilder.export.report import Kind


@dataclass(frozen=True)
class ExportKind:
    """One choice: what it is and what it is good for, each on one line."""

    kind: Kind
    title: str
    good_for: str
    needs_weights: bool = True

    @property
    def suffix(self) -> str:
        """How its file ends."""
        return SUFFIXES[self.kind]


CHOICES = (
    ExportKind("code", "Code", "A Python file that builds and trains the network; needs only "
               "PyTorch.", needs_weights=False),
    ExportKind("safetensors", "Weights", "The trained numbers by name, for the exported code."),
    ExportKind("onnx", "ONNX", "Runs without Python, in nearly every runtime; answers are "
               "compared first."),
    ExportKind("pt2", "PT2", "A torch.export program, for PyTorch without this source."),
    ExportKind("bundle", "Bundle", "Project, weights and the record of the run, to open again "
               "here."),
)  # fmt: skip

WEIGHTS = (
    ("Best checkpoint", "best", "the lowest validation loss"),
    ("Last checkpoint", "last", "where the run stood at its latest save"),
    ("Current weights", "current", "as they are this moment, also while training"),
)
"""Which weights: words, value, explanation."""
