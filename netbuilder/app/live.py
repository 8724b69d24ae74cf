"""Life on the canvas while training: activations on nodes, gradients on wires."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from netbuilder.engine.messages import Answer
from netbuilder.training.events import EpochDone, Event, Finished, Started, Steps

if TYPE_CHECKING:
    from netbuilder.app.theme.plots import PictureKind
    from netbuilder.app.window import MainWindow

#: Milliseconds between two looks at the network; the engine answers from a copy. Longer where
#: an answer takes more than a tenth of it: that time is the training's.
_LOOK_MS, _SHARE = 500, 10
_ROWS = 16
#: Pictures on a Data node: two rows of four.
_SAMPLES = 8


class Live(QObject):
    """Asks the engine now and then, and gives canvas and inspector what it says."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.shown = window.preferences.flag("activations", True)
        self._activations: Mapping[str, Any] = {}
        self._norms: Mapping[str, float] = {}
        self._history: dict[str, list[float]] = {}
        self._selected: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._samples: dict[str, list[QImage]] = {}  # pictures of the data, by Data node
        self._sampled: set[object] = set()
        self._foreign = False
        self._steps = 1
        self._asked_at = 0.0
        self._step: int | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        window.session.events.connect(self._follow)
        window.session.ready.connect(self._ready)
        window.document.checked.connect(self._edited)

    def set_shown(self, shown: bool) -> None:
        """Show activations and gradients, or give that time to training."""
        self.shown = shown
        self._window.preferences.keep(activations=shown)
        if shown:
            self.look()
        else:
            self.clear()

    def select(self, place: tuple[str, ...], ids: tuple[str, ...]) -> None:
        """The node whose statistics the inspector shows."""
        self._selected = (place, ids)
        self._tell_inspector()

    def opened(self) -> None:
        """Another project is open; a run in progress is not of its nodes."""
        self._foreign = self._window.session.state in ("running", "paused")
        self.clear()

    def clear(self) -> None:
        """Nothing is known any more."""
        self._activations, self._norms, self._history = {}, {}, {}
        for key in ("live.activations", "live.gradients"):
            self._window.session.forget(key)
        self._samples, self._sampled = {}, set()
        self._window.canvas.canvas.set_views({})
        self._window.canvas.canvas.set_gradients({})
        self._window.canvas.canvas.set_running(None)
        self._tell_inspector()
        if self._window.session.engine is not None:
            self.look()

    # --- when to look ----------------------------------------------------------------------

    def _ready(self, _: object) -> None:
        self.look()

    def _edited(self, _: object) -> None:
        if self._window.session.state not in ("running", "paused") and not self._timer.isActive():
            QTimer.singleShot(_LOOK_MS, self, self.look)

    def _follow(self, events: list[Event]) -> None:
        scene = self._window.canvas.canvas
        for event in events:
            if isinstance(event, Started):
                self._foreign = False
                self._steps = max(event.epochs * event.steps_per_epoch, 1)
                self._history = {}
                self._timer.start()
            elif self._foreign:
                continue
            elif isinstance(event, Steps):
                scene.set_running(min((event.last + 1) / self._steps, 1.0))
            elif isinstance(event, EpochDone):
                scene.set_running(min(event.step / self._steps, 1.0))
        if any(isinstance(e, Finished) for e in events) or self._window.session.state == "stopped":
            self._timer.stop()
            self._foreign = False
            scene.set_running(None)
            self.look()

    def look(self) -> None:
        """Ask for activations of a sample and gradients of a small batch."""
        window = self._window
        ready = self.shown and not self._foreign and window.session.engine is not None
        if not ready or window.document.check.errors:
            return
        self._sample_data()
        self._asked_at = time.monotonic()
        window.session.ask(
            "activations", {"sample": 0, "part": "validation"}, self._seen, key="live.activations"
        )
        window.session.ask(
            "gradients", {"rows": tuple(range(_ROWS)), "part": "train"}, self._felt,
            key="live.gradients",
        )  # fmt: skip

    def _sample_data(self) -> None:
        """Pictures of a few samples for each Data node of images, asked for once."""
        project = self._window.document.project
        for node_id, info in self._window.document.check.inside().items():
            shown = any(spec.flow == "image" for spec in info.outputs.values())
            key = (node_id, info.layer)
            if info.layer.role == "data" and shown and key not in self._sampled:
                self._sampled.add(key)
                self._window.session.ask(
                    "data",
                    {"node": node_id, "samples": _SAMPLES},
                    self._sampled_data,
                    project,
                    key=f"live.data.{node_id}",
                )

    def _sampled_data(self, answer: Answer) -> None:
        if answer.result is None:
            return
        for values in answer.result["samples"].values():
            pictures = np.asarray(values, dtype=np.float32)
            if pictures.ndim == 4:
                self._samples[answer.result["node"]] = [_picture(p) for p in pictures]

    # --- what came back --------------------------------------------------------------------

    def _seen(self, answer: Answer) -> None:
        if answer.result is None or not self.shown:
            return
        self._activations = answer.result["nodes"]
        self._step = answer.result.get("weights", {}).get("step")
        views: dict[str, Any] = {}
        for key, seen in self._activations.items():
            node_id = key.rpartition(".")[0]
            if "." in node_id or node_id in views or node_id in self._samples:
                continue
            view = _view(seen)
            if view is not None:
                views[node_id] = view
        self._window.canvas.canvas.set_views({**views, **self._samples})
        self._tell_inspector()

    def _felt(self, answer: Answer) -> None:
        took = time.monotonic() - self._asked_at
        interval = _LOOK_MS * max(1, round(_SHARE * 1000 * took / _LOOK_MS))
        if interval != self._timer.interval():
            self._timer.setInterval(interval)
        if answer.result is None or not self.shown:
            return
        self._norms = answer.result["norms"]
        graph = self._window.document.project.graph
        if not self._window.canvas.place:
            norms = {
                edge: self._norms[f"{edge.source}.{edge.source_port}"]
                for edge in graph.edges
                if f"{edge.source}.{edge.source_port}" in self._norms
            }
            self._window.canvas.canvas.set_gradients(norms)
        for key, norm in self._norms.items():
            self._history.setdefault(key, []).append(float(norm))
            del self._history[key][:-400]
        self._tell_inspector()

    def _tell_inspector(self) -> None:
        place, ids = self._selected
        statistics = None
        if not place and len(ids) == 1:
            key = next((k for k in self._activations if k.startswith(f"{ids[0]}.")), None)
            if key is not None:
                norms = list(self._history.get(key, []))
                statistics = _statistics(self._activations[key], norms, self._step)
        self._window.inspector.set_statistics(statistics)


