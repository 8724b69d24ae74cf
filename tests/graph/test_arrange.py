"""The layered layout: nothing overlaps, main ways are straight, few wires cross."""

from __future__ import annotations

import importlib.util
import itertools
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.building import boxes_of
from netbuilder.graph import Edge, Graph, Node
from netbuilder.graph.arrange import Box, layered, rearranged, tidied
from netbuilder.graph.arrangement.clear import cleared
from netbuilder.graph.arrangement.columns import flow, parts, through
from netbuilder.graph.arrangement.crossings import crossings, untangle
from netbuilder.graph.arrangement.lines import lines
from netbuilder.graph.arrangement.strip import strip
from netbuilder.graph.file import load
from netbuilder.graph.frame import Frame

_spec = importlib.util.spec_from_file_location("networks", Path(__file__).with_name("networks.py"))
assert _spec is not None
assert _spec.loader is not None
networks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(networks)

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def chain(length: int) -> Graph:
    nodes = {f"n_{i}": Node(f"n_{i}", "relu") for i in range(length)}
    return Graph(nodes, tuple(Edge(f"n_{i}", "y", f"n_{i + 1}", "x") for i in range(length - 1)))


def boxes(graph: Graph) -> dict[str, Box]:
    two = Box(140, 140, {"logits": 38, "label": 58}, {"y": 38, "image": 38, "label": 58})
    return dict.fromkeys(graph.nodes, two)


def overlaps(places, sizes, across=36.0, down=24.0) -> list[tuple[str, str]]:
    """Pairs of nodes that are nearer than they should be."""
    found = []
    for a, b in itertools.combinations(places, 2):
        (ax, ay), (bx, by) = places[a], places[b]
        one, two = sizes.get(a, Box()), sizes.get(b, Box())
        if (
            ax < bx + two.width + across
            and bx < ax + one.width + across
            and ay < by + two.height + down
            and by < ay + one.height + down
        ):
            found.append((a, b))
    return found


def measured(graph: Graph, sizes: dict[str, Box]) -> tuple[int, int, int]:
    """Crossings in the lines, wires that go on in another line, pieces that are not level."""
    run = flow(graph)
    found = lines(run, [p for p in parts(run) if len(p) > 1], sizes, (frozenset(), frozenset()))
    spots = [s for line in found for column in line.strip.columns for s in column]
    pieces = [link for spot in spots for link in spot.right]
    bent = sum(1 for p in pieces if p.start.top + p.out != p.end.top + p.into)
    return (
        sum(crossings(line.strip) for line in found),
        sum(spot.below for spot in spots),
        bent,
    )


# --- what always holds ---------------------------------------------------------------------


@st.composite
def graphs(draw) -> tuple[Graph, dict[str, Box]]:
    count = draw(st.integers(1, 24))
    nodes = {f"n_{i}": Node(f"n_{i}", "relu") for i in range(count)}
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    pairs = draw(st.lists(ends, max_size=40))
    edges = {Edge(f"n_{min(p)}", "y", f"n_{max(p)}", "x") for p in pairs if p[0] != p[1]}
    sides = st.tuples(st.integers(40, 240), st.integers(40, 300))
    sizes = {i: Box(*map(float, draw(sides))) for i in nodes}
    return Graph(nodes, tuple(sorted(edges))), sizes


@settings(max_examples=120, deadline=None, derandomize=True)
@given(graphs())
def test_nodes_never_overlap_and_every_wire_runs_on(made) -> None:
    graph, sizes = made
    places = layered(graph, sizes)
    assert places.keys() == graph.nodes.keys()
    assert overlaps(places, sizes) == []
    assert min(x for x, _ in places.values()) == 0 == min(y for _, y in places.values())
    assert all(v % 4 == 0 for place in places.values() for v in place)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(graphs(), st.data())
def test_laying_out_twice_changes_nothing_more(made, data) -> None:
    graph, sizes = made
    at = st.tuples(st.integers(-300, 300), st.integers(-300, 300))
    graph = graph.move({i: data.draw(at) for i in graph.nodes})
    chosen = data.draw(st.one_of(st.none(), st.sets(st.sampled_from(sorted(graph.nodes)))))
    once = graph.move(tidied(graph, sizes, chosen))
    assert once.move(tidied(once, sizes, chosen)) == once


