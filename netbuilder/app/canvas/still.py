"""Nodes are painted once and moved as pictures, except while the scale changes.

A node costs a millisecond to paint, its picture a fraction of that, so panning, dragging and
watching a run are smooth. While one zooms every picture would be painted and thrown away in
each frame; far away a node is painted faster than a picture is found.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QGraphicsItem

from netbuilder.app.canvas.node_item import NodeItem
from netbuilder.app.theme import sizes

#: A scale that has not changed for so long stands still, in milliseconds.
_STILL_MS = 150
#: Memory for pictures in KB: the nodes in sight on a screen of 4K take half of it.
_ROOM_KB = 64 * 1024
_PAINTED = QGraphicsItem.CacheMode.NoCache
_PICTURE = QGraphicsItem.CacheMode.DeviceCoordinateCache


class Still(QObject):
    """Whether the nodes of a scene are pictures now."""

    def __init__(self, scene: QObject, nodes: Mapping[str, NodeItem]) -> None:
        super().__init__(scene)
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), _ROOM_KB))
        self._nodes, self._scale, self._mode = nodes, 1.0, _PAINTED
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_STILL_MS)
        self._timer.timeout.connect(self._settle)
        self._timer.start()

    def add(self, item: NodeItem) -> None:
        """A node that comes is shown as the others are."""
        item.setCacheMode(self._mode)

    def zoom(self, scale: float) -> None:
        """The scale changes: paint until it stands still."""
        if scale != self._scale:
            self._scale = scale
            self._take(_PAINTED)
            self._timer.start()

    def _settle(self) -> None:
        if self._scale >= sizes.DETAIL_BELOW:
            self._take(_PICTURE)

    def _take(self, mode: QGraphicsItem.CacheMode) -> None:
        if mode != self._mode:
            self._mode = mode
            for item in self._nodes.values():
                item.setCacheMode(mode)
