"""After an edit that changes many nodes, those out of sight follow a frame later."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from PySide6.QtCore import QObject, QRectF, QTimer
from PySide6.QtWidgets import QGraphicsScene

from netbuilder.app.canvas.node_item import NodeItem
from netbuilder.app.theme import sizes

#: So many nodes take their faces on within a few milliseconds.
_AT_ONCE = 40
#: Milliseconds: after the frame that shows what is in sight, before anybody gets anywhere.
_LATER_MS = 20


class Late(QObject):
    """The nodes of a scene whose faces are not yet those of its graph."""

    def __init__(self, scene: QGraphicsScene, show: Callable[[list[str]], None]) -> None:
        super().__init__(scene)
        self._scene = scene
        self._show = show
        self.ids: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LATER_MS)
        self._timer.timeout.connect(self.catch_up)

    def at_once(
        self, changed: Sequence[str], nodes: Mapping[str, NodeItem], edited: Collection[str]
    ) -> Sequence[str]:
        """Of all that have changed, those to show now; the others are shown shortly.

        In sight is what can be read: zoomed far out, only what was itself edited.
        """
        self.ids = set()
        seen = self._in_sight()
        if len(changed) <= _AT_ONCE or seen is None:
            return changed
        now = [i for i in changed if i in edited or seen.intersects(nodes[i].box)]
        self.ids = set(changed).difference(now)
        self._timer.start()
        return now

    def catch_up(self) -> None:
        """Show the rest now."""
        if self.ids:
            self._show(list(self.ids))
        self.ids = set()

    def _in_sight(self) -> QRectF | None:
        """None where nobody looks, so that nothing is worth waiting for."""
        for view in self._scene.views():
            if view.isVisible():
                if view.transform().m11() < sizes.BATCHED_BELOW:
                    return QRectF()
                return view.mapToScene(view.viewport().rect()).boundingRect()
        return None
