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

from netbuilder.app.panels.train.pyramid import Pyramid
from netbuilder.app.panels.train.smoothing import Smoothing
from netbuilder.training.record import RecordError
from netbuilder.training.run import Run, RunError

#: Parts of the span of smoothing that are averaged first: finer ones would look the same.
_FINER = 8
#: Runs whose curves stay in memory: 100,000 steps are about 1 MB.
_KEPT = 200
#: What arrives within this time is drawn at once.
_GATHER_MS = 150
Stamp = tuple[int, ...]


@dataclass(frozen=True)
class RunCurves:
    """What is drawn of a run.

    losses: smoothed, by objective, a value for each `stride` steps; figures: (epochs, values).

    trouble: why there is nothing, as one sentence.
    """

    folder: Path
    steps_per_epoch: int = 1
    epochs: float = 1.0
    stride: int = 1
    losses: Mapping[str, Pyramid] = field(default_factory=dict)
    figures: Mapping[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    trouble: str = ""


def read(folder: Path) -> RunCurves:
    """The curves of a run; one that cannot be read says so."""
    run = Run(folder)
    try:
        facts = run.environment
        with run.record() as record:
            losses, validation = record.losses(), record.epochs("validation")
    except (RunError, RecordError) as error:
        return RunCurves(folder, trouble=str(error))
    longest = max((int(steps[-1]) + 1 for steps, _ in losses.values() if len(steps)), default=0)
    done = max((points[-1][0] for points in validation.values()), default=0)
    each = int(facts.get("steps_per_epoch", 0) or 0) or max(round(longest / max(done, 1)), 1)
    span = min(max(longest / 100, 4.0), 500.0)
    stride = max(int(span // _FINER), 1)
    curves = {}
    for name, (steps, values) in losses.items():
        curves[name] = pyramid = Pyramid()
        if len(steps) and int(steps[0]) >= stride:
            pyramid.append(np.full(int(steps[0]) // stride, np.nan, np.float32))
        pyramid.append(Smoothing(span / stride)(_means(values, stride)))
    figures = {
        name: (np.array([e for e, _ in points], float), np.array([v for _, v in points], float))
        for name, points in validation.items()
    }
    return RunCurves(folder, each, max(longest / each, done, 1.0), stride, curves, figures)


def _means(values: np.ndarray, stride: int) -> np.ndarray:
    """Means of so many values each; of those left over at the end, too."""
    whole = len(values) // stride * stride
    found = values[:whole].reshape(-1, stride).mean(axis=1)
    rest = [values[whole:].mean()] if whole < len(values) else []
    return np.concatenate([found, np.array(rest, found.dtype)])


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
            found = stamp(folder), read(folder)
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
