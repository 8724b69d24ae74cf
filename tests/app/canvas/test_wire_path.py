"""Lines of wires, and what is in their way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from netbuilder.app.canvas.obstacles import Obstacles
from netbuilder.app.canvas.wire_path import curve, distance, level_piece, wire_path


def lay(a, b, *boxes, taken=()):
    there, lanes = Obstacles(), Obstacles()
    for i, box in enumerate(boxes):
        there.put(i, QRectF(*box))
    for i, lane in enumerate(taken):
        lanes.put(i, lane)
    return wire_path(QPointF(*a), QPointF(*b), there.touching, lanes.touching)


def crossed(path, *boxes):
    points = [path.pointAtPercent(i / 200) for i in range(201)]
    return [box for box in boxes if any(QRectF(*box).contains(p) for p in points)]


def test_a_free_way_is_a_curve_with_level_ends():
    path, lane = lay((0, 0), (200, 80))
    assert lane is None
    first, second = path.elementAt(1), path.elementAt(2)
    assert (first.x, first.y) == (100, 0)
    assert (second.x, second.y) == (100, 80)


@pytest.mark.parametrize(("reach", "pull"), [(10, 5), (23, 11.5), (24, 12), (100, 50), (1000, 120)])
def test_how_far_the_ends_are_level(reach, pull):
    first = curve(QPointF(0, 0), QPointF(reach, 40)).elementAt(1)
    assert first.x == pull


def test_a_node_between_is_passed_above():
    box = (60, -38, 140, 72)
    path, lane = lay((0, 0), (300, 0), box)
    assert not crossed(path, box)
    assert lane.center().y() < -38
    assert path.pointAtPercent(1) == QPointF(300, 0)


def test_two_skips_over_the_same_node_keep_their_lanes_apart():
    box = (60, -38, 140, 72)
    _, first = lay((0, 0), (300, 0), box)
    path, second = lay((0, 0), (300, 0), box, taken=[first])
    assert abs(first.center().y() - second.center().y()) >= 17.5
    assert not crossed(path, box)


def test_backwards_it_takes_the_lane_between_the_rows():
    source, target = (-140, -38, 140, 72), (-800, 162, 140, 72)
    path, lane = lay((0, 0), (-800, 200), source, target)
    assert 34 < lane.center().y() < 162
    assert not crossed(path, (-139, -37, 138, 70), (-799, 163, 138, 70))


coordinate = st.integers(-600, 600)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    coordinate,
    coordinate,
    coordinate,
    coordinate,
    st.lists(st.tuples(coordinate, coordinate), max_size=6),
)
def test_whatever_stands_about_it_goes_from_end_to_end(ax, ay, bx, by, corners):
    path, _ = lay((ax, ay), (bx, by), *((x, y, 140, 72) for x, y in corners))
    assert path.pointAtPercent(0) == QPointF(ax, ay)
    assert path.currentPosition() == QPointF(bx, by)
    bounds = path.boundingRect()
    assert bounds.width() < 4000
    assert bounds.height() < 4000


def test_distance_is_to_the_line_and_not_to_what_it_encloses():
    path, _ = lay((0, 0), (300, 0), (60, -38, 140, 72))
    middle, length = level_piece(path)
    assert distance(path, middle + QPointF(0, 3), 6) == pytest.approx(3, abs=0.2)
    assert distance(path, QPointF(150, -20), 6) == float("inf")
    assert length > 100


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(coordinate, coordinate, st.integers(1, 700), st.integers(1, 300)), max_size=12
    ),
    st.tuples(coordinate, coordinate, st.integers(1, 500), st.integers(1, 500)),
)
def test_obstacles_finds_what_rectangles_themselves_say(boxes, probe):
    grid = Obstacles()
    for i, box in enumerate(boxes):
        grid.put(i, QRectF(0, 0, 5, 5))
        grid.put(i, QRectF(*box))
    wanted = {i for i, box in enumerate(boxes) if QRectF(*box).intersects(QRectF(*probe))}
    assert grid.names(QRectF(*probe)) == wanted
    for i in list(wanted):
        grid.remove(i)
    assert grid.names(QRectF(*probe)) == set()
