"""A model as one ONNX file, compared with onnxruntime before it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder.compiler import check
from netbuilder.compiler.sharing import positional
from netbuilder.export.comparison import checked_text, compared
from netbuilder.export.quiet import quiet
from netbuilder.export.report import ExportError, ExportReport, size_text
from netbuilder.export.subject import Subject, named
from netbuilder.graph import Project
from netbuilder.graph.atomic import atomic_write
from netbuilder.graph.order import ancestors

#: A protobuf message, and so a single ONNX file, holds less than this.
_LIMIT = 2_000_000_000


def export_onnx(project: Project, model: nn.Module, path: Path) -> ExportReport:
    """Write `model` for inference, with batch and time axes of any size.

    Batch norm uses its running statistics, dropout is gone. Raises ExportError (nothing is
    written) if the model cannot be exported or onnxruntime's answers differ, FileError if
    the file cannot be written.
    """
    subject = Subject.of(model)
    _refuse_what_stays(project)
    size = sum(t.numel() * t.element_size() for t in subject.model.state_dict().values())
    if size > _LIMIT:
        raise ExportError("A single ONNX file holds 2 GB; export this model as pt2 instead.")
    with quiet():
        program, any_length = _program(subject)
    proto = program.model_proto
    _name_axes(proto, subject, any_length)
    proto.producer_name = "netbuilder"
    proto.doc_string = project.name
    data = proto.SerializeToString()
    differences = compared(subject, _runner(data, subject), "ONNX", any_length)
    atomic_write(path, data)
    sentence = f"{path.name} ({size_text(len(data))}), {checked_text(differences)}."
    if not any_length:
        sentence += " It takes sequences of the trained length only."
    return ExportReport("onnx", (path,), len(data), sentence, differences)


def _refuse_what_stays(project: Project) -> None:
    """Raise ExportError if a node of the model declares that ONNX cannot express it."""
    outputs = [node.id for node in project.graph if node.kind == "output"]
    exported = ancestors(project.graph, outputs)
    for path, info in check(project).nodes.items():
        if path[0] in exported and not info.muted and info.layer.role == "layer":
            why = info.layer.not_in_onnx(*positional(info.layer, info.inputs))
            if why:
                place = ".".join(path)
                raise ExportError(f"{place} cannot be written as ONNX. {why}", place)


def _program(subject: Subject) -> tuple[Any, bool]:
    """The exporter's program, and whether it takes sequences of any length.

    It writes some recurrent layers out step by step, such as one with a state to start from;
    then the length stays the example's. So it does where the model itself takes no other
    length, such as before a kernel as long as the sequence.
    """
    freed = subject.dynamic()
    tries = [freed]
    if any(name != "batch" for axes in freed for name in axes.values()):
        batch = tuple({i: n for i, n in axes.items() if n == "batch"} for axes in freed)
        tries = [freed, batch] if subject.takes_shorter() else [batch]
    for axes in tries:
        try:
            program = torch.onnx.export(
                subject.model,
                tuple(subject.example()),
                dynamo=True,
                dynamic_shapes=axes,
                input_names=subject.input_names,
                output_names=subject.output_names,
                external_data=False,
                verbose=False,
            )
        except Exception as error:  # the exporter has no common base of its own
            if axes is not tries[-1] and "inferred a static shape" in _told(error):
                continue
            raise subject.failure(error, "ONNX") from error
        if program is not None:
            return program, axes is freed
    raise ExportError("This model cannot be written as ONNX: the exporter returned nothing.")


def _told(error: BaseException | None) -> str:
    """What an error and its causes say."""
    return f"{error} {_told(error.__cause__ or error.__context__)}" if error is not None else ""


def _name_axes(proto: Any, subject: Subject, any_length: bool) -> None:
    """Declare which axes of the outputs vary.

    The exporter declares the example's length where a recurrent layer hides how length
    passes through; onnxruntime then warns at every other length.
    """
    batch, time = 3, 0.5 if any_length else 1.0
    usual = subject.answers(subject.example())
    other_batch = subject.answers(subject.example(batch))
    other_time = subject.answers(subject.example(share=time))
    for declared, a, b, c in zip(proto.graph.output, usual, other_batch, other_time, strict=True):
        for axis, dim in enumerate(declared.type.tensor_type.shape.dim):
            if a.shape[axis] != b.shape[axis]:
                dim.dim_param = "batch"
            elif a.shape[axis] != c.shape[axis] and not dim.dim_param:
                dim.dim_param = "time"
    del proto.graph.value_info[:]  # shapes of inner values; only hints, and as wrong


def _runner(data: bytes, subject: Subject) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

    def run(inputs: list[Tensor]) -> list[Tensor]:
        # An input on which no answer depends is not part of the file.
        taken = {i.name for i in session.get_inputs()}
        fed = {n: t.numpy() for n, t in named(inputs, subject.input_names).items() if n in taken}
        return [torch.from_numpy(array) for array in session.run(None, fed)]

    return run
