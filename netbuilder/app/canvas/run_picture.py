"""What a run reports, on the picture of a graph: pictures, gradients, progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsScene

from netbuilder.app.canvas.node_item import NodeItem, View
from netbuilder.app.canvas.plates import plate_text
from netbuilder.app.canvas.wire_item import WireItem
from netbuilder.graph import Edge

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF, SignalInstance

    from netbuilder.app.canvas.batch import Batch
    from netbuilder.app.canvas.callouts import Callouts


class RunPicture(QGraphicsScene):
    """The part of a scene that shows what the engine tells."""

    # What the scene brings along.
    nodes: dict[str, NodeItem]
    wires: dict[Edge, WireItem]
    place: tuple[str, ...]
    batch: Batch
    callouts: Callouts
    laid_out: SignalInstance
    _disturbed: list[QRectF]
    _put_obstacle: Callable[[NodeItem], None]
    _follow: Callable[..., None]

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views: dict[str, View] = {}
        self._views_place: tuple[str, ...] = ()
        self._gradients: dict[Edge, float] = {}

    def set_views(
        self,
        views: Mapping[str, list[QImage] | tuple[str, np.ndarray]],
        place: tuple[str, ...] = (),
    ) -> None:
        """Pictures of activations, or ("hist", counts), by node; {} takes them all away.

        They belong to the graph at `place` and wait until that is shown: ids of another
        graph may be the same.
        """
        self._views = {i: _view(v) for i, v in views.items()}
        self._views_place = place
        for node_id, item in self.nodes.items():
            view = self._view_of(node_id)
            if view is not item.view and item.show_view(view):
                self._put_obstacle(item)
        if self._disturbed:
            self._follow(set(), set())
            self.batch.move(self.nodes, self.nodes)
            self.callouts.arrange()
            self.laid_out.emit()

    def _view_of(self, node_id: str) -> View | None:
        return self._views.get(node_id) if self.place == self._views_place else None

    def set_gradients(self, norms: Mapping[Edge, float], place: tuple[str, ...] = ()) -> None:
        """Norm of the gradient that comes back along each wire at `place`; {} for none."""
        norms = norms if place == self.place else {}
        before = {e: plate_text(n) for e, n in self._gradients.items()}
        self._gradients = {e: float(n) for e, n in norms.items() if e in self.wires}
        for edge, wire in self.wires.items():
            wire.show_gradient(self._gradients.get(edge))
        # Plates lie over the items; without a change of their words nothing is repainted.
        if before != {e: plate_text(n) for e, n in self._gradients.items()}:
            self.update()

    def set_running(self, fraction: float | None, node_ids: Iterable[str] | None = None) -> None:
        """A line of this length from 0 to 1 on the data nodes (or on these), None for no run."""
        wanted = None if node_ids is None else set(node_ids)
        for node_id, item in self.nodes.items():
            runs = item.face.role == "data" if wanted is None else node_id in wanted
            item.show_progress(fraction if runs else None)


def _view(view: list[QImage] | tuple[str, np.ndarray]) -> View:
    if isinstance(view, tuple) and len(view) == 2 and isinstance(view[0], str):
        return np.asarray(view[1], dtype=float)
    return tuple(view)  # type: ignore[arg-type]
