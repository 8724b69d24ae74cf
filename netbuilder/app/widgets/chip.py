"""A small tag: a state, a filter that can be pressed, or a key of the keyboard."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from netbuilder.app.theme import colour, fonts, sizes, theme
from netbuilder.app.theme.controls.strokes import box, ring

ChipTone = Literal["neutral", "ok", "warning", "error", "key"]
"""What it says; ``key`` is the outline of a key."""

_INK: dict[ChipTone, tuple[str, str | None]] = {
    "neutral": ("text", "hover"),
    "ok": ("ok", "ok_bg"),
    "warning": ("warn", "warn_bg"),
    "error": ("error", "error_bg"),
    "key": ("text2", None),
}

HEIGHT = 18
CHECKABLE_HEIGHT = 24


class Chip(QAbstractButton):
    """A tag; with ``checkable`` a filter, and then ``toggled`` says what was chosen."""

    def __init__(
        self,
        text: str,
        tone: ChipTone = "neutral",
        *,
        checkable: bool = False,
        mono: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone: ChipTone = tone
        self.setText(text)
        self.setFont(fonts.mono(10.5) if mono or tone == "key" else fonts.caption())
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if checkable else Qt.FocusPolicy.NoFocus)
        # A tag that only tells must not swallow clicks meant for what it lies on.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not checkable)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(text)
        theme.changed.connect(self.update)

    def tone(self) -> ChipTone:
        """What it says."""
        return self._tone

    def set(self, text: str, tone: ChipTone | None = None) -> None:
        """Change words and, if given, tone."""
        self.setText(text)
        self.setAccessibleName(text)
        if tone is not None:
            self._tone = tone
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The words and 6 at each side; a filter is tall enough to be hit."""
        width = QFontMetrics(self.font()).horizontalAdvance(self.text()) + 12
        return QSize(width, CHECKABLE_HEIGHT if self.isCheckable() else HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """As large as wanted."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw plate and words."""
        painter = QPainter(self)
        height = 20 if self.isCheckable() else HEIGHT
        plate = self.rect()
        plate.setTop((self.height() - height) // 2)
        plate.setHeight(height)
        ink, ground = _INK[self._tone]
        if not self.isEnabled():
            ink = "disabled"
        if self.isChecked():
            box(painter, plate, colour("sel_bg"), colour("accent"), sizes.RADIUS_CHIP)
        elif ground is None:
            box(painter, plate, None, colour("line_strong"), sizes.RADIUS_CHIP)
        else:
            lit = self.isCheckable() and self.isEnabled() and self.underMouse()
            border = colour("line_strong") if lit else None
            box(painter, plate, colour(ground), border, sizes.RADIUS_CHIP)
        painter.setFont(self.font())
        painter.setPen(colour(ink))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self.text())
        by_keyboard = Qt.WidgetAttribute.WA_KeyboardFocusChange
        if self.hasFocus() and self.window().testAttribute(by_keyboard):
            ring(painter, plate, sizes.RADIUS_CHIP)
