"""What holds after any sequence of edits: invariants, files, journals."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from netbuilder.graph import (
    Block,
    BlockParam,
    Edge,
    Frame,
    Graph,
    GraphError,
    Node,
    Optimiser,
    Project,
)
from netbuilder.graph.file import Loaded, dumps, loads
from netbuilder.graph.journal import Journal, replay
from netbuilder.graph.names import refusal
from netbuilder.graph.order import cycle, path, topological

QUICK = settings(max_examples=25, deadline=None, derandomize=True)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
plain = st.text(st.characters(min_codepoint=32, max_codepoint=0x3FF), min_size=1, max_size=6)
names = st.sampled_from([f"{stem}_{i}" for stem in ("a", "conv2d", "n_x") for i in range(7)])
ports = st.one_of(st.sampled_from(["x", "y", "a -> b", "petal length (cm)"]), plain)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
values = st.one_of(
    scalars, st.lists(scalars, max_size=3).map(tuple), st.just(((1, 2), ("=width * 2", None)))
)
coordinates = st.floats(-1e6, 1e6)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    ids = draw(st.lists(names, unique=True, max_size=6))
    nodes = {
        node_id: Node(
            node_id,
            draw(st.sampled_from(["linear", "relu", "from_a_plugin", "block:body"])),
            draw(st.dictionaries(plain, values, max_size=3)),
            (draw(coordinates), draw(coordinates)),
            draw(texts),
            draw(st.sampled_from([None, *(other for other in ids if other != node_id)])),
            draw(st.booleans()),
            draw(st.booleans()),
        )
        for node_id in ids
    }
    edges: list[Edge] = []
    if ids:
        ends = st.sampled_from(ids)
        edges = draw(st.lists(st.builds(Edge, ends, ports, ends, ports), max_size=6, unique=True))
    bent = draw(st.sets(st.sampled_from(edges))) if edges else set[Edge]()
    points = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=3).map(tuple)
    rects = st.tuples(coordinates, coordinates, coordinates, coordinates)
    frames = draw(st.dictionaries(st.sampled_from(["frame_1", "frame_2", "n_x_1"]), rects))
    views = st.tuples(coordinates, coordinates, st.floats(0.05, 4))
    return Graph(
        nodes,
        tuple(edges),
        {i: Frame(i, draw(texts), rect, draw(texts)) for i, rect in frames.items()},
        {edge: draw(points) for edge in edges if edge in bent},
        draw(st.dictionaries(st.integers(1, 9), views, max_size=2)),
    )


@st.composite
def projects(draw: st.DrawFn) -> Project:
    block_names = draw(st.lists(st.sampled_from(["body", "Head 2", "é"]), unique=True))
    blocks = {
        name: Block(
            name,
            draw(graphs()),
            tuple(BlockParam(n, draw(scalars)) for n in draw(st.sets(names, max_size=2))),
        )
        for name in block_names
    }
    ids = st.none() | st.lists(names, max_size=2).map(tuple)
    settings_ = st.dictionaries(plain, values, max_size=2)
    optimiser = st.builds(
        Optimiser, names, names, settings_, ids, ids, st.integers(1, 9), st.integers(1, 9)
    )
    project = Project(draw(texts), draw(graphs()), blocks, notes=draw(texts))
    optimisers = tuple(draw(st.lists(optimiser, max_size=2)))
    return replace(project, training=replace(project.training, optimisers=optimisers))


@QUICK
@given(projects())
def test_saving_and_opening_is_the_identity(project: Project) -> None:
    text = dumps(project)
    assert loads(text) == Loaded(project)
    assert dumps(loads(text).project) == text


@QUICK
@given(graphs(), names, st.data())
def test_renaming_and_back_is_the_identity(graph: Graph, new: str, data: st.DataObject) -> None:
    if not len(graph) or new in graph:
        return
    old = data.draw(st.sampled_from(list(graph.nodes)))
    renamed = graph.rename(old, new)
    assert old not in renamed
    assert len(renamed.edges) == len(graph.edges)
    assert len(renamed.bends) == len(graph.bends)
    assert set(renamed.bends) <= set(renamed.edges)
    kept = [node for node in graph if old not in (node.id, node.share)]
    assert all(renamed[node.id] is node for node in kept)
    assert renamed.rename(new, old) == graph
    assert list(renamed.rename(new, old).nodes) == list(graph.nodes)


@QUICK
@given(graphs(), graphs())
def test_pasting_adds_a_copy_and_changes_nothing_else(graph: Graph, other: Graph) -> None:
    merged, new_names = graph.merge(other)
    assert len(merged) == len(graph) + len(other)
    assert set(new_names) == set(other.nodes)
    assert all(merged[node.id] is node for node in graph)
    assert len(merged.frames) == len(graph.frames) + len(other.frames)
    assert len(merged.bends) == len(graph.bends) + len(other.bends)
    assert set(merged.bends) <= set(merged.edges)
    assert merged.bookmarks == graph.bookmarks
    assert merged.edges[: len(graph.edges)] == graph.edges
    assert len(merged.edges) == len(graph.edges) + len(other.edges)
    back = merged.remove(new_names.values())
    assert back.edges == graph.edges
    assert back.bends == graph.bends
    assert list(back.nodes) == list(graph.nodes)
    for node in other:
        copy = merged[new_names[node.id]]
        assert (copy.kind, copy.params, copy.title) == (node.kind, node.params, node.title)
        assert (copy.muted, copy.collapsed) == (node.muted, node.collapsed)
        if node.share is not None:
            assert copy.share == new_names[node.share]


@QUICK
@given(st.lists(projects(), min_size=2, max_size=5))
def test_a_journal_replays_to_the_project(states: list[Project]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(folder=Path(folder))
        for before, after in pairwise(states):
            journal.record(before, after)
        assert journal.path is not None
        assert replay(journal.path) == states[-1]
        journal.clear()


class Editing(RuleBasedStateMachine):
    """A person edits: connects, renames, copies, removes, undoes; nothing ever breaks."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.journal = Journal(folder=Path(self.folder.name))
        self.project = Project()
        self.history = [self.project]

    def become(self, project: Project) -> None:
        self.journal.record(self.project, project)
        self.project = project
        self.history.append(project)

    @property
    def ids(self) -> list[str]:
        return list(self.project.graph.nodes)

    def pick(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.ids))

    @rule(kind=st.sampled_from(["linear", "mse", "block:body", "3d"]), x=coordinates)
    def create(self, kind: str, x: float) -> None:
        graph, node = self.project.graph.create(kind, {"units": 4}, (x, 0))
        assert node.id not in self.project.graph
        self.become(self.project.with_graph(graph))

    @precondition(lambda self: len(self.ids) > 1)
    @rule(data=st.data(), port=st.sampled_from(["x", "target"]), replace_port=st.booleans())
    def connect(self, data: st.DataObject, port: str, replace_port: bool) -> None:
        edge = Edge(self.pick(data), "y", self.pick(data), port)
        before = self.project.graph
        if path(before, edge.target, edge.source):
            with pytest.raises(GraphError, match="close a loop"):
                before.connect(edge)
            return
        graph = before.connect(edge, replace_port=replace_port)
        assert edge in graph.edges
        if replace_port:
            there = [e for e in graph.edges if (e.target, e.target_port) == (edge.target, port)]
            assert there == [edge]
        self.become(self.project.with_graph(graph))

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), value=values)
    def set_param(self, data: st.DataObject, value: object) -> None:
        node_id = self.pick(data)
        graph = self.project.graph.set_param(node_id, "units", value)  # type: ignore[arg-type]
        assert all(graph[i] is self.project.graph[i] for i in self.ids if i != node_id)
        self.become(self.project.with_graph(graph))

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), new=names)
    def rename(self, data: st.DataObject, new: str) -> None:
        old = self.pick(data)
        try:
            self.become(self.project.rename_node(old, new))
        except GraphError:
            assert new in self.project.graph

    @precondition(lambda self: self.ids)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        self.become(self.project.without_nodes([self.pick(data)]))

    @precondition(lambda self: 0 < len(self.ids) < 12)
    @rule(data=st.data())
    def copy(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sets(st.sampled_from(self.ids)))
        graph, _ = self.project.graph.merge(self.project.graph.part(chosen), (10, 10))
        self.become(self.project.with_graph(graph))

    @precondition(lambda self: self.ids)
    @rule(data=st.data())
    def assign(self, data: st.DataObject) -> None:
        optimiser = Optimiser(losses=(self.pick(data),), updates=(self.pick(data),))
        training = replace(self.project.training, optimisers=(optimiser,))
        self.become(replace(self.project, training=training))

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        self.become(data.draw(st.sampled_from(self.history[-5:])))

    @rule()
    def save_and_open(self) -> None:
        loaded = loads(dumps(self.project))
        assert loaded == Loaded(self.project)
        self.project = loaded.project

    @invariant()
    def the_graph_is_whole(self) -> None:
        graph = self.project.graph
        assert all(node_id == node.id for node_id, node in graph.nodes.items())
        assert all(refusal(node_id) is None for node_id in graph.nodes)
        assert all(e.source in graph and e.target in graph for e in graph.edges)
        assert len(set(graph.edges)) == len(graph.edges)
        assert all(n.share is None or n.share in graph for n in graph)
        assert cycle(graph) == []
        order = {node_id: i for i, node_id in enumerate(topological(graph))}
        assert all(order[e.source] < order[e.target] for e in graph.edges)
        for optimiser in self.project.training.optimisers:
            for ids in (optimiser.losses, optimiser.updates):
                assert ids is None or all(node_id in graph for node_id in ids)

    def teardown(self) -> None:
        if self.journal.path is not None:
            assert replay(self.journal.path) == self.project
        self.journal.clear()
        self.folder.cleanup()


TestEditing = Editing.TestCase
TestEditing.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