@settings(max_examples=60, deadline=None, derandomize=True)
@given(graphs(), st.data())
def test_what_is_not_chosen_stays_and_is_not_covered(made, data) -> None:
    graph, sizes = made
    graph = graph.move(layered(graph, sizes))
    chosen = data.draw(st.sets(st.sampled_from(sorted(graph.nodes)), min_size=1))
    places = tidied(graph, sizes, chosen)
    assert places.keys() == chosen
    after = {i: places.get(i, graph[i].position) for i in graph.nodes}
    # Left of others the laid-out part keeps the gap that nodes have below each other.
    assert overlaps(after, sizes, across=24.0) == []


def test_loops_and_wires_to_nowhere_are_laid_out_too() -> None:
    graph = chain(6)
    back = Edge("n_4", "y", "n_1", "x")
    lost = Edge("n_2", "y", "gone", "x")
    broken = Graph(graph.nodes, (*graph.edges, back, lost))
    places = layered(broken)
    assert overlaps(places, {}) == []
    assert layered(Graph()) == {} == tidied(Graph(), {})


# --- columns -------------------------------------------------------------------------------


def test_a_source_stands_right_before_what_it_feeds() -> None:
    net = networks.Drawing()
    x = net.chain(net.add("digits"), "linear", "relu", "linear")
    noise = net.add("noise")
    z = net.chain(noise, "scale")
    net.add("add", x, z)
    places = layered(net.graph())
    assert places[z][0] == places[x][0]
    assert places[noise][0] == places["relu_2"][0]


def test_losses_metrics_and_outputs_stand_right_behind_what_feeds_them() -> None:
    net = networks.Drawing()
    data = net.add("digits")
    early = net.chain(data, "linear")
    aside = net.add("output", early)
    net.head(data, net.chain(early, "relu", "linear"))
    graph = net.graph()
    places = layered(graph, boxes(graph))
    assert places[aside][0] == places["relu_3"][0]
    last = {places[i][0] for i in graph.nodes if i.startswith(("cross", "acc", "output_7"))}
    assert len(last) == 1


def test_in_a_block_inputs_stand_left_and_outputs_right() -> None:
    net = networks.Drawing()
    first, late = net.add("input"), net.add("input")
    x = net.chain(first, "linear", "relu")
    early = net.add("output", x)
    end = net.add("output", net.chain(net.add("add", x, late), "linear"))
    places = layered(net.graph(), block=True)
    assert places[first][0] == places[late][0] == 0
    assert places[early][0] == places[end][0] == max(x for x, _ in places.values())


# --- lines ---------------------------------------------------------------------------------


def test_a_chain_is_one_level_line() -> None:
    places = layered(chain(6))
    assert {y for _, y in places.values()} == {0}
    assert [x for x, _ in places.values()] == [176.0 * i for i in range(6)]


def test_a_long_chain_goes_on_below_with_its_columns_aligned() -> None:
    places = layered(chain(40))
    rows = sorted({y for _, y in places.values()})
    assert 3 <= len(rows) <= 6
    # Lines are read from left to right, and each starts at the left.
    assert [places[f"n_{i}"] for i in range(40)] == sorted(places.values(), key=lambda p: p[::-1])
    assert all(min(x for x, y in places.values() if y == row) == 0 for row in rows)
    assert all(b - a >= 120 + 64 for a, b in itertools.pairwise(rows))


def test_parts_that_do_not_hang_together_lie_below_each_other() -> None:
    one, other = chain(4), chain(3)
    both, names = one.merge(other)
    both = both.add(*(Node(f"loose_{i}", "relu") for i in range(9)))
    places = layered(both)
    assert max(places[i][1] for i in one.nodes) < min(places[i][1] for i in names.values())
    loose = [places[f"loose_{i}"] for i in range(9)]
    assert max(places[i][1] for i in names.values()) < min(y for _, y in loose)
    assert len({y for _, y in loose}) == 2


def test_the_main_way_is_level_and_a_skip_runs_clear_of_it() -> None:
    net = networks.Drawing()
    x = net.chain(net.add("digits"), "conv")
    inner = net.chain(x, "norm", "relu")
    net.chain(net.add("add", inner, x), "relu")
    graph = net.graph()
    assert {y for _, y in layered(graph).values()} == {0}


