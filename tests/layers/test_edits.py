"""A person who edits at random for a long time: undo, files and journals are never wrong."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from netbuilder.graph import Edge, Graph, GraphError, Optimiser, Project, Value
from netbuilder.graph.drawing import (
    bent,
    bookmarked,
    contents,
    framed,
    put_frames,
    shifted,
    without_frames,
)
from netbuilder.graph.expression import names_in
from netbuilder.graph.file import Loaded, dumps, loads
from netbuilder.graph.instances import (
    instances,
    make_unique,
    replace_instances,
    without_unused_blocks,
)
from netbuilder.graph.journal import Journal, replay
from netbuilder.graph.library import adopted
from netbuilder.graph.names import block_refusal, refusal
from netbuilder.graph.order import cycle
from netbuilder.layers import ports
from netbuilder.layers.blocks import group, ungroup
from netbuilder.layers.muting import muted
from netbuilder.layers.promotion import (
    add_block_param,
    remove_block_param,
    rename_block_param,
)

KINDS = (
    "linear", "relu", "add", "lstm", "conv2d", "concat", "digits", "cross_entropy", "output",
    "from_a_plugin",
)  # fmt: skip
SESSION = 500


class Person:
    """Edits at random; what is refused is refused by a sentence and changes nothing."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.history = [Project("start")]
        self.at = 0
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.edits: dict[str, Callable[[], Project]] = {
            name.removeprefix("edit_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("edit_")
        }

    # --- what is there ---------------------------------------------------------------------

    @property
    def project(self) -> Project:
        return self.history[self.at]

    def place(self) -> tuple[str, ...]:
        return self.random.choice([(), (), (), *((name,) for name in self.project.blocks)])

    def node(self, graph: Graph) -> str:
        return self.one(list(graph.nodes))

    def one(self, things: list[str]) -> str:
        if not things:
            raise GraphError("There is nothing to choose from.")
        return self.random.choice(things)

    def some(self, graph: Graph) -> list[str]:
        ids = list(graph.nodes)
        return self.random.sample(ids, min(len(ids), self.random.choice([1, 1, 2, 3, 5])))

    def point(self) -> tuple[float, float]:
        return self.random.uniform(-900, 900), self.random.choice([0.0, 8.0, 96.5, -0.1])

    def edited(
        self, edit: Callable[[Graph], Graph], place: tuple[str, ...] | None = None
    ) -> Project:
        place = self.place() if place is None else place
        return self.project.with_graph(edit(self.project.graph_at(place)), place)

    # --- edits -----------------------------------------------------------------------------

    def edit_create(self) -> Project:
        place = self.place()
        kind = self.random.choice([*KINDS, *(f"block:{name}" for name in self.project.blocks)])
        return self.edited(lambda g: g.create(kind, {}, self.point())[0], place)

    edit_create_more = edit_create

    def edit_connect(self) -> Project:
        def connected(graph: Graph) -> Graph:
            source, target = self.node(graph), self.node(graph)
            blocks = self.project.blocks
            out = self.one(list(ports(graph[source], graph, blocks)[1]) or ["y"])
            into = self.one([p.name for p in ports(graph[target], graph, blocks)[0]] or ["x"])
            edge = Edge(source, out, target, into)
            return graph.connect(edge, replace_port=self.random.random() < 0.6)

        return self.edited(connected)

    edit_connect_more = edit_connect_again = edit_connect

    def edit_remove(self) -> Project:
        place = self.place()
        return self.project.without_nodes(self.some(self.project.graph_at(place)), (), place)

    def edit_cut(self) -> Project:
        place = self.place()
        edges = self.project.graph_at(place).edges
        cut = self.random.sample(edges, min(len(edges), 2))
        return self.project.without_nodes((), cut, place)

    def edit_set_param(self) -> Project:
        place = self.place()
        names: list[Value] = (
            [f"={p.name}" for p in self.project.blocks[place[-1]].params] if place else []
        )
        value = self.random.choice([1, 2.5, True, "same", (3, 3), None, *names])
        name = self.random.choice(["out_features", "out_channels", "kernel_size", "bias", "name"])
        return self.edited(lambda g: g.set_param(self.node(g), name, value), place)

    def edit_set_instance(self) -> Project:
        place = self.place()
        graph = self.project.graph_at(place)
        node = graph[self.one([n.id for n in graph if n.block in self.project.blocks])]
        names = [p.name for p in self.project.blocks[str(node.block)].params] + ["repeat"]
        value = self.random.choice([1, 2, 3])
        return self.edited(lambda g: g.set_param(node.id, self.one(names), value), place)

    def edit_reset(self) -> Project:
        def reset(graph: Graph) -> Graph:
            node_id = self.node(graph)
            return graph.reset_param(node_id, self.one(list(graph[node_id].params)))

        return self.edited(reset)

    def edit_move(self) -> Project:
        return self.edited(lambda g: g.move({i: self.point() for i in self.some(g)}))

    def edit_rename(self) -> Project:
        place = self.place()
        old = self.node(self.project.graph_at(place))
        new = self.random.choice(["a", "b_1", "c_2", "linear_1", "for", "Big"])
        return self.project.rename_node(old, new, place)

    def edit_retitle(self) -> Project:
        def titled(graph: Graph) -> Graph:
            node = graph[self.node(graph)]
            title = self.random.choice(["", "Größe", "a\nb", '"'])
            return graph.put(replace(node, title=title, collapsed=not node.collapsed))

        return self.edited(titled)

    def edit_share(self) -> Project:
        def shared(graph: Graph) -> Graph:
            one, other = self.node(graph), self.node(graph)
            return graph.put(replace(graph[one], share=None if one == other else other))

        return self.edited(shared)

    def edit_mute(self) -> Project:
        return self.edited(lambda g: muted(g, self.some(g), self.random.random() < 0.6))

    def edit_frame(self) -> Project:
        rect = (*self.point(), self.random.uniform(0, 2000), 500.0)
        return self.edited(lambda g: framed(g, rect, "Here", "image")[0])

    def edit_move_frame(self) -> Project:
        def moved(graph: Graph) -> Graph:
            frame = self.one(list(graph.frames))
            inside = contents(graph, frame)
            return shifted(graph, self.point(), inside.nodes, (frame, *inside.frames))

        return self.edited(moved)

    def edit_change_frame(self) -> Project:
        def changed(graph: Graph) -> Graph:
            frame = self.one(list(graph.frames))
            if self.random.random() < 0.5:
                return without_frames(graph, [frame])
            return put_frames(graph, replace(graph.frames[frame], title="There"))

        return self.edited(changed)

    def edit_bend(self) -> Project:
        def bend(graph: Graph) -> Graph:
            if not graph.edges:
                raise GraphError("There is no wire.")
            edge = self.random.choice(graph.edges)
            return bent(graph, edge, [self.point()] * self.random.choice([0, 1, 2]))

        return self.edited(bend)

    def edit_bookmark(self) -> Project:
        view = self.random.choice([None, (*self.point(), 0.5)])
        return self.edited(lambda g: bookmarked(g, self.random.randint(1, 9), view))

    def edit_copy(self) -> Project:
        def copied(graph: Graph) -> Graph:
            part = graph.part(self.some(graph), list(graph.frames)[:1])
            return graph.merge(part, self.point())[0]

        return self.edited(copied)

    def edit_paste_elsewhere(self) -> Project:
        foreign = self.random.choice(self.history)
        part = foreign.graph.part(self.some(foreign.graph))
        used = {n.block for n in part if n.block}
        for name in tuple(used):
            used |= foreign.blocks_inside(str(name))
        project, names = adopted(
            self.project, {n: foreign.blocks[n] for n in foreign.blocks if n in used}
        )
        nodes = [replace(n, kind=f"block:{names[n.block]}") for n in part if n.block in names]
        return project.with_graph(project.graph.merge(part.put(*nodes))[0])

    def edit_group(self) -> Project:
        place = self.place()
        graph = self.project.graph_at(place)
        name = self.random.choice(["", "", "", "Stage", "1"])
        return group(self.project, place, self.some(graph), name, list(graph.frames)[:1])[0]

    edit_group_more = edit_group

    def edit_ungroup(self) -> Project:
        place = self.place()
        graph = self.project.graph_at(place)
        node_id = self.one([n.id for n in graph if n.block])
        return ungroup(self.project, place, node_id, self.random.random() < 0.2)[0]

    def edit_make_unique(self) -> Project:
        place = self.place()
        return make_unique(self.project, place, self.node(self.project.graph_at(place)))[0]

    def edit_replace_instances(self) -> Project:
        names = list(self.project.blocks)
        return replace_instances(self.project, self.one(names), self.one(names))

    def edit_rename_block(self) -> Project:
        new = self.random.choice(["Body", "Head 2", "é", " "])
        return self.project.rename_block(self.one(list(self.project.blocks)), new)

    def edit_without_block(self) -> Project:
        if self.random.random() < 0.3:
            return without_unused_blocks(self.project)
        return self.project.without_block(self.one(list(self.project.blocks)))

    def edit_add_param(self) -> Project:
        block = self.one(list(self.project.blocks))
        node = self.node(self.project.blocks[block].graph)
        param = self.random.choice(["out_features", "bias", "out_channels", "dim", "repeat"])
        return add_block_param(self.project, block, node, param)[0]

    edit_add_param_more = edit_add_param

    def edit_remove_param(self) -> Project:
        block = self.one(list(self.project.blocks))
        names = [p.name for p in self.project.blocks[block].params]
        return remove_block_param(self.project, block, self.one(names))

    def edit_rename_param(self) -> Project:
        block = self.one(list(self.project.blocks))
        names = [p.name for p in self.project.blocks[block].params]
        new = self.random.choice(["width", "depth", "max"])
        return rename_block_param(self.project, block, self.one(names), new)

    def edit_optimisers(self) -> Project:
        ids = self.some(self.project.graph)
        optimiser = Optimiser("main", losses=self.random.choice([None, tuple(ids)]))
        other = Optimiser("other", updates=tuple(ids), losses=())
        training = replace(self.project.training, optimisers=(optimiser, other))
        return replace(self.project, training=training)

    # --- a session -------------------------------------------------------------------------

    def session(self, edits: int) -> None:
        """Edits, undone and done again in between; ends with everything undone and redone."""
        self.history = [self.tidied(self.project)]
        self.at = 0
        start = dumps(self.project)
        journal = Journal(folder=self.folder)
        done = sum(self.done.values())
        while (number := sum(self.done.values()) - done) < edits:
            before = self.project
            if self.random.random() < 0.08:
                self.at = max(0, min(len(self.history) - 1, self.at + self.random.choice([-2, 1])))
            elif not self.edit():
                continue
            journal.record(before, self.project)
            whole(before, self.project)
            if number % 50 == 0:
                assert loads(dumps(self.project)) == Loaded(self.project)
        assert journal.path is not None
        assert replay(journal.path) == self.project
        assert dumps(replay(journal.path)) == dumps(self.project)
        end, last, before = dumps(self.history[-1]), self.history[-1], self.project
        for steps in (range(len(self.history))[::-1], range(len(self.history))):
            for self.at in steps:
                journal.record(before, self.project)
                before = self.project
            assert dumps(replay(journal.path)) == dumps(before)
            assert dumps(before) in (start, end)
        assert before is last
        assert dumps(self.history[0]) == start
        journal.clear()

    def edit(self) -> bool:
        name = self.random.choice(list(self.edits))
        before = dumps(self.project) if self.random.random() < 0.02 else None
        try:
            after = self.edits[name]()
        except GraphError as error:
            assert re.fullmatch(r"\S.*[.]", str(error)), str(error)  # noqa: PT017
            self.refused[name] += 1
            return False
        finally:
            assert before is None or dumps(self.project) == before
        self.done[name] += 1
        self.history[self.at + 1 :] = [after]
        self.at += 1
        return True

    def tidied(self, project: Project) -> Project:
        """Small enough to go on: at most 20 nodes and 5 frames on each of a few canvases."""
        for place in ((), *((name,) for name in project.blocks)):
            project = project.without_nodes(list(project.graph_at(place).nodes)[20:], (), place)
            graph = project.graph_at(place)
            project = project.with_graph(without_frames(graph, list(graph.frames)[5:]), place)
        project = without_unused_blocks(project)
        while len(project.blocks) > 5:
            name = next(iter(project.blocks))
            for place, node_id in instances(project, name):
                project = project.without_nodes([node_id], (), place)
            project = without_unused_blocks(project.without_block(name))
        return project


def whole(before: Project, project: Project) -> None:
    """What holds for every project that edits can lead to; what did not change holds still."""
    for name, block in project.blocks.items():
        if before.blocks.get(name) is block:
            continue
        assert name == block.name
        assert block_refusal(name) is None
        assert name not in project.blocks_inside(name)
        known = [p.name for p in block.params]
        assert len(set(known)) == len(known)
        sound(block.graph, set(known))
    if before.graph is not project.graph:
        sound(project.graph, set())
    for optimiser in project.training.optimisers:
        for ids in (optimiser.losses or (), optimiser.updates or ()):
            assert all(node_id in project.graph for node_id in ids)
            assert len(set(ids)) == len(ids)


def sound(graph: Graph, params: set[str]) -> None:
    edges = set(graph.edges)
    assert len(edges) == len(graph.edges)
    assert all(e.source in graph.nodes and e.target in graph.nodes for e in edges)
    assert graph.bends.keys() <= edges
    assert all(graph.bends.values())
    assert set(graph.bookmarks) <= set(range(1, 10))
    assert all(frame_id == frame.id for frame_id, frame in graph.frames.items())
    for node_id, node in graph.nodes.items():
        assert node_id == node.id
        assert refusal(node_id) is None
        assert node.share is None or (node.share in graph.nodes and node.share != node_id)
        assert all(math.isfinite(axis) for axis in node.position)
        assert set[str]().union(*map(names_in, node.params.values())) <= params
    assert cycle(graph) == []


def edited(sessions: int, seed: int, folder: Path) -> Person:
    person = Person(seed, folder)
    for _ in range(sessions):
        person.session(SESSION)
    return person


def test_two_thousand_edits(tmp_path: Path) -> None:
    person = edited(4, 1, tmp_path)
    assert set(person.done) == set(person.edits)  # each kind of edit was really done
    assert sum(person.done.values()) == 4 * SESSION


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_thousand_edits(tmp_path: Path, seed: int) -> None:
    person = edited(20, 100 + seed, tmp_path)
    assert set(person.done) == set(person.edits)
