"""A model as a `torch.export` program, reloaded and compared before it is written."""

from __future__ import annotations

import io
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.export import Dim

from netbuilder.export.comparison import checked_text, compared
from netbuilder.export.quiet import quiet
from netbuilder.export.report import ExportReport, size_text
from netbuilder.export.subject import Subject
from netbuilder.graph import Project
from netbuilder.graph.atomic import atomic_write


def export_pt2(project: Project, model: nn.Module, path: Path) -> ExportReport:
    """Write `model` so that ``torch.export.load(path).module()`` answers as it does.

    Raises ExportError (nothing is written) if the model cannot be exported or the reloaded
    program's answers differ, FileError if the file cannot be written.
    """
    subject = Subject.of(model)
    # torch.export fixes the length of what a recurrent layer reads; the batch must stay free.
    dynamic = tuple(
        {axis: Dim.DYNAMIC if name == "batch" else Dim.AUTO for axis, name in axes.items()}
        for axes in subject.dynamic()
    )
    stored = io.BytesIO()
    with quiet():
        try:
            program = torch.export.export(
                subject.model, tuple(subject.example()), dynamic_shapes=dynamic, strict=False
            )
            torch.export.save(program, stored, extra_files={"project.txt": project.name})
        except Exception as error:  # the exporter has no common base of its own
            raise subject.failure(error, "pt2") from error
        stored.seek(0)
        loaded = torch.export.load(stored).module()

    def run(inputs: list[Tensor]) -> list[Tensor]:
        with torch.no_grad():
            result = loaded(*inputs)
        return list(result) if isinstance(result, (tuple, list)) else [result]

    lengths = _lengths(program, subject)
    free = not lengths and subject.takes_shorter()
    differences = compared(subject, run, "pt2", any_length=free)
    data = stored.getvalue()
    atomic_write(path, data)
    sentence = f"{path.name} ({size_text(len(data))}), {checked_text(differences)}."
    if lengths:
        steps = " and ".join(str(n) for n in sorted(lengths))
        sentence += f" It takes sequences of {steps} steps only; ONNX mostly takes any length."
    return ExportReport("pt2", (path,), len(data), sentence, differences)


def _lengths(program: torch.export.ExportedProgram, subject: Subject) -> set[int]:
    """Sizes of named axes that the program has fixed."""
    nodes = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
    found = set()
    for name, axes in zip(program.graph_signature.user_inputs, subject.dynamic(), strict=True):
        shape = nodes[str(name)].meta["val"].shape
        # A fixed size may still be a symbol, one that stands for a plain number.
        found |= {int(shape[axis]) for axis in axes if str(shape[axis]).isdigit()}
    return found
