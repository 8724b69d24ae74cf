"""Between a project and the plain lists and dictionaries that its file holds."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from netbuilder.graph.frame import Frame, Point
from netbuilder.graph.model import Edge, Graph, Node
from netbuilder.graph.names import block_refusal, param_refusal, refusal
from netbuilder.graph.project import (
    Block,
    BlockParam,
    Optimiser,
    Project,
    Schedule,
    Training,
    WeightGroup,
)
from netbuilder.graph.schema import (
    BlockEntry,
    GraphEntry,
    ProjectEntry,
    SearchEntry,
    TrainingEntry,
)
from netbuilder.graph.search import Range, Search

VERSION = 1
_EDGE = re.compile(r"([a-z][a-z0-9_]*)\.(.+?) -> ([a-z][a-z0-9_]*)\.(.+)\Z")
#: Whole numbers below are written; floats end at about 10**308.
_LARGEST = 10**300


# --- to plain values -----------------------------------------------------------------------


def raw_project(project: Project) -> dict[str, Any]:
    """The whole project; what is at its default is left out."""
    raw: dict[str, Any] = {"version": VERSION, "name": project.name}
    if project.notes:
        lines = project.notes.split("\n")
        raw["notes"] = lines if len(lines) > 1 else project.notes
    raw["graph"] = raw_graph(project.graph)
    if project.blocks:
        raw["blocks"] = {name: raw_block(block) for name, block in project.blocks.items()}
    raw["training"] = raw_training(project.training)
    if search := raw_search(project.search):
        raw["search"] = search
    return raw


def raw_search(search: Search) -> dict[str, Any]:
    """What is searched and how, where it is not at its default."""
    raw: dict[str, Any] = {}
    if search.space:
        raw["space"] = {name: _changed(values) for name, values in search.space.items()}
    return {**raw, **{n: v for n, v in _changed(search).items() if n != "space"}}


def _changed(declared: Range | Search) -> dict[str, Any]:
    """Fields that are not at their defaults; the bounds of a range are always said."""
    always = ("low", "high") if isinstance(declared, Range) and not declared.choices else ()
    values = {f.name: getattr(declared, f.name) for f in dataclasses.fields(declared)}
    usual = {f.name: f.default for f in dataclasses.fields(declared)}
    return {
        name: _coordinate(value) if isinstance(value, float) else _plain(value)
        for name, value in values.items()
        if name != "space" and (name in always or value != usual[name])
    }


def raw_graph(graph: Graph) -> dict[str, Any]:
    """Nodes by id, edges in drawing order, then what is only drawn, if anything is."""
    return {
        "nodes": {node.id: raw_node(node) for node in graph},
        "edges": [raw_edge(edge) for edge in graph.edges],
        **{name: raw for name, raw in raw_drawing(graph).items() if raw},
    }


def raw_drawing(graph: Graph) -> dict[str, Any]:
    """Frames, bends and bookmarks."""
    return {
        "frames": {frame.id: _raw_frame(frame) for frame in graph.frames.values()},
        "bends": [
            {"edge": raw_edge(edge), "points": [_coordinates(point) for point in points]}
            for edge, points in graph.bends.items()
        ],
        "bookmarks": {str(n): _coordinates(view) for n, view in sorted(graph.bookmarks.items())},
    }


def _raw_frame(frame: Frame) -> dict[str, Any]:
    raw: dict[str, Any] = {"title": frame.title} if frame.title else {}
    raw["rect"] = _coordinates(frame.rect)
    if frame.colour:
        raw["colour"] = frame.colour
    return raw


def raw_node(node: Node) -> dict[str, Any]:
    """One node without its id."""
    raw: dict[str, Any] = {"kind": node.kind}
    if node.title:
        raw["title"] = node.title
    if node.params:
        raw["params"] = {name: _plain(node.params[name]) for name in sorted(node.params)}
    raw["position"] = _coordinates(node.position)
    if node.share is not None:
        raw["share"] = node.share
    for name in ("muted", "collapsed"):
        if getattr(node, name):
            raw[name] = True
    return raw


def raw_edge(edge: Edge) -> str | list[str]:
    """``"conv2d_1.y -> add_1.x"``, or four texts if that could be misread."""
    text = f"{edge.source}.{edge.source_port} -> {edge.target}.{edge.target_port}"
    return text if edge_from(text) == edge else list(dataclasses.astuple(edge))


def raw_block(block: Block) -> dict[str, Any]:
    """One block without its name."""
    raw: dict[str, Any] = {}
    if block.params:
        raw["params"] = [
            {"name": p.name, "default": _plain(p.default), **({"help": p.help} if p.help else {})}
            for p in block.params
        ]
    raw["graph"] = raw_graph(block.graph)
    return raw


_ALWAYS = ("epochs", "batch_size", "seed", "device", "validation", "test")


def raw_training(training: Training) -> dict[str, Any]:
    """All settings, with the optimisers last; what few projects use only where it is set."""
    raw = {
        f.name: value
        for f in dataclasses.fields(training)
        if (value := getattr(training, f.name)) != f.default or f.name in _ALWAYS
    }
    raw.pop("optimisers", None)
    raw.pop("settings", None)
    if training.settings:
        raw["settings"] = {part: _settings(training.settings[part]) for part in training.settings}
    raw["optimisers"] = [_raw_optimiser(optimiser) for optimiser in training.optimisers]
    return raw


def _raw_optimiser(optimiser: Optimiser) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "name": optimiser.name,
        "algorithm": optimiser.algorithm,
        "settings": _settings(optimiser.settings),
    }
    for name in ("losses", "updates"):
        if (ids := getattr(optimiser, name)) is not None:
            raw[name] = list(ids)
    for name in ("every", "steps"):
        if (number := getattr(optimiser, name)) != 1:
            raw[name] = number
    if optimiser.schedule != Schedule():
        schedule = optimiser.schedule
        raw["schedule"] = {"name": schedule.name, "settings": _settings(schedule.settings)}
    if optimiser.groups:
        raw["groups"] = [
            {"nodes": list(group.nodes), "settings": _settings(group.settings)}
            for group in optimiser.groups
        ]
    return raw


def _settings(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(values[name]) for name in sorted(values)}


def _plain(value: Any) -> Any:
    """A parameter's value; what JSON has no number for becomes a text, so nothing is lost."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if (isinstance(value, float) and math.isinf(value)) or (
        isinstance(value, int) and abs(value) >= _LARGEST
    ):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _coordinates(point: Iterable[float]) -> list[int | float]:
    return [_coordinate(axis) for axis in point]


