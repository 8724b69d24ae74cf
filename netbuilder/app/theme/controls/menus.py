"""The menu bar, menus and their rows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QIcon, QPainter
from PySide6.QtWidgets import QStyleOptionMenuItem, QWidget

from netbuilder.app.theme.controls.strokes import (
    ENABLED,
    PRESSED,
    SELECTED,
    box,
    centre_of,
    chevron,
    has,
    tick,
)
from netbuilder.app.theme.keycaps import spelled
from netbuilder.app.theme.sizes import LIST_ROW, MENU_HEIGHT
from netbuilder.app.theme.state import colour

MARGIN = 4
ICON = 16
TEXT_X = 32
ARROW = 24
SEPARATOR = 9

_TEXT = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextHideMnemonic
_Type = QStyleOptionMenuItem.MenuItemType


def bar_item_size(option: QStyleOptionMenuItem, contents: QSize) -> QSize:
    """``CT_MenuBarItem``."""
    plain = option.text.replace("&", "")
    return QSize(option.fontMetrics.horizontalAdvance(plain) + 20, MENU_HEIGHT)


def bar_item(painter: QPainter, option: QStyleOptionMenuItem, widget: QWidget | None) -> None:
    """``CE_MenuBarItem``."""
    bar_empty(painter, option.rect)
    enabled = has(option, ENABLED)
    if enabled and (has(option, SELECTED) or has(option, PRESSED)):
        box(painter, option.rect.adjusted(1, 3, -1, -3), colour("hover"), None)
    painter.setPen(colour("text" if enabled else "disabled"))
    painter.drawText(option.rect, _TEXT | Qt.AlignmentFlag.AlignHCenter, option.text)


def bar_empty(painter: QPainter, rect: QRect) -> None:
    """``CE_MenuBarEmptyArea``."""
    painter.fillRect(rect, colour("window"))


def panel(painter: QPainter, rect: QRect) -> None:
    """``PE_PanelMenu``: square, because the window of a menu has no transparent corners."""
    box(painter, rect, colour("raised"), colour("line_strong"), 0)


def item_size(option: QStyleOptionMenuItem, contents: QSize) -> QSize:
    """``CT_MenuItem``; the menu adds the width of the shortcuts itself."""
    if option.menuItemType == _Type.Separator:
        if not option.text:
            return QSize(contents.width(), SEPARATOR)
        return QSize(contents.width() + 2 * MARGIN + 8, LIST_ROW)
    gap = 24 if option.reservedShortcutWidth else 0
    return QSize(TEXT_X + contents.width() + gap + ARROW, LIST_ROW + 2)


def item(painter: QPainter, option: QStyleOptionMenuItem, widget: QWidget | None) -> None:
    """``CE_MenuItem``."""
    rect = option.rect
    painter.save()
    if option.menuItemType == _Type.Separator:
        _separator(painter, option)
        painter.restore()
        return
    enabled = has(option, ENABLED)
    if enabled and has(option, SELECTED):
        box(painter, rect.adjusted(MARGIN, 0, -MARGIN, 0), colour("sel_bg"), None)
    _mark(painter, option, enabled)
    text, _, shortcut = option.text.partition("\t")
    painter.setFont(option.font)
    if option.menuItemType == _Type.DefaultItem:
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
    painter.setPen(colour("text" if enabled else "disabled"))
    inside = rect.adjusted(TEXT_X, 0, -ARROW + 8, 0)
    painter.drawText(inside, _TEXT | Qt.AlignmentFlag.AlignLeft, text)
    if shortcut:
        painter.setPen(colour("text3" if enabled else "disabled"))
        painter.drawText(inside, _TEXT | Qt.AlignmentFlag.AlignRight, spelled(shortcut))
    if option.menuItemType == _Type.SubMenu:
        ink = colour("text2" if enabled else "disabled")
        chevron(painter, QPointF(rect.right() - 12, centre_of(rect).y()), "right", ink, 3.0)
    painter.restore()


def _separator(painter: QPainter, option: QStyleOptionMenuItem) -> None:
    rect = option.rect
    if option.text:
        painter.setPen(colour("text3"))
        painter.setFont(option.font)
        painter.drawText(rect.adjusted(12, 0, -12, 0), _TEXT, option.text)
        return
    painter.fillRect(QRect(rect.left() + 1, rect.center().y(), rect.width() - 2, 1), colour("line"))


def _mark(painter: QPainter, option: QStyleOptionMenuItem, enabled: bool) -> None:
    """Icon or check mark of a row; a checked row with an icon has the icon on a plate."""
    rect = option.rect
    place = QRectF(rect.left() + 10, centre_of(rect).y() - ICON / 2, ICON, ICON)
    checkable = option.checkType != QStyleOptionMenuItem.CheckType.NotCheckable
    if not option.icon.isNull():
        if checkable and option.checked:
            box(painter, place.adjusted(-2, -2, 2, 2), colour("sel_bg"), colour("accent"), 3)
        mode = QIcon.Mode.Normal if enabled else QIcon.Mode.Disabled
        option.icon.paint(painter, place.toRect(), Qt.AlignmentFlag.AlignCenter, mode)
    elif checkable and option.checked:
        ink = colour("accent" if enabled else "disabled")
        if option.checkType == QStyleOptionMenuItem.CheckType.Exclusive:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(place.center(), 3.0, 3.0)
        else:
            tick(painter, place, ink)
