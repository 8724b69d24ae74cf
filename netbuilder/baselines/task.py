"""What a project's network is asked, as a table: inputs, answers and the rows of each part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netbuilder.baselines.declared import BaselineError
from netbuilder.compiler import Source, generate
from netbuilder.compiler.muting import without_muted
from netbuilder.data import Fields, divided_all
from netbuilder.graph import Edge, Node, Project
from netbuilder.layers import TensorSpec
from netbuilder.training.feed import sources_of

Floats = npt.NDArray[np.float64]
#: Ports of a loss at which the true answer arrives.
_ANSWERS = ("label", "target")


@dataclass(frozen=True)
class Task:
    """Inputs (rows, numbers) and answers (rows,) of each part, and what is asked.

    classes: whether the answer is a class; else it is a number. project: the one asked
    about, with the metrics that the network is compared by. source: of that project.
    metrics: their node ids.
    """

    inputs: Mapping[str, Floats]
    answers: Mapping[str, npt.NDArray[Any]]
    classes: bool
    project: Project
    source: Source
    metrics: tuple[str, ...]


def task_of(project: Project, data: Mapping[str, Fields] | None = None) -> Task:
    """The task of the project's first loss that compares with a field of its data.

    data: by data node, data sets to use instead of loading. Raises BaselineError, or the
    one-sentence errors of compiler and data.
    """
    project = without_muted(project)
    source = generate(project)
    sources = sources_of(project, source, data)
    loss, truth, answer = _judged(project, source)
    asked = [a for a in source.inputs if a.node in sources]
    if not asked:
        raise BaselineError("The network takes nothing from a data set, so nothing else could.")
    spec = answer.spec
    classes = spec.dtype == "int64"
    t = project.training
    parts = divided_all(sources, t)
    inputs: dict[str, Floats] = {}
    answers: dict[str, npt.NDArray[Any]] = {}
    for part, rows in parts.items():
        columns = [_table(sources[a.node][a.port][rows[a.node]], a.spec) for a in asked]
        inputs[part] = np.concatenate(columns, axis=1)  # (rows, numbers)
        answers[part] = _answers(sources[answer.node][answer.port][rows[answer.node]])
    if not classes and set(np.unique(answers["train"])) <= {0.0, 1.0}:
        classes = True  # yes or no, written as numbers
        answers = {part: values.astype(np.int64) for part, values in answers.items()}
    measured, ids = _measuring(project, loss, truth, classes, spec.dtype == "int64")
    return Task(inputs, answers, classes, measured, generate(measured), ids)


def _judged(project: Project, source: Source) -> tuple[str, str, Any]:
    """The loss, its port for the truth, and the field of the data that arrives there."""
    graph = project.graph
    fields = {(f.node, f.port): f for f in source.fields}
    for loss in source.losses:
        for edge in graph.incoming[loss]:
            end = (edge.source, edge.source_port)
            if edge.target_port in _ANSWERS and end in fields:
                spec = fields[end].spec
                if len(spec.shape) == 1 or (len(spec.shape) == 2 and spec.shape[1] == 1):
                    return loss, edge.target_port, fields[end]
    raise BaselineError(
        "Baselines answer with one class or one number for a row: wire such a field of the "
        "data to a loss. This network is asked something else."
    )


def _table(values: npt.NDArray[Any], spec: TensorSpec) -> Floats:
    """One row of numbers a sample; tokens become how often each occurs."""
    flat = values.reshape(len(values), -1)
    if values.dtype.kind != "i" or spec.classes is None:
        return flat.astype(np.float64)
    counts = np.zeros((len(flat), spec.classes))
    np.add.at(counts, (np.arange(len(flat))[:, None], flat), 1.0)
    return counts


def _answers(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return values.reshape(len(values))


def _measuring(
    project: Project, loss: str, truth: str, classes: bool, indexed: bool
) -> tuple[Project, tuple[str, ...]]:
    """The project with the metrics that fit beside its loss, wired like it."""
    kinds = ("accuracy" if indexed else "binary_accuracy",) if classes else ("r2", "mae")
    graph = project.graph
    wires = {e.target_port: e for e in graph.incoming[loss]}
    guess = next((e for port, e in wires.items() if port != truth), None)
    if guess is None:
        raise BaselineError(f"Nothing arrives at the loss {loss} to be judged.")
    ports = {"accuracy": ("logits", "label"), "binary_accuracy": ("logits", "target")}
    ids = []
    for kind in kinds:
        node = Node(graph.new_id(kind), kind)
        first, second = ports.get(kind, ("prediction", "target"))
        true = wires[truth]
        graph = graph.add(node).connect(
            Edge(guess.source, guess.source_port, node.id, first),
            Edge(true.source, true.source_port, node.id, second),
        )
        ids.append(node.id)
    return replace(project, graph=graph), tuple(ids)
