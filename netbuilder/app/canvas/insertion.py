"""Which wire a node would go into if it were dropped where it is."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from netbuilder.app.canvas.edits import Gap
from netbuilder.app.canvas.fits import Fitting, shape_error
from netbuilder.app.canvas.node_face import declared
from netbuilder.app.canvas.scene import CanvasScene
from netbuilder.graph import Edge, Node
from netbuilder.layers import Layer, ports

_STEPS = tuple(i / 24 for i in range(1, 24))


def node_sizes(scene: CanvasScene) -> dict[str, tuple[float, float]]:
    """Width and height of every node."""
    return {i: (item.layout.width, item.layout.height) for i, item in scene.nodes.items()}


def gap_for(scene: CanvasScene, fitting: Fitting, node_id: str, box: QRectF) -> Gap | None:
    """The wire under the middle of a node without wires, and how it would go into it.

    The node may be one that `scene` does not show yet, if `fitting` knows it.
    """
    graph = fitting.graph
    if graph.incoming[node_id] or graph.outgoing[node_id]:
        return None
    edge = wire_under(scene, box)
    found = ports_for(fitting, graph[node_id], edge) if edge is not None else None
    if edge is None or found is None:
        return None
    return Gap(edge, *found, scene.bends.parted(edge, box))


def wire_under(scene: CanvasScene, box: QRectF) -> Edge | None:
    """The wire in sight that runs through the middle of a box."""
    core = QRectF(box)
    core.adjust(box.width() * 0.2, box.height() * 0.15, -box.width() * 0.2, -box.height() * 0.15)
    for edge, wire in scene.wires.items():
        path = wire.path()
        near = wire.isVisible() and path.boundingRect().adjusted(-1, -1, 1, 1).intersects(core)
        if not near:
            continue
        if any(core.contains(path.pointAtPercent(t)) for t in _STEPS):
            return edge
    return None


def ports_for(fitting: Fitting, node: Node, edge: Edge) -> tuple[str, str] | None:
    """First input and first output of a node, if a wire could go through them."""
    takes, gives = ports(node, fitting.graph, fitting.project.blocks)
    layer = declared(node, fitting.project)
    if not takes or not gives or layer is None:
        return None
    return (takes[0].name, gives[0]) if goes_through(fitting, layer, edge) else None


def goes_through(fitting: Fitting, layer: Layer, edge: Edge) -> bool:
    """Whether what flows in a wire fits the first port of a layer."""
    spec = fitting.spec(edge.source, edge.source_port)
    takes = layer.input_ports()
    if not takes or not layer.output_ports():
        return False
    if spec is None:
        return True
    port = takes[0]
    if port.takes and spec.flow not in port.takes:
        return False
    return shape_error(layer, {port.name: (spec,)}) is None
