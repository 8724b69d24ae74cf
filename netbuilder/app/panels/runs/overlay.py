"""Curves of all chosen runs in two plots: the loss, and a figure of the validation split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from netbuilder.app.panels.runs.curves import CurveReader, RunCurves
from netbuilder.app.panels.train.wording import is_metric, title
from netbuilder.app.widgets import ThemedLabel

if TYPE_CHECKING:
    from netbuilder.app.panels.runs.overlay_plot import OverlayPlot

GROW_MS = 1000
"""Between two looks at runs that may train."""


class Overlay(QWidget):
    """`show_runs` reads and draws; plots are made when there is something to draw."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reader = CurveReader(self)
        self._places: dict[Path, int] = {}
        self.figure = QComboBox()
        self.figure.setAccessibleName("Figure of the validation split")
        self.figure.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.log = QCheckBox("Log axis")
        self.log.setChecked(True)
        self.note = ThemedLabel("", "text3")
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.log)
        head.addWidget(self.note)
        head.addStretch(1)
        head.addWidget(self.figure)
        self._plots = QHBoxLayout()
        self._plots.setSpacing(16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(self._plots, 1)
        self.reader.arrived.connect(self._draw)
        self._growing = QTimer(self)
        self._growing.setInterval(GROW_MS)
        self._growing.timeout.connect(self.reader.look_again)
        self.figure.activated.connect(self._draw_figure)
        self.log.toggled.connect(lambda on: self.loss.set_log(on))

    @cached_property
    def loss(self) -> OverlayPlot:
        """The smoothed training loss."""
        return self._made("Loss", log_y=self.log.isChecked())

    @cached_property
    def validation(self) -> OverlayPlot:
        """The figure that is chosen."""
        return self._made("Validation", log_y=False)

    def _made(self, words: str, log_y: bool) -> OverlayPlot:
        from netbuilder.app.panels.runs.overlay_plot import OverlayPlot

        plot = OverlayPlot(words, log_y=log_y)
        self._plots.addWidget(plot, 1)
        return plot

    def showEvent(self, event: QShowEvent) -> None:
        """What trains grows while somebody looks."""
        super().showEvent(event)
        self._growing.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._growing.stop()

    def show_runs(self, folders: Sequence[Path]) -> None:
        """Show these runs; each keeps its look while it is among them."""
        kept = {f: p for f, p in self._places.items() if f in folders}
        free = iter(p for p in range(len(folders) + len(kept)) if p not in kept.values())
        self._places = {f: kept[f] if f in kept else next(free) for f in folders}
        self.note.setText("Reading …" if folders else "")
        self.reader.want(list(folders))

    @property
    def places(self) -> Mapping[Path, int]:
        """By folder, the place that decides the look of a run."""
        return self._places

    def _known(self) -> list[tuple[int, RunCurves]]:
        return [(self._places[run.folder], run) for run in self.reader.known()]

    def _draw(self) -> None:
        from netbuilder.app.panels.runs.overlay_plot import loss_points

        known = self._known()
        troubles = [run.trouble for _, run in known if run.trouble]
        left = len(self._places) - len(known)
        self.note.setText(f"Reading {left} more …" if left else troubles[0] if troubles else "")
        self._offer_figures([run for _, run in known])
        self.loss.show_runs(known, loss_points)
        self._draw_figure()

    def _draw_figure(self) -> None:
        from netbuilder.app.panels.runs.overlay_plot import figure_points

        name = self.figure.currentData()
        self.validation.setVisible(name is not None)
        if name is not None:
            self.validation.plot.set_title(title(name))
            self.validation.show_runs(self._known(), figure_points(name))

    def _offer_figures(self, runs: Sequence[RunCurves]) -> None:
        names = list(dict.fromkeys(name for run in runs for name in run.figures))
        names.sort(key=lambda name: not is_metric(name))  # metrics first, then losses
        if names == [self.figure.itemData(i) for i in range(self.figure.count())]:
            return
        before = self.figure.currentData()
        self.figure.clear()
        for name in names:
            self.figure.addItem(title(name), name)
        self.figure.setCurrentIndex(max(names.index(before) if before in names else 0, 0))
        self.figure.setVisible(len(names) > 1)
