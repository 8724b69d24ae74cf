"""Frames, bends and bookmarks: kept with what they belong to, and never in the way."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from netbuilder.graph import Edge, Frame, Graph, GraphError, Node, Project
from netbuilder.graph.difference import applied, difference
from netbuilder.graph.drawing import (
    Contents,
    bent,
    bookmarked,
    contents,
    framed,
    put_frames,
    shifted,
    without_frames,
)
from netbuilder.graph.file import dumps, loads
from netbuilder.graph.raw import raw_project

AB, BC = Edge("a", "y", "b", "x"), Edge("b", "y", "c", "x")


def graph() -> Graph:
    nodes = (Node(i, "relu", position=(200.0 * n, 0)) for n, i in enumerate("abc"))
    return bent(Graph().add(*nodes).connect(AB, BC), AB, [(150, -40), (160, 80)])


def test_a_frame_is_made_changed_and_removed() -> None:
    one, frame = framed(graph(), (-10, -10, 500, 100), "Encoder", "image")
    two, other = framed(one, (0, 0, -30, -40))
    assert (frame.id, other.id) == ("frame_1", "frame_2")
    assert other.rect == (0.0, 0.0, 30.0, 40.0)
    wide = put_frames(two, replace(frame, rect=(0, 0, 9, 9)))
    assert wide.frames["frame_1"].title == "Encoder"
    assert list(without_frames(wide, ["frame_1"]).frames) == ["frame_2"]
    assert without_frames(two, ["frame_1", "frame_2"]) == graph()
    with pytest.raises(GraphError, match="no frame called gone"):
        put_frames(two, Frame("gone"))
    with pytest.raises(GraphError, match="finite"):
        framed(two, (0, 0, math.inf, 1))


def test_what_stands_in_a_frame_moves_with_it() -> None:
    drawn, frame = framed(graph(), (-10, -50, 400, 200))
    drawn, small = framed(drawn, (0, 0, 50, 50))
    drawn, _ = framed(drawn, (0, 0, 5000, 50))
    assert contents(drawn, frame.id) == Contents(("a", "b"), (small.id,))
    assert contents(drawn, frame.id, {"b": (300, 72)}).nodes == ("a",)
    inside = contents(drawn, frame.id)
    moved = shifted(drawn, (8, 16), inside.nodes, (frame.id, *inside.frames))
    assert moved["b"].position == (208.0, 16.0)
    assert moved["c"] is drawn["c"]
    assert moved.frames[small.id].rect == (8.0, 16.0, 50.0, 50.0)
    assert moved.bends[AB] == ((158.0, -24.0), (168.0, 96.0))
    assert shifted(drawn, (8, 16), ["a"]).bends == drawn.bends
    assert shifted(moved, (-8, -16), inside.nodes, (frame.id, *inside.frames)) == drawn


def test_a_frame_of_the_same_place_is_not_inside() -> None:
    drawn, one = framed(graph(), (0, 0, 9, 9))
    drawn, _ = framed(drawn, (0, 0, 9, 9))
    assert contents(drawn, one.id) == Contents()


def test_bends_live_and_die_with_their_wire() -> None:
    start = graph()
    assert bent(start, AB, []).bends == {}
    assert start.remove(["c"]).bends == start.bends
    assert start.remove(["b"]).bends == {}
    assert start.remove(edges=[AB]).bends == {}
    assert start.with_edges([BC]).bends == {}
    assert start.rename("a", "z").bends == {Edge("z", "y", "b", "x"): start.bends[AB]}
    other = start.add(Node("d", "relu")).connect(Edge("d", "y", "b", "x"), replace_port=True)
    assert other.bends == {}
    assert start.put(replace(start["a"], title="A")).bends == start.bends
    with pytest.raises(GraphError, match="no wire from a to c"):
        bent(start, Edge("a", "y", "c", "x"), [(0, 0)])
    with pytest.raises(GraphError, match="finite"):
        bent(start, BC, [(0, math.nan)])


def test_copies_keep_bends_frames_and_how_nodes_look() -> None:
    start, frame = framed(graph(), (0, 0, 100, 100), "Here")
    start = start.put(replace(start["a"], muted=True, collapsed=True))
    part = start.part(["a", "b"], [frame.id])
    assert list(part.frames) == [frame.id]
    assert part.bends == start.bends
    assert start.part(["a", "c"]).bends == {}
    pasted, names = start.merge(part, (10, 20))
    copy = pasted[names["a"]]
    assert (copy.muted, copy.collapsed) == (True, True)
    assert pasted.frames["frame_2"].rect == (10.0, 20.0, 100.0, 100.0)
    wire = Edge(names["a"], "y", names["b"], "x")
    assert pasted.bends[wire] == ((160.0, -20.0), (170.0, 100.0))
    assert pasted.bends[AB] == start.bends[AB]


def test_bookmarks_have_nine_numbers() -> None:
    marked = bookmarked(bookmarked(graph(), 9, (1, 2, 0.5)), 1, (3, 4, 1))
    assert list(marked.bookmarks) == [1, 9]
    assert bookmarked(bookmarked(marked, 1, None), 9, None) == graph()
    for number in (0, 10):
        with pytest.raises(GraphError, match="1 to 9"):
            bookmarked(marked, number, (0, 0, 1))


def test_what_is_not_used_is_not_written() -> None:
    text = dumps(Project(graph=Graph().add(Node("a", "relu"))))
    assert not any(f'"{word}"' in text for word in ("muted", "collapsed", "frames", "bends"))
    full, _ = framed(bookmarked(graph(), 2, (0, 0, 1)), (0, 0, 1, 1))
    full = full.put(replace(full["a"], muted=True))
    text = dumps(Project(graph=full))
    assert text.count('"muted": true') == 1
    assert loads(text).project.graph == full


def test_the_journal_carries_them_and_their_end() -> None:
    plain = Project(graph=Graph().add(*graph()).connect(AB, BC))
    drawn, _ = framed(bookmarked(graph(), 2, (0, 0, 1)), (0, 0, 1, 1))
    full = Project(graph=drawn)
    raw = applied(raw_project(plain), difference(plain, full))
    assert raw == raw_project(full)
    assert applied(raw, difference(full, plain)) == raw_project(plain)
    turned = replace(drawn, frames=dict(reversed(framed(drawn, (0, 0, 2, 2))[0].frames.items())))
    change = difference(full, Project(graph=turned))
    assert list(applied(raw, change)["graph"]["frames"]) == ["frame_2", "frame_1"]


ODD = """{"version": 1, "graph": {"nodes": {"a": {"kind": "relu"}, "b": {"kind": "relu"}},
"edges": ["a.y -> b.x"], "frames": {"f": {"rect": [0, 0, NaN, 1]}, "g": {"rect": [0, 0, 1, 1]}},
"bends": [{"edge": "a.y -> b.x", "points": [[0, 1e999]]},
{"edge": "b.y -> a.x", "points": [[0, 0]]}],
"bookmarks": {"1": [0, 0, Infinity]}}}"""


def test_odd_numbers_cost_a_frame_and_not_the_project() -> None:
    loaded = loads(ODD)
    assert list(loaded.project.graph.frames) == ["g"]
    assert loaded.project.graph.bends == {}
    assert loaded.project.graph.bookmarks == {}
    assert len(loaded.warnings) == 3
