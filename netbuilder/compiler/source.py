"""A project becomes one readable module of PyTorch: what runs, trains and is exported."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from netbuilder.compiler.assembly import Assembly
from netbuilder.compiler.body import Line
from netbuilder.compiler.checking import check
from netbuilder.compiler.inline import definitions, needed
from netbuilder.compiler.muting import without_muted
from netbuilder.compiler.naming import camel, method_names, quoted
from netbuilder.compiler.own_code import OwnCode
from netbuilder.compiler.report import Path, Problem
from netbuilder.compiler.sharing import share_root
from netbuilder.compiler.signature import signature
from netbuilder.compiler.unit import class_lines
from netbuilder.graph import Optimiser, Project
from netbuilder.layers import REGISTRY, TensorSpec


class CompileError(ValueError):
    """The project has an error; the message says what, `problem` where."""

    def __init__(self, problem: Problem) -> None:
        where = f"{problem.node}: " if problem.node else ""
        super().__init__(f"{where}{problem.message}")
        self.problem = problem


@dataclass(frozen=True)
class Argument:
    """An argument of `forward`: what it carries and the port it stands for."""

    name: str
    spec: TensorSpec
    node: str
    port: str


#: A field of a batch that the objectives take; the same as an argument.
Field = Argument


@dataclass(frozen=True)
class Objective:
    """What one optimiser minimises: a method of the generated class.

    updates: attributes (node ids) whose weights the optimiser owns, None for all.
    """

    name: str
    method: str
    losses: tuple[str, ...]
    updates: tuple[str, ...] | None
    optimiser: Optimiser


@dataclass(frozen=True)
class Source:
    """The text of the module and what is needed to call it."""

    text: str
    class_name: str
    lines: Mapping[int, Path]
    inputs: tuple[Argument, ...]
    outputs: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]
    objectives: tuple[Objective, ...]
    losses: tuple[str, ...]
    metrics: tuple[str, ...]
    #: Code of a person in it, as they wrote it: all of it must be trusted before it runs.
    foreign: tuple[str, ...] = ()

    @property
    def comparable(self) -> bool:
        """Whether one figure tells which weights are best: the first objective.

        Where optimisers minimise different losses, as in a GAN, a lower loss of one only
        says that the other fell behind; then the last weights are the ones to keep.
        """
        return len({objective.losses for objective in self.objectives}) == 1


def generate(project: Project) -> Source:
    """Source of a project's model and objectives. Raises CompileError."""
    known = project.__dict__.get("_source")
    if known is None:
        known = project.__dict__["_source"] = _generate(project)
    return known


def _generate(project: Project) -> Source:
    drawn, project = project, without_muted(project)
    for found in (check(drawn), check(project)):
        if found.errors:
            raise CompileError(found.errors[0])
    roles = {n.id: REGISTRY[n.kind].role for n in project.graph if n.kind in REGISTRY}
    losses = tuple(i for i, role in roles.items() if role == "loss" and (i,) in found.nodes)
    metrics = tuple(i for i, role in roles.items() if role == "metric" and (i,) in found.nodes)
    objectives = _objectives(project, losses)
    assembly = Assembly(project, found)
    takes = signature(project.graph, found.nodes, losses, metrics)
    assembly.network(
        camel(project.name, "Network"),
        takes,
        [(o.method, o.losses) for o in objectives],
        losses,
        metrics,
    )
    classes = assembly.classes()
    body = [line for text in classes for line in [*class_lines(text), Line(""), Line("")]]
    body = [*assembly.own.lines, *body]
    texts = _head(project, "\n".join(line.text for line in body), assembly.own)
    lines: dict[int, Path] = {}
    for line in body:
        texts.append(line.text)
        if line.path is not None:
            lines[len(texts)] = line.path
    text = "\n".join(texts).rstrip() + "\n"
    top = found.inside()
    specs = {(i, p): spec for i, info in top.items() for p, spec in info.outputs.items()}
    return Source(
        text,
        classes[-1].name,
        lines,
        tuple(Argument(name, specs[key], *key) for key, name in takes.inputs.items()),
        takes.outputs,
        tuple(Field(name, specs[key], *key) for key, name in takes.fields.items()),
        objectives,
        losses,
        metrics,
        tuple(assembly.own.foreign),
    )


def _objectives(project: Project, losses: tuple[str, ...]) -> tuple[Objective, ...]:
    graph, found = project.graph, []
    optimisers = project.training.optimisers
    methods = method_names([o.name for o in optimisers])
    for optimiser, method in zip(optimisers, methods, strict=True):
        mine = losses if optimiser.losses is None else optimiser.losses
        updates = optimiser.updates
        if updates is not None:
            owners = [share_root(graph, graph[i]) for i in updates]
            updates = tuple(dict.fromkeys(owner.id for owner in owners if owner is not None))
        found.append(Objective(optimiser.name, method, mine, updates, optimiser))
    return tuple(found)


def _head(project: Project, class_text: str, own: OwnCode) -> list[str]:
    """Docstring, imports and the parts torch lacks."""
    names = [n for n in definitions() if re.search(rf"(?<![\w.]){n}\(", class_text)]
    parts = [definitions()[n] for n in needed(names)]
    text = class_text + "\n".join(parts)
    lines = [
        f'"""{quoted(project.name) or "Untitled"}: generated by NetBuilder, ordinary PyTorch."""',
        "",
    ]
    if own.future:
        lines += ["from __future__ import annotations", ""]
    if "math" in own.standard or re.search(r"\bmath\.", text):
        lines += ["import math", ""]
    lines.append("import torch")
    if "F" in own.standard or re.search(r"\bF\.", text):
        lines.append("import torch.nn.functional as F")
    lines += ["from torch import nn", *sorted(own.imports), "", ""]
    for part in parts:
        lines += [*part.splitlines(), "", ""]
    return lines