def _view(seen: Mapping[str, Any]) -> list[QImage] | tuple[str, np.ndarray[Any, Any]] | None:
    """Small pictures of a node's output, or a histogram."""
    from netbuilder.app.theme.plots import default_levels, to_rgba

    pictures = seen.get("pictures") or ()
    if len(pictures):
        stack = np.stack([np.asarray(p, dtype=np.float32) for p in pictures])
        if seen.get("shows") == "matrix":
            stack = stack.swapaxes(1, 2)  # time to the right
        kind: PictureKind = "amount" if float(stack.min()) >= 0 else "signed"
        levels = default_levels(stack, kind)
        return [_image(to_rgba(picture, kind, levels)) for picture in stack]
    counts = seen.get("counts")
    return ("hist", np.asarray(counts)) if counts is not None and len(counts) else None


def _picture(sample: np.ndarray[Any, Any]) -> QImage:
    """A sample (C, H, W) as it looks: grey, or the first three channels as colours."""
    from netbuilder.app.theme.plots import to_rgba

    rgba = to_rgba(sample[0], "grey")
    if len(sample) >= 3:
        span = float(np.ptp(sample[:3])) or 1.0
        rgba[..., :3] = np.moveaxis(255 * (sample[:3] - sample[:3].min()) / span, 0, -1)
    return _image(rgba)


def _image(rgba: np.ndarray[Any, Any]) -> QImage:
    height, width = rgba.shape[:2]
    data = np.ascontiguousarray(rgba)
    image = QImage(data.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return image.copy()  # the array goes away, the picture stays


def _statistics(seen: Mapping[str, Any], norms: list[float], step: int | None) -> dict[str, Any]:
    edges = seen["edges"]
    found = {"counts": seen["counts"], "low": float(edges[0]), "high": float(edges[-1])}
    return {**found, "mean": seen["mean"], "std": seen["std"], "gradient": norms, "step": step}
