"""Push buttons and tool buttons."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette
from PySide6.QtWidgets import QStyleOption, QStyleOptionButton, QStyleOptionToolButton, QWidget

from netbuilder.app.theme.controls.strokes import (
    AUTO_RAISE,
    ENABLED,
    HOVERED,
    ON,
    PRESSED,
    box,
    centre_of,
    chevron,
    focused_by_keyboard,
    has,
    label_of,
    ring,
)
from netbuilder.app.theme.sizes import RADIUS_CHIP
from netbuilder.app.theme.state import colour

MENU_ARROW = 16


def is_primary(option: QStyleOption, widget: QWidget | None) -> bool:
    """Whether this is the button that the person most likely wants, and it can be pressed."""
    if not has(option, ENABLED):
        return False
    if isinstance(option, QStyleOptionButton):
        default = QStyleOptionButton.ButtonFeature.DefaultButton
        if option.features & default:
            return True
    return bool(label_of(widget, "primary"))


def push_button(painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
    """``PE_PanelButtonCommand``: fill and border of a push button."""
    flat = isinstance(option, QStyleOptionButton) and bool(
        option.features & QStyleOptionButton.ButtonFeature.Flat
    )
    primary = is_primary(option, widget)
    _plate(painter, option, primary, flat)
    if focused_by_keyboard(option):
        focus(painter, option.rect, primary)


def focus(painter: QPainter, rect: QRect, primary: bool) -> None:
    """The ring of a button."""
    ring(painter, rect)
    if primary:
        # In the light theme ring and fill are one colour.
        box(painter, rect.adjusted(2, 2, -2, -2), None, colour("on_accent"), RADIUS_CHIP)


def tool_button(painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
    """``PE_PanelButtonTool``: fill and border of a tool button."""
    _plate(painter, option, is_primary(option, widget), has(option, AUTO_RAISE))


def opens_menu(option: QStyleOptionToolButton) -> bool:
    """Whether the whole button opens a menu; Fusion would squeeze an arrow into its corner."""
    feature = QStyleOptionToolButton.ToolButtonFeature
    whole = not option.features & feature.MenuButtonPopup
    return bool(option.features & feature.HasMenu) and whole


def _has_room_for_arrow(option: QStyleOptionToolButton) -> bool:
    only_icon = option.toolButtonStyle == Qt.ToolButtonStyle.ToolButtonIconOnly
    return bool(option.text) and not only_icon


def without_arrow(option: QStyleOptionToolButton) -> QStyleOptionToolButton:
    """The option for the label, which leaves room for the arrow beside it."""
    own = QStyleOptionToolButton(option)
    own.rect = option.rect.adjusted(0, 0, -MENU_ARROW if _has_room_for_arrow(option) else 0, 0)
    return own


def menu_arrow(painter: QPainter, option: QStyleOptionToolButton, widget: QWidget | None) -> None:
    """The arrow of a button with words that opens a menu; an icon alone has none."""
    if _has_room_for_arrow(option):
        ink = "on_accent" if is_primary(option, widget) else "text2"
        rect = option.rect
        centre = QPointF(rect.right() - 10.0, centre_of(rect).y() + 0.5)
        chevron(painter, centre, "down", colour(ink if has(option, ENABLED) else "disabled"), 3.0)


def _plate(painter: QPainter, option: QStyleOption, primary: bool, flat: bool) -> None:
    enabled = has(option, ENABLED)
    hovered = enabled and has(option, HOVERED)
    pressed = enabled and has(option, PRESSED)
    fill: QColor | None = colour("raised")
    border: QColor | None = colour("line")
    if primary:
        fill = colour("accent_fill")
        if pressed:
            fill = fill.darker(115)
        elif hovered:
            fill = fill.darker(106)
        border = None
    elif has(option, ON):
        fill, border = colour("sel_bg"), None if flat else colour("accent")
    elif pressed:
        fill, border = colour("node_head"), None if flat else colour("line_strong")
    elif hovered:
        fill, border = colour("hover"), None if flat else colour("line")
    elif flat:
        return
    elif not enabled:
        fill = None
    box(painter, option.rect, fill, border)


def push_button_label(
    option: QStyleOptionButton, widget: QWidget | None, ratio: float
) -> QStyleOptionButton:
    """The option to draw the label with: a primary button has its own text colour."""
    if not is_primary(option, widget):
        return option
    own = QStyleOptionButton(option)
    own.palette = _on_accent(option.palette)
    if not option.icon.isNull():
        own.icon = _inked(option.icon, option.iconSize, ratio)
    return own


def tool_button_label(
    option: QStyleOptionToolButton, widget: QWidget | None, ratio: float
) -> QStyleOptionToolButton:
    """As :func:`push_button_label`, and with space before an icon that has words beside it."""
    primary = is_primary(option, widget)
    beside = option.toolButtonStyle == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    if not primary and not beside:
        return option
    own = QStyleOptionToolButton(option)
    if beside and option.text and not option.icon.isNull():
        own.rect = option.rect.adjusted(4, 0, 0, 0)
    if primary:
        own.palette = _on_accent(option.palette)
        if not option.icon.isNull():
            own.icon = _inked(option.icon, option.iconSize, ratio)
    return own


def _on_accent(palette: QPalette) -> QPalette:
    own = QPalette(palette)
    for role in (QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        own.setColor(role, colour("on_accent"))
    return own


def _inked(icon: QIcon, size: object, ratio: float) -> QIcon:
    """The icon in the colour of the text; all icons of the look are of one colour."""
    pixmap = icon.pixmap(size, ratio)  # type: ignore[call-overload]
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), colour("on_accent"))
    painter.end()
    return QIcon(pixmap)
