"""The line of a wire: a curve where the way is free, a route in lanes where it is not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

from netbuilder.app.canvas.obstacles import Obstacles
from netbuilder.app.theme import sizes

#: Boxes of nodes that touch a rectangle, those of the wire's own ends included.
Blocked = Callable[[QRectF], Sequence[QRectF]]
#: Lanes of other wires that touch a rectangle.
Taken = Blocked
STUB, CORNER = float(sizes.WIRE_STUB), float(sizes.WIRE_CORNER)
CLEAR = 6.0  # least distance of a lane from a node
SAMPLE = 24.0  # between points of a curve that must not lie in a node


def curve(a: QPointF, b: QPointF) -> QPainterPath:
    """A cubic with level ends from an output at `a` to an input at `b`."""
    path = QPainterPath(a)
    reach = b.x() - a.x()
    pull = reach / 2 if 0 <= reach < 24 else min(max(0.5 * abs(reach), 12.0), 120.0)
    path.cubicTo(QPointF(a.x() + pull, a.y()), QPointF(b.x() - pull, b.y()), b)
    return path


def is_clear(a: QPointF, b: QPointF, nodes: Obstacles[str], ends: set[str]) -> bool:
    """Whether nothing but the nodes it joins is where a wire from left to right may go.

    Most wires are so, and need no look at where exactly their curve passes.
    """
    left, right, y0, y1 = a.x(), b.x(), a.y(), b.y()
    if right - left < 24:
        return False
    top, bottom = (y0, y1) if y0 < y1 else (y1, y0)
    return nodes.names_within(left, top - 1, right, bottom + 1) <= ends


def wire_path(
    a: QPointF, b: QPointF, blocked: Blocked, taken: Taken
) -> tuple[QPainterPath, QRectF | None]:
    """The line from `a` to `b` around nodes and lanes of other wires, and its own lane."""
    if b.x() < a.x():
        return _with_lane(_backward(a, b, blocked, taken))
    direct = curve(a, b)
    if not _crosses(direct, blocked):
        return direct, None
    if b.x() - a.x() < 2 * STUB:
        return direct, None
    return _with_lane(_skip(a, b, blocked, taken))


def _with_lane(corners: list[QPointF]) -> tuple[QPainterPath, QRectF]:
    one, other = corners[2], corners[3]
    # A hair of height, or it would touch nothing.
    lane = QRectF(min(one.x(), other.x()), one.y() - 0.25, abs(one.x() - other.x()), 0.5)
    return _routed(corners), lane


def _crosses(path: QPainterPath, blocked: Blocked) -> bool:
    boxes = [box.adjusted(1, 1, -1, -1) for box in blocked(path.boundingRect())]
    if not boxes:
        return False
    around = path.boundingRect()
    count = min(128, max(16, int((around.width() + around.height()) / SAMPLE)))
    points = [path.pointAtPercent(i / count) for i in range(1, count)]
    return any(box.contains(point) for box in boxes for point in points)


def _skip(a: QPointF, b: QPointF, blocked: Blocked, taken: Taken) -> list[QPointF]:
    """Up or down beside the first port, along a free lane, and in beside the second."""
    out, back = a.x() + STUB, b.x() - STUB
    reach = QRectF(QPointF(out, min(a.y(), b.y())), QPointF(back, max(a.y(), b.y())))
    between = blocked(reach.adjusted(0, -1, 0, 1))
    starts = [a.y(), b.y(), (a.y() + b.y()) / 2]
    if between and abs(a.y() - b.y()) < sizes.WIRE_SKIP_LANE * 2:
        # A skip connection has air above the row that it passes.
        starts = [min(a.y(), b.y(), min(box.top() for box in between) - sizes.WIRE_SKIP_LANE)]
        starts.append(
            max(a.y(), b.y(), max(box.bottom() for box in between) + sizes.WIRE_SKIP_LANE)
        )
    return _lane(a, b, out, back, starts, blocked, taken)


def _backward(a: QPointF, b: QPointF, blocked: Blocked, taken: Taken) -> list[QPointF]:
    """Out, over to a lane between the rows, back past the second port, in."""
    starts = [(a.y() + b.y()) / 2]
    return _lane(a, b, a.x() + STUB, b.x() - STUB, starts, blocked, taken)


def _lane(
    a: QPointF,
    b: QPointF,
    out: float,
    back: float,
    starts: Sequence[float],
    blocked: Blocked,
    taken: Taken,
) -> list[QPointF]:
    """The corners of the cheapest of several lanes: short, and across as few nodes as can be."""
    left, right = min(out, back), max(out, back)
    best: tuple[float, float] | None = None
    for start in starts:
        for step in (-1.0, 1.0):
            y = _free(left, right, start, step, blocked, taken)
            # Above a row is air; below it are callouts. So down must be clearly shorter.
            cost = abs(a.y() - y) + abs(b.y() - y) + (40.0 if y > max(a.y(), b.y()) else 0.0)
            cost += 400.0 * (_across(out, a.y(), y, blocked) + _across(back, b.y(), y, blocked))
            if best is None or cost < best[0]:
                best = (cost, y)
    assert best is not None
    lane = best[1]
    return [
        a,
        QPointF(out, a.y()),
        QPointF(out, lane),
        QPointF(back, lane),
        QPointF(back, b.y()),
        b,
    ]


def _across(x: float, y0: float, y1: float, blocked: Blocked) -> int:
    """How many nodes an upright piece would run over."""
    return len(blocked(QRectF(x - 1, min(y0, y1), 2, abs(y1 - y0))))


def _free(x0: float, x1: float, y: float, step: float, blocked: Blocked, taken: Taken) -> float:
    """The first height from `y` on, up or down, at which a level line meets nothing."""
    for _ in range(200):
        strip = QRectF(x0 - CLEAR, y - CLEAR, x1 - x0 + 2 * CLEAR, 2 * CLEAR)
        boxes = blocked(strip)
        if boxes and step < 0:
            y = min(box.top() for box in boxes) - sizes.WIRE_LANE
        elif boxes:
            y = max(box.bottom() for box in boxes) + sizes.WIRE_LANE
        else:
            reach = sizes.WIRE_LANE - 0.5
            air = QRectF(strip.left(), y - reach, strip.width(), 2 * reach)
            near = [lane.center().y() for lane in taken(air)]
            if not near:
                return y
            y = min(near) - sizes.WIRE_LANE if step < 0 else max(near) + sizes.WIRE_LANE
    return y


def _routed(corners: list[QPointF]) -> QPainterPath:
    """A line through `corners` with rounded turns, tighter where a piece is short."""
    path = QPainterPath(corners[0])
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        came, goes = QLineF(corner, before), QLineF(corner, after)
        radius = min(CORNER, came.length() / 2, goes.length() / 2)
        if radius < 0.5:
            path.lineTo(corner)
            continue
        came.setLength(radius)
        goes.setLength(radius)
        path.lineTo(came.p2())
        path.quadTo(corner, goes.p2())
    path.lineTo(corners[-1])
    return path


def through(a: QPointF, points: Sequence[tuple[float, float]], b: QPointF) -> QPainterPath:
    """A smooth line that passes points, level at both ends (a Catmull-Rom spline)."""
    stops = [a, *(QPointF(*point) for point in points), b]
    path = QPainterPath(a)
    for i, (p, q) in enumerate(itertools.pairwise(stops)):
        third = QLineF(p, q).length() / 3
        leave = QPointF(1, 0) if i == 0 else _heading(stops[i - 1], q)
        arrive = QPointF(1, 0) if i == len(stops) - 2 else _heading(p, stops[i + 2])
        path.cubicTo(p + leave * third, q - arrive * third, q)
    return path


def _heading(p: QPointF, q: QPointF) -> QPointF:
    """Of length 1, from `p` towards `q`."""
    length = QLineF(p, q).length()
    return (q - p) / length if length else QPointF(1, 0)


def level_piece(path: QPainterPath) -> tuple[QPointF, float]:
    """Middle and length of the longest level piece of a line: room for a plate."""
    best, length = path.pointAtPercent(0.5), 0.0
    ends = path.pointAtPercent(0.0), path.pointAtPercent(1.0)
    if path.elementCount() == 4 and abs(ends[0].y() - ends[1].y()) < 1:
        length = abs(ends[1].x() - ends[0].x())  # a curve between level ports is a line
    for i in range(1, path.elementCount()):
        before, now = path.elementAt(i - 1), path.elementAt(i)
        if now.isLineTo() and before.y == now.y and abs(now.x - before.x) > length:
            best, length = QPointF((before.x + now.x) / 2, now.y), abs(now.x - before.x)
    return best, length


def distance(path: QPainterPath, point: QPointF, within: float) -> float:
    """How far `point` is from the line, or infinity if farther than `within`."""
    near = float("inf")
    for polygon in path.toSubpathPolygons():
        points = polygon.toList()
        for p, q in itertools.pairwise(points):
            dx, dy = q.x() - p.x(), q.y() - p.y()
            square = dx * dx + dy * dy
            along = (
                ((point.x() - p.x()) * dx + (point.y() - p.y()) * dy) / square if square else 0.0
            )
            along = min(1.0, max(0.0, along))
            x, y = p.x() + along * dx - point.x(), p.y() + along * dy - point.y()
            near = min(near, x * x + y * y)
    root = near**0.5
    return root if root <= within else float("inf")
