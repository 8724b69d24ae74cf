"""How it looks when nodes are taken out of their wires, before the button is up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netbuilder.app.canvas.edits import healed
from netbuilder.app.canvas.fits import Fitting
from netbuilder.app.canvas.ink import ink
from netbuilder.app.canvas.ports import end, start
from netbuilder.app.canvas.wire_path import curve

if TYPE_CHECKING:
    from netbuilder.app.canvas.scene import CanvasScene


class Detached:
    """The wires of these nodes are hidden, and dashed ones bridge the gaps.

    graph: what the scene's graph would be. fitting: answers for it.
    """

    def __init__(self, scene: CanvasScene, node_ids: Iterable[str], fitting: Fitting) -> None:
        self._scene = scene
        self.graph = healed(scene.graph, node_ids, fitting)
        project = scene.project.with_graph(self.graph, scene.place)
        self.fitting = Fitting(project, scene.place, scene.check)
        old, new = set(scene.graph.edges), set(self.graph.edges)
        self._hidden = old - new
        for edge in self._hidden:
            scene.wires[edge].setVisible(False)
        self._bridges: list[QGraphicsPathItem] = []
        for edge in new - old:
            source = start(edge)
            pen = QPen(ink().flow[scene.nodes[edge.source].flow(source)], 2)
            pen.setDashPattern([3, 2])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            line = QGraphicsPathItem(curve(scene.port_pos(source), scene.port_pos(end(edge))))
            line.setPen(pen)
            scene.addItem(line)
            self._bridges.append(line)

    def show_again(self) -> None:
        """Take the bridges away and show the wires that are still there."""
        for edge in self._hidden & self._scene.wires.keys():
            self._scene.wires[edge].setVisible(True)
        for line in self._bridges:
            self._scene.removeItem(line)
        self._bridges = []
