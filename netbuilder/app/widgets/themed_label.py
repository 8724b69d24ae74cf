"""A label whose colour is a token and stays one when the theme changes.

A dot after the words says that the value they name was changed.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from netbuilder.app.theme import colour, fonts, theme


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
        """steady: its width only grows until it is empty again, so that numbers which change
        many times a second neither push what is beside them nor have the row laid out anew."""
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
        if self._steady and text != self.text():
            needed = self.fontMetrics().horizontalAdvance(text) + 2
            if text and needed > self.minimumWidth():
                self.setFixedSize(needed, self.sizeHint().height())
            elif not text:
                self.setFixedSize(0, self.sizeHint().height())
        super().setText(text)

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
