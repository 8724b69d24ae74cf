"""A text whose tokens carry a colour each; a click chooses a token."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.app.panels.pictures.ink import readable
from netbuilder.app.theme import colour, fonts, theme
from netbuilder.app.theme.plots import PictureKind, to_rgba

LINE = 20
PAD = 1


def visible(token: str) -> str:
    """A token with its blanks made visible."""
    return token.replace("\n", "↵").replace("\t", "⇥").replace(" ", "·") or "∅"


class TokenText(QWidget):
    """Tokens in reading order, wrapped; values colour their ground.

    `token_clicked` carries the place of a token; arrow keys move the chosen one.
    """

    token_clicked = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens: tuple[str, ...] = ()
        self._colours: npt.NDArray[np.uint8] = np.zeros((0, 4), np.uint8)
        self._values: npt.NDArray[np.float32] = np.zeros(0, np.float32)
        self._chosen: int | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_tokens(
        self,
        tokens: Sequence[str],
        values: npt.ArrayLike,
        kind: PictureKind,
        levels: tuple[float, float] | None = None,
    ) -> None:
        """Show tokens, each with a value."""
        values = np.asarray(values, np.float32).ravel()
        if len(values) != len(tokens):
            raise ValueError(f"{len(tokens)} tokens need as many values, not {len(values)}.")
        resized = tuple(tokens) != self._tokens
        self._tokens, self._values = tuple(tokens), values
        self._colours = to_rgba(values, kind, levels)
        self.setAccessibleDescription("".join(tokens))
        if resized:
            self.updateGeometry()
        self.update()

    def tokens(self) -> tuple[str, ...]:
        """What is shown."""
        return self._tokens

    def ground(self, index: int) -> QColor:
        """Colour behind a token."""
        red, green, blue, _ = (int(v) for v in self._colours[index])
        return QColor(red, green, blue)

    def set_chosen(self, index: int | None) -> None:
        """Ring one token."""
        self._chosen = index
        self.update()

    def rects(self, width: int) -> list[QRect]:
        """Where each token is drawn in this width."""
        metrics = QFontMetrics(fonts.panel_mono())
        words = " " not in self._tokens and any(len(token) > 1 for token in self._tokens)
        gap = metrics.horizontalAdvance(" ") - 2 * PAD if words else 0
        x, y, found = 0, 0, list[QRect]()
        for token in self._tokens:
            wide = metrics.horizontalAdvance(visible(token)) + 2 * PAD
            if x and x + wide > width:
                x, y = 0, y + LINE
            found.append(QRect(x, y, wide, LINE - 2))
            x += wide + gap
            if token == "\n":
                x, y = 0, y + LINE
        return found

    def heightForWidth(self, width: int) -> int:
        """All lines."""
        rects = self.rects(max(width, 40))
        return rects[-1].bottom() + 2 if rects else LINE

    def sizeHint(self) -> QSize:
        """Lines of about forty letters."""
        return QSize(280, self.heightForWidth(280))

    def minimumSizeHint(self) -> QSize:
        """A few words."""
        return QSize(120, LINE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the token under the pointer."""
        at = event.position().toPoint()
        for index, rect in enumerate(self.rects(self.width())):
            if rect.contains(at):
                self.token_clicked.emit(index)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from token to token."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and self._tokens:
            at = (0 if self._chosen is None else self._chosen) + step
            self.token_clicked.emit(min(max(at, 0), len(self._tokens) - 1))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Say the value of the token under the pointer."""
        if event.type() == QEvent.Type.ToolTip:
            at = event.pos()  # type: ignore[attr-defined]
            found = [i for i, r in enumerate(self.rects(self.width())) if r.contains(at)]
            self.setToolTip(f"{self._values[found[0]]:.3g}" if found else "")
        return bool(super().event(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw every token on its ground."""
        painter = QPainter(self)
        painter.setFont(fonts.panel_mono())
        for index, rect in enumerate(self.rects(self.width())):
            ground = self.ground(index)
            painter.fillRect(rect, ground)
            painter.setPen(readable(ground))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, visible(self._tokens[index]))
            if index == self._chosen:
                painter.setPen(colour("accent"))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
                painter.drawRect(rect.adjusted(1, 1, -2, -2))
