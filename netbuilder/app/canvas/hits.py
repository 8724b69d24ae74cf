"""What of a scene is under a point. Nodes are found by their boxes, wires by their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QTransform

from netbuilder.app.canvas.ports import PortRef
from netbuilder.app.canvas.wire_item import WireItem
from netbuilder.app.canvas.wire_path import distance
from netbuilder.app.theme import sizes
from netbuilder.graph import Edge

if TYPE_CHECKING:
    from netbuilder.app.canvas.node_item import NodeItem
    from netbuilder.app.canvas.scene import CanvasScene


def _around(pos: QPointF, reach: float) -> QRectF:
    return QRectF(pos.x() - reach, pos.y() - reach, 2 * reach, 2 * reach)


def _nodes(scene: CanvasScene, pos: QPointF, reach: float) -> list[NodeItem]:
    names = scene.obstacles.names(_around(pos, reach))
    return sorted((scene.nodes[i] for i in names), key=lambda item: -item.zValue())


def node_at(scene: CanvasScene, pos: QPointF) -> NodeItem | None:
    """The uppermost node whose body is under a point."""
    return next((item for item in _nodes(scene, pos, 0.5) if item.box.contains(pos)), None)


def port_at(scene: CanvasScene, pos: QPointF) -> PortRef | None:
    """The nearest port within its reach of a point."""
    found = [hit for item in _nodes(scene, pos, sizes.PORT_HIT) if (hit := item.port_at(pos))]
    return min(found, key=lambda hit: hit[1])[0] if found else None


def wire_at(scene: CanvasScene, pos: QPointF, reach: float) -> Edge | None:
    """The nearest wire within `reach` of a point; what a curve encloses does not count."""
    mode = Qt.ItemSelectionMode.IntersectsItemBoundingRect
    order = Qt.SortOrder.DescendingOrder
    best: tuple[float, Edge] | None = None
    for item in scene.items(_around(pos, reach), mode, order, QTransform()):
        if isinstance(item, WireItem):
            far = distance(item.path(), pos, reach)
            if far <= reach and (best is None or far < best[0]):
                best = (far, item.edge)
    return best[1] if best else None
