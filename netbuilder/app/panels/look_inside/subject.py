"""What a project is about, as far as it decides how it can be looked at. No Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from netbuilder.app.panels.pictures.numbers import is_picture
from netbuilder.compiler import check, generate
from netbuilder.compiler.muting import without_muted
from netbuilder.compiler.source import Argument, CompileError
from netbuilder.graph import Project
from netbuilder.layers import DataError, DataSet, Dim, ParamError, TensorSpec, declare

Kind = Literal["picture", "point", "table", "tokens", "series", "none"]
"""What one sample is: a picture, two numbers, several, a text, numbers in time; or nothing."""

Answers = Literal["class", "number", "token", "picture", "other"]
"""What the model says of a sample."""


@dataclass(frozen=True)
class Subject:
    """The input, the answer and the nodes of a project that can be looked at.

    field: name of the input. label: name of the field it is held against. trouble: why
    the project cannot be run, if so.
    """

    kind: Kind = "none"
    field: str = ""
    shape: tuple[int, ...] = ()
    answers: Answers = "other"
    output: str = ""
    output_shape: tuple[int, ...] = ()
    label: str = ""
    classes: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    convolutions: tuple[str, ...] = ()
    attends: bool = False
    makes: bool = False
    maps: tuple[str, ...] = ()
    embeddings: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    trouble: str = ""

    @classmethod
    def of(cls, project: Project) -> Subject:
        """Read off a project, without running anything."""
        try:
            source = generate(project)
        except CompileError as error:
            return cls(trouble=str(error))
        found = check(without_muted(project))
        data = {a.node for a in source.inputs if _data(project, a.node) is not None}
        given = next((a for a in source.inputs if a.node in data), None)
        kind, shape = _kind(given), tuple(int(n) for n in given.spec.shape[1:]) if given else ()
        output, spec = "", None
        for name, node_id in source.outputs:
            info = found.nodes.get((node_id,))
            arrived = next(iter(info.inputs.values()), ()) if info else ()
            if arrived:
                output, spec = name, arrived[0]
                break
        label = _label(source.fields, given, spec)
        try:
            names = _names(project, label)
            reading = _names(project, given) if kind == "tokens" else ()
        except (DataError, ParamError) as error:  # its file broke since the project was checked
            return cls(trouble=str(error))
        out_shape = tuple(int(n) for n in spec.shape[1:]) if spec else ()
        roles = {i: info.layer.role for i, info in found.inside().items()}
        return cls(
            kind=kind,
            field=given.name if given else "",
            shape=shape,
            answers=_answers(spec, label, kind, shape),
            output=output,
            output_shape=out_shape,
            label=label.name if label else "",
            classes=names or tuple(str(i) for i in range(out_shape[-1] if out_shape else 0)),
            tokens=reading,
            convolutions=tuple(
                path[-1]
                for path, info in found.nodes.items()
                if len(path) == 1 and info.layer.kind.startswith("conv") and info.parameters
            ),
            attends=any("attention" in i.layer.kind for i in found.nodes.values()),
            makes=any(a.node not in data for a in source.inputs)
            or any(i.layer.kind == "reparameterise" for i in found.nodes.values()),
            maps=tuple(
                f"{node_id}.{port}"
                for node_id, info in found.inside().items()
                if roles[node_id] == "layer"
                for port, spec_ in list(info.outputs.items())[:1]
                if spec_.axes in (3, 4) and spec_.dtype == "float32"
            ),
            embeddings=tuple(
                path[0]
                for path, info in found.nodes.items()
                if len(path) == 1 and info.layer.kind == "embedding"
            ),
            losses=tuple(source.losses),
        )

    @property
    def reconstructs(self) -> bool:
        """Whether what comes out is of the shape of what goes in."""
        return self.kind != "none" and self.answers == "picture"


def _data(project: Project, node_id: str) -> DataSet | None:
    layer = declare(project.graph[node_id], project.blocks)
    return layer if isinstance(layer, DataSet) else None


def _names(project: Project, place: Argument | None) -> tuple[str, ...]:
    layer = _data(project, place.node) if place is not None else None
    return layer.class_names(place.port) if layer is not None and place is not None else ()


def _kind(place: Argument | None) -> Kind:
    if place is None:
        return "none"
    shape = tuple(int(n) for n in place.spec.shape[1:])
    if place.spec.dtype != "float32":
        return "tokens" if len(shape) == 1 else "none"
    if is_picture(shape):
        return "picture"
    if len(shape) == 1:
        return "point" if shape == (2,) else "table"
    return "series" if len(shape) == 2 else "none"


def _label(
    fields: tuple[Argument, ...], given: Argument | None, spec: TensorSpec | None
) -> Argument | None:
    """The field a prediction is compared with: whole numbers first, then numbers."""
    places = [f for f in fields if given is None or (f.node, f.port) != (given.node, given.port)]
    whole = [f for f in places if f.spec.dtype != "float32"]
    if whole:
        return whole[0]
    wanted = _sizes(spec) if spec is not None else ()
    return next((f for f in places if _sizes(f.spec) == wanted), None)


def _sizes(spec: TensorSpec) -> tuple[int, ...]:
    return tuple(int(n) for n in spec.shape if not (isinstance(n, Dim) and n.name == "B"))


def _answers(
    spec: TensorSpec | None, label: Argument | None, kind: Kind, shape: tuple[int, ...]
) -> Answers:
    if spec is None:
        return "other"
    out = tuple(int(n) for n in spec.shape[1:])
    if len(out) == 1:
        whole = label is not None and label.spec.dtype != "float32"
        return "class" if whole else "number"
    if len(out) == 2 and kind == "tokens":
        return "token"
    return "picture" if is_picture(out) and out == shape else "other"