def _coordinate(axis: float) -> int | float:
    if not math.isfinite(axis):
        return 0
    return int(axis) if axis.is_integer() and abs(axis) < 1e15 else axis


# --- from plain values ---------------------------------------------------------------------


def project_from(entry: ProjectEntry) -> tuple[Project, tuple[str, ...]]:
    """The project, and one sentence for each thing that had to be left out.

    Raises ValueError with a sentence about the first thing that cannot be read.
    """
    warnings: list[str] = []
    graph = _graph(entry.graph, "", warnings)
    blocks: dict[str, Block] = {}
    for name, block in entry.blocks.items():
        _refuse(block_refusal(name))
        blocks[name] = _block(name, block, warnings)
    notes = entry.notes if isinstance(entry.notes, str) else "\n".join(entry.notes)
    training = training_from(entry.training)
    search = search_from(entry.search)
    return Project(entry.name, graph, blocks, training, notes, search), tuple(warnings)


def search_from(entry: SearchEntry) -> Search:
    """What is searched and how; names that mean nothing are kept, and told by whoever searches."""
    values = {name: getattr(entry, name) for name in SearchEntry.model_fields}
    values["space"] = {
        name: Range(r.low, r.high, r.log, r.step, tuple(_value(c) for c in r.choices))
        for name, r in entry.space.items()
    }
    return Search(**values)


