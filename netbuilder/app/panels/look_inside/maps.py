"""What one node makes of the sample: all its channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget

from netbuilder.app.panels.asking import LiveQuestion
from netbuilder.app.panels.form import ChoiceField
from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.pictures.colour_bar import ColourBarLine
from netbuilder.app.panels.pictures.grid import PictureGrid
from netbuilder.app.panels.pictures.tile import Tile
from netbuilder.app.session import Session
from netbuilder.app.theme import fonts
from netbuilder.app.theme.plots import PictureKind, default_levels, to_rgba
from netbuilder.app.widgets import ColourBar, ImageView, ThemedLabel

INTERVAL_MS = 330
MOST = 64
WORDS = {"signed": ("negative", "positive"), "amount": ("0", "most")}


class FeatureMaps(Tile):
    """A choice of node over its channels; a click says more about one of them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Feature maps", parent=parent)
        self._keys: tuple[str, ...] = ()
        self._arguments: dict[str, Any] | None = None
        self._maps: np.ndarray = np.zeros((0, 1, 1), np.float32)
        self._channel: int | None = None
        self._shape = ""
        self.question = LiveQuestion(
            session, "channels", self._take, INTERVAL_MS, self.isVisible, self
        )
        self.choice = ChoiceField(())
        self.choice.setAccessibleName("Node whose channels are shown")
        self.choice.setMinimumWidth(132)
        self.head.insertWidget(1, self.choice)
        self.grid = PictureGrid("Feature maps", largest=112)
        self.matrix = ImageView("")
        self.matrix.setAccessibleName("Sequence, one row a step")
        self.trouble = ThemedLabel("", "text3", fonts.caption())
        self.trouble.setWordWrap(True)
        self.pages = QStackedWidget()
        for page in (self.grid, self.matrix, self.trouble):
            self.pages.addWidget(page)
        self.bar = ColourBarLine(ColourBar("amount", "0", "most"))
        self.body.addWidget(self.pages, 1)
        self.body.addWidget(self.bar)
        self.choice.chosen.connect(lambda _: self._chosen())
        self.grid.clicked.connect(self._look_at)

    def minimumSizeHint(self) -> QSize:
        """A few channels."""
        return QSize(260, 120)

    def show_subject(self, subject: Subject) -> None:
        """Another project: other nodes."""
        self.question.forget()
        self._keys = subject.maps
        self.choice.set_choices([(key.partition(".")[0], key) for key in self._keys])
        last = next((i for i in reversed(subject.convolutions) if f"{i}.y" in self._keys), None)
        if self._keys:
            self.choice.show_value(f"{last}.y" if last else self._keys[0])
        self.grid.show_pictures([])
        self.matrix.clear()
        self.note.setText("")
        self._channel = None

    def show_node(self, node_id: str) -> None:
        """Show the channels of a node, if it has any."""
        key = next((k for k in self._keys if k.partition(".")[0] == node_id), None)
        if key is not None:
            self.choice.show_value(key)
            self._chosen()

    def ask(self, arguments: dict[str, Any]) -> None:
        """Ask about a sample; waits while nobody looks."""
        self._arguments = arguments
        key = self.choice.currentData()
        if key is not None:
            self.question.ask(key=key, most=MOST, **arguments)

    def showEvent(self, event: Any) -> None:
        """Ask what waited."""
        super().showEvent(event)
        self.question.wake()

    def _chosen(self) -> None:
        self._channel = None
        if self._arguments is not None:
            self.question.forget()
            self.ask(self._arguments)

    def _take(self, result: Mapping[str, Any] | None, error: str) -> None:
        if result is None:
            self.trouble.setText(error)
            self.pages.setCurrentWidget(self.trouble)
            return
        self._maps = np.asarray(result["maps"], np.float32)
        # What is never negative is an amount; both kinds share one range over all channels.
        kind: PictureKind = "amount" if np.nan_to_num(self._maps).min() >= 0 else "signed"
        levels = default_levels(self._maps, kind)
        self._shape = " × ".join(str(n) for n in result["shape"])
        if len(result["shape"]) == 2:
            self.matrix.set_image(to_rgba(self._maps[0], kind, levels))
            self.matrix.set_caption("one row a step")
            self.matrix.set_colour_bar(ColourBar(kind, *WORDS[kind]))
            self.pages.setCurrentWidget(self.matrix)
        else:
            captions = [str(i) for i in range(len(self._maps))]
            self.grid.show_pictures([to_rgba(m, kind, levels) for m in self._maps], captions)
            self.pages.setCurrentWidget(self.grid)
            self.bar.show_bar(ColourBar(kind, *WORDS[kind]))
        self.bar.setVisible(self.pages.currentWidget() is self.grid)
        self._say(int(result["total"]))

    def _look_at(self, channel: int) -> None:
        self._channel = None if channel == self._channel else channel
        self._say(len(self._maps))

    def _say(self, total: int) -> None:
        self.grid.set_chosen(self._channel)
        if self._channel is None or self._channel >= len(self._maps):
            more = f", first {len(self._maps)}" if total > len(self._maps) > 1 else ""
            self.note.setText(self._shape + more)
            return
        one = np.nan_to_num(self._maps[self._channel])
        self.note.setText(
            f"channel {self._channel}: max {one.max():.2g}, mean {one.mean():.2g}, "
            f"zero {(one == 0).mean():.0%}"
        )
