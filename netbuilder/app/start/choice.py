"""Buttons of the start page: a wide one with a key, and a small card."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from netbuilder.app.theme import colour, fonts, icons, sizes, theme
from netbuilder.app.theme.controls.strokes import box, ring

CHOICE_HEIGHT, CARD_HEIGHT = 42, 58
_ARROWS = {
    int(Qt.Key.Key_Up): (0, -1),
    int(Qt.Key.Key_Down): (0, 1),
    int(Qt.Key.Key_Left): (-1, 0),
    int(Qt.Key.Key_Right): (1, 0),
}
_PRESS = frozenset(int(k) for k in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space))


class StartButton(QAbstractButton):
    """Arrow keys go to its neighbours; Enter presses it."""

    stepped = Signal(int, int)

    def __init__(self, icon: str, text: str, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._by_keyboard = icon, False
        self.caption = caption
        self.setText(text)
        self.setAccessibleDescription(caption)
        self.setToolTip("")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def event(self, event: QEvent) -> bool:
        """Arrows and Enter are the button's own before they are commands of the canvas."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if plain and (event.key() in _ARROWS or event.key() in _PRESS):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ARROWS:
            self.stepped.emit(*_ARROWS[event.key()])
        elif event.key() in _PRESS:
            self.click()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def _paint_plate(self, painter: QPainter) -> QRectF:
        area = QRectF(self.rect())
        lit = self.isEnabled() and (self.underMouse() or self.isDown())
        border = colour("line_strong" if lit else "line")
        box(painter, area, colour("hover" if lit else "node"), border, sizes.RADIUS_CONTROL)
        if self.hasFocus() and self._by_keyboard:
            ring(painter, area, sizes.RADIUS_CONTROL)
        return area

    def _ink(self, token: str) -> str:
        return token if self.isEnabled() else "disabled"


class Choice(StartButton):
    """An icon, a title, a sentence, and the key that does the same from anywhere."""

    def __init__(self, icon: str, text: str, caption: str) -> None:
        super().__init__(icon, text, caption)
        self.keys = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_keys(self, keys: str) -> None:
        """The keys that do the same; "" for none."""
        self.keys = keys
        self.setAccessibleDescription(f"{self.caption}. {keys}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, CHOICE_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, CHOICE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = self._paint_plate(painter)
        icons.paint(painter, self._icon, self._ink("text2"), QRect(14, 11, 20, 20))
        room = int(self._paint_keys(painter, area) if self.keys else area.right()) - 46 - 8
        painter.setFont(fonts.control())
        painter.setPen(colour(self._ink("text")))
        _line(painter, QRect(46, 5, room, 16), self.text())
        painter.setFont(fonts.caption())
        painter.setPen(colour(self._ink("text2")))
        _line(painter, QRect(46, 22, room, 14), self.caption)

    def _paint_keys(self, painter: QPainter, area: QRectF) -> float:
        """The keys on a cap at the right; returns its left edge."""
        painter.setFont(fonts.plate())
        width = painter.fontMetrics().horizontalAdvance(self.keys) + 12
        chip = QRectF(area.right() - width - 12, (CHOICE_HEIGHT - 18) / 2, width, 18)
        painter.setPen(QPen(colour("line_strong"), 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setPen(colour("text2"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self.keys)
        return chip.left()


class Card(StartButton):
    """An icon and a title above a few words."""

    def __init__(self, icon: str, text: str, caption: str, about: str) -> None:
        super().__init__(icon, text, caption)
        self.setAccessibleDescription(f"{about} {caption}")
        self.setToolTip(about)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_caption(self, caption: str, enabled: bool) -> None:
        """Other words below, and whether it can be pressed."""
        self.caption = caption
        self.setAccessibleDescription(f"{self.toolTip()} {caption}")
        self.setEnabled(enabled)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(116, CARD_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(104, CARD_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_plate(painter)
        icons.paint(painter, self._icon, self._ink("text2"), QRect(10, 8, 16, 16))
        room = self.width() - 16
        painter.setFont(fonts.caption())
        painter.setPen(colour(self._ink("text3")))
        _line(painter, QRect(30, 9, room - 22, 14), self.caption, right=True)
        painter.setFont(fonts.control())
        painter.setPen(colour(self._ink("text")))
        _line(painter, QRect(10, 33, room, 16), self.text())


def _line(painter: QPainter, area: QRect, text: str, right: bool = False) -> None:
    """One line of text, with an ellipsis where it is too long."""
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, shown)
