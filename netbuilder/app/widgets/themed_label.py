"""A label whose colour is a token and stays one when the theme changes.

A dot after the words says that the value they name was changed.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from netbuilder.app.theme import colour, fonts, theme

_NUMBERS = re.compile(r"[\d.,:\s]+")


class ThemedLabel(QLabel):
    """Text in a font step and a token of the look, such as a caption in ``text3``."""

    def __init__(
        self,
        text: str = "",
        token: str = "text",
        font: QFont | None = None,
        parent: QWidget | None = None,
        *,
        wrap: bool = False,
        steady: bool = False,
    ) -> None:
        """steady: while only numbers in it change its width never shrinks, so that they neither
        push what is beside them nor have the whole row laid out many times a second."""
        super().__init__(text, parent)
        self._token, self._dot, self._steady = token, False, steady
        self.setWordWrap(wrap)
        # Some parents, such as a menu bar, have their children write in another role.
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self.setFont(font if font is not None else fonts.body())
        self._restyle()
        theme.changed.connect(self._restyle)

    def setText(self, text: str) -> None:
        """Show another text."""
        other = _NUMBERS.sub("", text) != _NUMBERS.sub("", self.text())
        super().setText(text)
        if self._steady and other:
            self.setMinimumSize(0, 0)  # or the hint would be no less
        if self._steady and (other or self.sizeHint().width() > self.width()):
            self.setFixedSize(self.sizeHint())

    def set_token(self, token: str) -> None:
        """Take another colour."""
        if token != self._token:
            self._token = token
            self._restyle()

    @property
    def dot(self) -> bool:
        """Whether the mark of a changed value is shown."""
        return self._dot

    def set_dot(self, dot: bool) -> None:
        """Mark what the label names as changed from its default."""
        if dot != self._dot:
            self._dot = dot
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._dot:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent"))
        x = min(self.fontMetrics().horizontalAdvance(self.text()) + 7.0, self.width() - 3.0)
        painter.drawEllipse(QPointF(x, self.height() / 2 + 0.5), 2.0, 2.0)

    def _restyle(self) -> None:
        palette = self.palette()
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, QPalette.ColorRole.WindowText, colour(self._token))
            palette.setColor(group, QPalette.ColorRole.Link, colour("accent"))
        palette.setColor(
            QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText, colour("disabled")
        )
        self.setPalette(palette)