def training_from(entry: TrainingEntry) -> Training:
    """How the project is trained."""
    values = {name: getattr(entry, name) for name in TrainingEntry.model_fields}
    values["optimisers"] = tuple(
        Optimiser(
            name=o.name,
            algorithm=o.algorithm,
            settings=_values(o.settings),
            losses=None if o.losses is None else tuple(o.losses),
            updates=None if o.updates is None else tuple(o.updates),
            every=o.every,
            steps=o.steps,
            schedule=Schedule(o.schedule.name, _values(o.schedule.settings)),
            groups=tuple(WeightGroup(tuple(g.nodes), _values(g.settings)) for g in o.groups),
        )
        for o in entry.optimisers
    )
    values["settings"] = {part: _values(of) for part, of in entry.settings.items()}
    values["validation"], values["test"] = float(entry.validation), float(entry.test)
    return Training(**values)


def edge_from(raw: str | Iterable[str]) -> Edge | None:
    """The edge that a text or four texts stand for, or None."""
    if not isinstance(raw, str):
        parts = tuple(raw)
        return Edge(*parts) if len(parts) == 4 else None
    found = _EDGE.match(raw)
    return Edge(*found.groups()) if found else None


def _block(name: str, entry: BlockEntry, warnings: list[str]) -> Block:
    for param in entry.params:
        _refuse(param_refusal(param.name))
    params = tuple(BlockParam(p.name, _value(p.default), p.help) for p in entry.params)
    return Block(name, _graph(entry.graph, f" in the block {name}", warnings), params)


def _graph(entry: GraphEntry, where: str, warnings: list[str]) -> Graph:
    nodes: dict[str, Node] = {}
    for node_id, raw in entry.nodes.items():
        _refuse(refusal(node_id))
        share = raw.share
        if share is not None and (share not in entry.nodes or share == node_id):
            warnings.append(
                f"{node_id}{where} shared the weights of {share}, which is not there; "
                "it has weights of its own now."
            )
            share = None
        params = {name: _value(value) for name, value in raw.params.items()}
        x, y = raw.position
        nodes[node_id] = Node(
            node_id, raw.kind, params, (x, y), raw.title, share, raw.muted, raw.collapsed
        )
    edges: dict[Edge, None] = {}
    for text in entry.edges:
        edge = edge_from(text)
        if edge is None:
            raise ValueError(f"{text!r:.80}{where} is not a wire such as 'conv2d_1.y -> relu_1.x'")
        lacking = [end for end in (edge.source, edge.target) if end not in nodes]
        if lacking:
            warnings.append(
                f"The wire from {edge.source} to {edge.target}{where} was left out, "
                f"because there is no {' and no '.join(dict.fromkeys(lacking))}."
            )
            continue
        edges[edge] = None
    frames: dict[str, Frame] = {}
    for frame_id, frame in entry.frames.items():
        _refuse(refusal(frame_id))
        left, top, width, height = frame.rect
        frames[frame_id] = Frame(frame_id, frame.title, (left, top, width, height), frame.colour)
    bends: dict[Edge, tuple[Point, ...]] = {}
    for bend in entry.bends:
        if (edge := edge_from(bend.edge)) in edges and bend.points:
            bends[edge] = tuple((x, y) for x, y in bend.points)
    bookmarks = {int(n): (x, y, scale) for n, (x, y, scale) in entry.bookmarks.items()}
    return Graph(nodes, tuple(edges), frames, bends, bookmarks)


def _values(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in raw.items()}


def _value(raw: Any) -> Any:
    if isinstance(raw, list):
        return tuple(_value(item) for item in raw)
    return str(raw) if isinstance(raw, str) else raw


def _refuse(why: str | None) -> None:
    if why is not None:
        raise ValueError(why.removesuffix("."))
