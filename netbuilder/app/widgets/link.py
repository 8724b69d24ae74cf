"""Words that do something: a button that looks like a link."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QStyle, QStyleOption, QWidget

from netbuilder.app.theme import colour, fonts, theme

MARGIN = 3
"""Room for the focus ring beside the words."""


class Link(QAbstractButton):
    """A link in the accent colour; ``quiet`` is the second choice beside one."""

    def __init__(
        self,
        text: str,
        action: Callable[[], None] | None = None,
        *,
        quiet: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._quiet = quiet
        self.setText(text)
        self.setFont(fonts.ui(11, fonts.REGULAR if quiet else fonts.SEMIBOLD))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(text)
        if action is not None:
            self._action = action
            self.clicked.connect(self._act)
        theme.changed.connect(self.update)

    def _act(self) -> None:
        self._action()

    def sizeHint(self) -> QSize:
        """The words and room for the ring."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * MARGIN, 18)

    def minimumSizeHint(self) -> QSize:
        """As large as wanted: half a link is no link."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words, underlined under the pointer."""
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        font = self.font()
        font.setUnderline(self.isEnabled() and self.underMouse())
        painter.setFont(font)
        token = "disabled" if not self.isEnabled() else "text2" if self._quiet else "accent"
        painter.setPen(colour(token))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.hasFocus():
            focus = QStyle.PrimitiveElement.PE_FrameFocusRect
            self.style().drawPrimitive(focus, option, painter, self)
