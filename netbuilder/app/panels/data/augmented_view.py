"""Samples as training sees them: each one beside some of its random versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder.app.panels.asking import LiveQuestion
from netbuilder.app.panels.pictures.grid import PictureGrid
from netbuilder.app.panels.pictures.numbers import is_picture, picture, span
from netbuilder.app.session import Session
from netbuilder.app.theme import fonts
from netbuilder.app.theme.plots import default_levels, to_rgba
from netbuilder.app.widgets import ThemedLabel
from netbuilder.graph import Project
from netbuilder.layers import REGISTRY

SAMPLES, TIMES = 4, 8


class AugmentedView(QWidget):
    """Asks the engine; no training is needed. `draw` makes other versions."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seed = 0
        self.grid = PictureGrid("Augmented samples", columns=TIMES + 1, largest=72)
        self.words = ThemedLabel("", "text2", fonts.caption())
        self.words.setWordWrap(True)
        self.words.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.words)
        layout.addWidget(self.grid, 1)
        self.question = LiveQuestion(session, "augmented", self._take, 200, self.isVisible, self)

    def ask(self, other: bool = False) -> None:
        """Ask for the samples; `other`: changed in another way than before."""
        self._seed += other
        rows = list(range(SAMPLES))
        self.question.ask(rows=rows, part="train", times=TIMES, seed=self._seed)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask what waited for somebody to look."""
        super().showEvent(event)
        self.question.wake()

    def _take(self, result: Mapping[str, Any] | None, error: str) -> None:
        if result is None:
            self.words.setText(error)
            self.words.show()
            self.grid.show_pictures(())
            return
        self.words.hide()
        samples, made = result["samples"], result["made"]
        rows = np.concatenate([samples[:, None], made], axis=1)  # (n, 1 + times, …)
        flat = rows.reshape(-1, *rows.shape[2:])
        if is_picture(flat.shape[1:]):
            low, high = span(flat)
            shown = [picture(one, low, high) for one in flat]
        else:
            flat = flat.reshape(len(flat), -1, flat.shape[-1])
            levels = default_levels(flat, "signed")
            shown = [to_rgba(one, "signed", levels) for one in flat]
        self.grid.show_pictures(shown)


def augments(project: Project) -> bool:
    """Whether a node of the project changes samples while training."""
    return any(
        n.kind in REGISTRY and REGISTRY[n.kind].family == "Augmentation" and not n.muted
        for n in project.graph
    )
