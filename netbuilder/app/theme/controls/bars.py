"""Progress bars, sliders and scroll bars."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QSlider,
    QStyle,
    QStyleOptionProgressBar,
    QStyleOptionSlider,
    QWidget,
)

from netbuilder.app.theme.controls.strokes import (
    ENABLED,
    HORIZONTAL,
    HOVERED,
    PRESSED,
    box,
    focused_by_keyboard,
    has,
)
from netbuilder.app.theme.state import colour

PROGRESS = 6
SCROLL_BAR = 10
HANDLE = 14
"""Side of the square that holds the ring of a slider (radius 6 and a pen of 2)."""

_HORIZONTAL = Qt.Orientation.Horizontal


# Progress


def _progress_text_width(option: QStyleOptionProgressBar) -> int:
    if not option.textVisible or not option.text or not has(option, HORIZONTAL):
        return 0
    return option.fontMetrics.horizontalAdvance("100%") + 8


def progress_rect(option: QStyleOptionProgressBar) -> QRectF:
    """The bar itself: 6 high in the middle, the text to its right."""
    rect = option.rect
    if has(option, HORIZONTAL):
        width = rect.width() - _progress_text_width(option)
        return QRectF(rect.x(), rect.y() + (rect.height() - PROGRESS) // 2, width, PROGRESS)
    return QRectF(rect.x() + (rect.width() - PROGRESS) // 2, rect.y(), PROGRESS, rect.height())


def progress_groove(painter: QPainter, option: QStyleOptionProgressBar) -> None:
    """``CE_ProgressBarGroove``."""
    box(painter, progress_rect(option), colour("hover"), None, PROGRESS / 2)


def progress_contents(painter: QPainter, option: QStyleOptionProgressBar) -> None:
    """``CE_ProgressBarContents``; of unknown length it is a still, pale bar."""
    bar = progress_rect(option)
    span = option.maximum - option.minimum
    ink = QColor(colour("accent" if has(option, ENABLED) else "line_strong"))
    if span <= 0:
        ink.setAlphaF(0.45)
    else:
        share = min(max((option.progress - option.minimum) / span, 0.0), 1.0)
        if share == 0.0:
            return
        if has(option, HORIZONTAL):
            width = max(bar.width() * share, PROGRESS)
            left = bar.right() - width if option.invertedAppearance else bar.left()
            bar = QRectF(left, bar.y(), width, bar.height())
        else:
            height = max(bar.height() * share, PROGRESS)
            top = bar.top() if option.invertedAppearance else bar.bottom() - height
            bar = QRectF(bar.x(), top, bar.width(), height)
    box(painter, bar, ink, None, PROGRESS / 2)


def progress_label(painter: QPainter, option: QStyleOptionProgressBar) -> None:
    """``CE_ProgressBarLabel``: a bar 6 high has no room inside."""
    if _progress_text_width(option):
        painter.setPen(colour("text2" if has(option, ENABLED) else "disabled"))
        alignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect, alignment, option.text)


# Slider


def _handle_centre(option: QStyleOptionSlider) -> QPointF:
    area = QRectF(option.rect)
    horizontal = option.orientation == _HORIZONTAL
    length = int((area.width() if horizontal else area.height()) - HANDLE)
    offset = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, length, option.upsideDown
    )
    along = offset + HANDLE / 2
    if horizontal:
        return QPointF(area.x() + along, area.center().y())
    return QPointF(area.center().x(), area.y() + along)


def slider_part(option: QStyleOptionSlider, part: QStyle.SubControl) -> QRect | None:
    """The rectangles of a slider."""
    if part == QStyle.SubControl.SC_SliderGroove:
        return QRect(option.rect)
    if part == QStyle.SubControl.SC_SliderHandle:
        middle = _handle_centre(option)
        corner = QPointF(middle.x() - HANDLE / 2, middle.y() - HANDLE / 2)
        return QRectF(corner.x(), corner.y(), HANDLE, HANDLE).toAlignedRect()
    return None


def slider(painter: QPainter, option: QStyleOptionSlider, widget: QWidget | None) -> None:
    """``CC_Slider``: a line of 2, filled up to a ring of radius 6."""
    area, middle = QRectF(option.rect), _handle_centre(option)
    enabled = has(option, ENABLED)
    rest = colour("line_strong" if enabled else "line")
    done = colour("accent" if enabled else "disabled")
    start = HANDLE / 2
    painter.save()
    _ticks(painter, option)
    if option.orientation == _HORIZONTAL:
        left, right, y = area.left() + start, area.right() - start, area.center().y() - 1
        before = QRectF(left, y, middle.x() - left, 2)
        after = QRectF(middle.x(), y, right - middle.x(), 2)
    else:
        top, bottom, x = area.top() + start, area.bottom() - start, area.center().x() - 1
        before = QRectF(x, top, 2, middle.y() - top)
        after = QRectF(x, middle.y(), 2, bottom - middle.y())
    if option.upsideDown:
        before, after = after, before
    painter.fillRect(after, rest)
    painter.fillRect(before, done)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if enabled and focused_by_keyboard(option):
        painter.setPen(Qt.PenStyle.NoPen)
        halo = QColor(done)
        halo.setAlphaF(0.35)
        painter.setBrush(halo)
        painter.drawEllipse(middle, 10.0, 10.0)
    lit = enabled and has(option, HOVERED | PRESSED)
    painter.setPen(QPen(done, 2.0))
    painter.setBrush(colour("sel_bg" if lit else "panel"))
    painter.drawEllipse(middle, 6.0, 6.0)
    painter.restore()


def _ticks(painter: QPainter, option: QStyleOptionSlider) -> None:
    if option.tickPosition == QSlider.TickPosition.NoTicks or option.tickInterval <= 0:
        return
    horizontal = option.orientation == _HORIZONTAL
    area = QRectF(option.rect)
    length = int((area.width() if horizontal else area.height()) - HANDLE)
    ink = colour("line_strong")
    for value in range(option.minimum, option.maximum + 1, option.tickInterval):
        along = HANDLE / 2 + QStyle.sliderPositionFromValue(
            option.minimum, option.maximum, value, length, option.upsideDown
        )
        if horizontal:
            painter.fillRect(QRectF(int(area.x() + along), area.center().y() + 6, 1, 4), ink)
        else:
            painter.fillRect(QRectF(area.center().x() + 6, int(area.y() + along), 4, 1), ink)


# Scroll bar


def scroll_bar_part(option: QStyleOptionSlider, part: QStyle.SubControl) -> QRect | None:
    """The rectangles of a scroll bar: no arrow buttons, all of it is groove."""
    horizontal = option.orientation == _HORIZONTAL
    rect = option.rect
    length = rect.width() if horizontal else rect.height()
    span = option.maximum - option.minimum
    thumb = length
    if span > 0:
        thumb = max(length * option.pageStep // (span + option.pageStep), 24)
        thumb = min(thumb, length)
    start = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, length - thumb, option.upsideDown
    )
    ranges = {
        QStyle.SubControl.SC_ScrollBarAddLine: (0, 0),
        QStyle.SubControl.SC_ScrollBarSubLine: (0, 0),
        QStyle.SubControl.SC_ScrollBarFirst: (0, 0),
        QStyle.SubControl.SC_ScrollBarLast: (0, 0),
        QStyle.SubControl.SC_ScrollBarGroove: (0, length),
        QStyle.SubControl.SC_ScrollBarSlider: (start, thumb),
        QStyle.SubControl.SC_ScrollBarSubPage: (0, start),
        QStyle.SubControl.SC_ScrollBarAddPage: (start + thumb, length - start - thumb),
    }
    if part not in ranges:
        return None
    begin, extent = ranges[part]
    if extent <= 0:
        return QRect()
    if horizontal:
        return QRect(rect.left() + begin, rect.top(), extent, rect.height())
    return QRect(rect.left(), rect.top() + begin, rect.width(), extent)


def scroll_bar(painter: QPainter, option: QStyleOptionSlider, widget: QWidget | None) -> None:
    """``CC_ScrollBar``: a thin flat thumb that grows a little under the pointer."""
    _scroll_ground(painter, option, widget)
    thumb = scroll_bar_part(option, QStyle.SubControl.SC_ScrollBarSlider)
    if thumb is None or thumb.isEmpty() or option.maximum <= option.minimum:
        return
    lit = has(option, HOVERED) or has(option, PRESSED)
    breadth = 6.0 if lit else 4.0
    middle = QRectF(thumb).center()
    if option.orientation == _HORIZONTAL:
        bar = QRectF(thumb.x() + 2, middle.y() - breadth / 2, thumb.width() - 4, breadth)
    else:
        bar = QRectF(middle.x() - breadth / 2, thumb.y() + 2, breadth, thumb.height() - 4)
    box(painter, bar, colour("text3" if lit else "line_strong"), None, breadth / 2)


def _scroll_ground(painter: QPainter, option: QStyleOptionSlider, widget: QWidget | None) -> None:
    """The groove has the colour of what it scrolls, so that it cannot be seen."""
    holder = widget.parentWidget() if widget is not None else None
    area = holder.parentWidget() if holder is not None else None
    if isinstance(area, QAbstractScrollArea):
        viewport = area.viewport()
        if viewport.autoFillBackground():
            ground = viewport.palette().color(viewport.backgroundRole())
            painter.fillRect(option.rect, ground)
