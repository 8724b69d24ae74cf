"""Curves of runs, read beside the window's thread and kept for drawing."""

from __future__ import annotations

import contextlib
import math
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.app.panels.runs.smoothed import Smoothed
from netbuilder.app.panels.train.extremes import thinned
from netbuilder.app.panels.train.pyramid import Pyramid
from netbuilder.training.record import Record, RecordError
from netbuilder.training.run import Run, RunError

#: Parts of the span of smoothing that are averaged first: finer ones would look the same.
_FINER = 8
#: Steps that the smoothing looks back on, at most.
_LONGEST_SPAN = 500.0
#: Runs whose curves stay in memory: 100,000 steps are about 1 MB.
_KEPT = 200
#: What arrives within this time is drawn at once.
_GATHER_MS = 150
Stamp = tuple[int, ...]


@dataclass(frozen=True)
class RunCurves:
    """What is drawn of a run.

    losses: smoothed, by objective, a value for each `stride` steps; figures: (epochs, values).

    trouble: why there is nothing, as one sentence. version: as long as it stays, the record
    only grows.
    """

    folder: Path
    steps_per_epoch: int = 1
    epochs: float = 1.0
    stride: int = 1
    smoothed: Mapping[str, Smoothed] = field(default_factory=dict)
    figures: Mapping[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    trouble: str = ""
    version: tuple[str, ...] = ()

    @property
    def losses(self) -> Mapping[str, Pyramid]:
        """The curve of each objective."""
        return {name: curve.pyramid for name, curve in self.smoothed.items()}


def read(folder: Path, before: RunCurves | None = None) -> RunCurves:
    """The curves of a run; one that cannot be read says so.

    before: what was read of it last; of a long run only what is new is then read.
    """
    run = Run(folder)
    try:
        facts = run.environment
        with run.record() as record:
            version = str(facts.get("created", "")), record.facts().get("cuts", "")
            if before is not None and before.version != version:
                before = None  # resumed: the steps after its last checkpoint were done again
            longest = record.length()
            span = min(max(longest / 100, 4.0), _LONGEST_SPAN)
            stride = max(int(span // _FINER), 1)
            # Until a run is so long that its span stays, all of it is smoothed anew.
            same = before is not None and before.stride == stride and span == _LONGEST_SPAN
            curves = _losses(record, span, stride, before.smoothed if same and before else {})
            figures = _figures(record, before.figures if before else {})
    except (RunError, RecordError) as error:
        return RunCurves(folder, trouble=str(error))
    done = max((int(epochs[-1]) for epochs, _ in figures.values()), default=0)
    each = int(facts.get("steps_per_epoch", 0) or 0) or max(round(longest / max(done, 1)), 1)
    return RunCurves(
        folder, each, max(longest / each, done, 1.0), stride, curves, figures, "", version
    )


def _losses(
    record: Record, span: float, stride: int, before: Mapping[str, Smoothed]
) -> dict[str, Smoothed]:
    since = {curve.step for curve in before.values()}
    if len(since) != 1:
        since, before = {0}, {}
    found = {name: curve.goes_on() for name, curve in before.items()}
    for name, first, values in record.chunks(since.pop()):
        if name not in found:
            found[name] = Smoothed(span, stride)
        found[name].take(first, values)
    return {name: curve.end() for name, curve in found.items()}


def _figures(
    record: Record, before: Mapping[str, tuple[np.ndarray, np.ndarray]]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    last = max((int(epochs[-1]) for epochs, _ in before.values()), default=0)
    found = dict(before)
    for name, points in record.figures("validation", last + 1).items():
        epochs, values = (array.astype(np.float32) for array in points)
        if name in before:
            epochs = np.concatenate([before[name][0], epochs])
            values = np.concatenate([before[name][1], values])
        kept = thinned(epochs, values)
        found[name] = epochs[kept], values[kept]
    return found


class CurveReader(QObject):
    """Reads the runs that are wanted; `arrived` tells that there is more to draw."""

    arrived = Signal()
    _came = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "runs")
        self._kept: OrderedDict[Path, tuple[Stamp, RunCurves]] = OrderedDict()
        self._reading: set[Path] = set()
        self._wanted: tuple[Path, ...] = ()
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(_GATHER_MS)
        self._gather.timeout.connect(self.arrived)
        self._came.connect(self._keep)

    @property
    def busy(self) -> bool:
        """Whether something that is wanted has not arrived."""
        return any(folder in self._reading for folder in self._wanted)

    def want(self, folders: Sequence[Path]) -> None:
        """Have these read, unless they are known as they are now."""
        self._wanted = tuple(folders)
        missing = [f for f in folders if self._is_old(f) and f not in self._reading]
        for folder in missing:
            self._reading.add(folder)
            self._pool.submit(self._read, folder)
        if not missing:
            self.arrived.emit()

    def look_again(self) -> None:
        """Read those that have grown meanwhile, because they train."""
        if any(self._is_old(folder) for folder in self._wanted):
            self.want(self._wanted)

    def known(self) -> list[RunCurves]:
        """Those wanted that have arrived, in the order in which they are wanted."""
        return [self._kept[folder][1] for folder in self._wanted if folder in self._kept]

    def _is_old(self, folder: Path) -> bool:
        kept = self._kept.get(folder)
        return kept is None or kept[0] != stamp(folder)

    def _read(self, folder: Path) -> Future[None] | None:
        if folder not in self._wanted:  # chosen no more by the time its turn came
            found: tuple[Stamp, RunCurves] | None = None
        else:
            kept = self._kept.get(folder)
            found = stamp(folder), read(folder, kept[1] if kept is not None else None)
        with contextlib.suppress(RuntimeError):  # the panel is gone
            self._came.emit(folder, found)
        return None

    def _keep(self, folder: Path, found: tuple[Stamp, RunCurves] | None) -> None:
        self._reading.discard(folder)
        if found is None:
            if folder in self._wanted:
                self.want(self._wanted)
            return
        self._kept[folder] = found
        self._kept.move_to_end(folder)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        if not self.busy:
            self._gather.stop()
            self.arrived.emit()
        elif not self._gather.isActive():
            self._gather.start()


def stamp(folder: Path) -> Stamp:
    """Changes whenever the record of a run does."""
    found: list[int] = []
    for name in ("run.sqlite", "run.sqlite-wal"):
        with contextlib.suppress(OSError):
            facts = (folder / name).stat()
            found += [facts.st_mtime_ns, facts.st_size]
    return tuple(found)


def finite_range(values: Sequence[np.ndarray]) -> tuple[float, float] | None:
    """Least and greatest of what is a number; None without any."""
    lows = [float(np.nanmin(v)) for v in values if len(v) and np.isfinite(v).any()]
    highs = [float(np.nanmax(v)) for v in values if len(v) and np.isfinite(v).any()]
    low, high = min(lows, default=math.nan), max(highs, default=math.nan)
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None
