"""Going from node to node by key: along the wires, or to what stands beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

#: Nodes whose tops, or left sides, differ by less stand in one row, or column.
NEXT_ROW, NEXT_COLUMN = 32.0, 24.0


class Walking:
    """Moves the keyboard's place, which is drawn as a dashed ring, and the selection with it."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view

    @property
    def current(self) -> str | None:
        """The node that the keyboard is on: where it walked to, or the first selected one."""
        scene = self._view.canvas
        selected = scene.selected
        walked = (i for i in selected if scene.nodes[i].state.focused)
        return next(walked, selected[0] if selected else None)

    def go(self, dx: int, dy: int, extend: bool = False) -> None:
        """To the neighbour along a wire (left, right), or to the node above or below.

        Without a wire it is the nearest node on that side. `extend` keeps what is selected.
        """
        scene = self._view.canvas
        if not scene.graph.nodes:
            return
        here = self.current
        if here is None:
            self._arrive(next(iter(scene.graph.nodes)), ())
            return
        beside = self._along(here, dx) if dx else []
        following = next(iter([*beside, *self._near(here, dx, dy)]), None)
        if following is not None:
            self._arrive(following, scene.selected if extend else ())

    def _arrive(self, node_id: str, kept: tuple[str, ...]) -> None:
        view, scene = self._view, self._view.canvas
        scene.select((*kept, node_id))
        view.camera.show(scene.nodes[node_id].box)
        scene.nodes[node_id].state.focused = True
        scene.nodes[node_id].update()

    def _along(self, here: str, dx: int) -> list[str]:
        graph = self._view.canvas.graph
        edges = graph.outgoing[here] if dx > 0 else graph.incoming[here]
        return [edge.target if dx > 0 else edge.source for edge in edges]

    def _near(self, here: str, dx: int, dy: int) -> list[str]:
        """Nodes on one side, the nearest first."""
        nodes = self._view.canvas.nodes
        box = nodes[here].box
        found = []
        for node_id, item in nodes.items():
            right, down = item.box.left() - box.left(), item.box.top() - box.top()
            if right * dx >= NEXT_COLUMN or down * dy >= NEXT_ROW:
                found.append((_far(item.box.center() - box.center()), node_id))
        return [node_id for _, node_id in sorted(found)]


def _far(off: QPointF) -> float:
    """Rows stand apart, so a step down counts more than a step to the right."""
    return off.x() ** 2 + 4 * off.y() ** 2