def test_ports_are_respected() -> None:
    """Two sources come in the order of the ports that they feed, whatever theirs is."""
    nodes = {i: Node(i, "relu") for i in ("low", "high", "to")}
    sizes = {"to": Box(140, 140, {"a": 38, "b": 58})}
    graph = Graph(nodes, (Edge("low", "y", "to", "b"), Edge("high", "y", "to", "a")))
    places = layered(graph, sizes)
    assert places["high"][1] < places["low"][1]


def test_a_small_edit_moves_little() -> None:
    graph = networks.inception()
    sizes = boxes(graph)
    before = layered(graph, sizes)
    grown = graph.add(Node("aside", "output"))
    grown = grown.connect(Edge("concat_10", "y", "aside", "x"))
    after = layered(grown, {**sizes, "aside": Box(140, 72)})
    stayed = sum(before[i] == after[i] for i in graph.nodes)
    assert stayed >= 0.6 * len(graph)


# --- quality -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "figures"),
    [("resnet", (0, 6, 20)), ("unet", (0, 7, 4)), ("inception", (1, 0, 32))],
)
def test_drawings_are_no_worse_than_they_were(name, figures) -> None:
    graph = getattr(networks, name)()
    sizes = boxes(graph)
    assert overlaps(layered(graph, sizes), sizes) == []
    assert all(now <= then for now, then in zip(measured(graph, sizes), figures, strict=True))


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("char_transformer", (1, 0, 5)),
        ("diabetes_regression", (3, 0, 7)),
        ("digits_cnn", (0, 3, 4)),
        ("digits_gan", (0, 0, 2)),
        ("digits_lstm", (1, 0, 5)),
        ("digits_vae", (1, 2, 4)),
        ("spirals_mlp", (1, 0, 5)),
    ],
)
def test_examples_are_as_the_layout_makes_them(name, figures) -> None:
    project = load(EXAMPLES / f"{name}.netbuilder").project
    sizes = boxes_of(project.graph, project.blocks)
    places = {i: node.position for i, node in project.graph.nodes.items()}
    assert places == layered(project.graph, sizes)
    found = measured(project.graph, sizes)
    assert all(now <= then for now, then in zip(found, figures, strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_sweeps_undo_crossings(seed) -> None:
    """Against the order in which the nodes come, which is what is drawn without sweeps."""
    chance = random.Random(seed)
    nodes = {f"{c}_{i}": Node(f"{c}_{i}", "relu") for c in "abcd" for i in range(8)}
    edges = []
    for here, there in ("ab", "bc", "cd"):
        ends = chance.sample(range(8), 8)
        edges += [Edge(f"{here}_{i}", "y", f"{there}_{ends[i]}", "x") for i in range(8)]
    graph = Graph(nodes, tuple(edges))
    run = flow(graph)
    column = {name: "abcd".index(name[0]) for name in nodes}
    made = strip(run, column, 0, 4, list(nodes), {}, through(run))
    assert crossings(made) > 20
    untangle(made)
    assert crossings(made) == 0


# --- what is drawn around the nodes ---------------------------------------------------------


def test_bends_between_laid_out_nodes_go_and_frames_follow() -> None:
    graph = chain(5).move({f"n_{i}": (300.0 * i, 100.0 * i) for i in range(5)})
    inner, outer = graph.edges[0], graph.edges[2]
    graph = replace(
        graph,
        bends={inner: ((10.0, 10.0),), outer: ((5.0, 5.0),)},
        frames={
            "pair": Frame("pair", "Two", (-20.0, -30.0, 480.0, 270.0)),
            "empty": Frame("empty", "Nobody", (2000.0, 0.0, 100.0, 100.0)),
        },
    )
    after = rearranged(graph, tidied(graph, {}, ["n_0", "n_1", "n_2"]), {})
    assert after.bends == {outer: ((5.0, 5.0),)}
    assert after["n_1"].position == (176.0, 0.0)
    assert after.frames["pair"].rect == (-20.0, -30.0, 356.0, 170.0)
    assert after.frames["empty"] == graph.frames["empty"]


def test_clearing_takes_the_shortest_way() -> None:
    wall = [(0.0, 100.0, 400.0, 50.0)]
    assert cleared([(0.0, 0.0, 50.0, 60.0)], wall) == (0.0, 0.0)
    assert cleared([(200.0, 90.0, 50.0, 30.0)], wall) == (0.0, -48.0)
    assert cleared([(200.0, 130.0, 50.0, 30.0)], wall) == (0.0, 48.0)
    assert cleared([(380.0, 110.0, 50.0, 30.0)], wall) == (48.0, 0.0)
