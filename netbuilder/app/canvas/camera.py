"""Where the view looks and how large: zooming at the pointer, framing, scrolling at borders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPointF,
    QRectF,
    Qt,
    QTimer,
    QVariantAnimation,
    Signal,
)
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QTransform, QWheelEvent

from netbuilder.app.theme import motion

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

SMALLEST, LARGEST = 0.05, 4.0
#: Framing never enlarges beyond this: three nodes at 400 % help nobody.
LARGEST_FRAMED = 1.25
MARGIN = 48.0
#: Between a node and what lies over the canvas.
CLEAR = 16.0
BORDER, PACE = 24, 12


class Camera(QObject):
    """Moves a view over its scene; nothing here can be undone."""

    changed = Signal()
    """Scale or place has changed; also when the view was scrolled."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._flight: QVariantAnimation | None = None
        self._push = QPoint()
        self._keys = Qt.KeyboardModifier.NoModifier
        self._pushing = QTimer(self)
        self._pushing.setInterval(16)
        self._pushing.timeout.connect(self._push_on)
        view.horizontalScrollBar().valueChanged.connect(self._scrolled)
        view.verticalScrollBar().valueChanged.connect(self._scrolled)

    @property
    def scale(self) -> float:
        """Pixels of the screen for one unit of the scene."""
        return self._view.transform().m11()

    @property
    def seen(self) -> QRectF:
        """The part of the scene in sight."""
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def _scrolled(self, value: int) -> None:
        self.changed.emit()

    def _set_scale(self, scale: float) -> None:
        scale = min(LARGEST, max(SMALLEST, scale))
        self._view.setTransform(QTransform.fromScale(scale, scale))
        self._view.canvas.set_scale(scale)
        self.changed.emit()

    def zoom(self, factor: float, at: QPoint | None = None) -> None:
        """Enlarge by a factor; what is under `at` stays under it."""
        at = at if at is not None else self._view.viewport().rect().center()
        under = self._view.mapToScene(at)
        self._set_scale(self.scale * factor)
        away = self._view.mapFromScene(under) - at
        self._view.scroll_by(away.x(), away.y())

    def set_zoom(self, scale: float) -> None:
        """Set the scale, keeping the middle."""
        self.zoom(scale / self.scale)

    def wheel(self, event: QWheelEvent) -> None:
        """A wheel zooms at the pointer; two fingers on a touchpad scroll, with Ctrl zoom."""
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        device = event.device()
        pad = device is not None and device.type() == QInputDevice.DeviceType.TouchPad
        if pad and not ctrl:
            step = event.pixelDelta()
            if step.isNull():
                step = event.angleDelta() / 2
            self._view.scroll_by(-step.x(), -step.y())
        else:
            delta = event.angleDelta().y() or event.angleDelta().x()
            self.zoom(1.0015**delta, event.position().toPoint())
        event.accept()

    def native_gesture(self, event: QEvent) -> bool:
        """Pinching on a touchpad."""
        if not isinstance(event, QNativeGestureEvent):
            return False
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self.zoom(1.0 + event.value(), event.position().toPoint())
        return True

    # --- framing ---------------------------------------------------------------------------

    def frame(self, rect: QRectF, at_once: bool = False) -> None:
        """Fly to where `rect` fills the view; an empty one leaves everything as it is.

        What lies over the canvas, such as the minimap, covers no node: if one would be under
        it, the picture goes where there is most room beside.
        """
        if rect.isEmpty():
            return
        whole = self._area()
        areas, scale, middle = [whole], *_fitted(rect, whole, whole)
        for over in self._overlays():
            areas = [part for area in areas for part in _beside(area, over)]
        if areas != [whole] and self._covers(rect, scale, middle):
            fits = [_fitted(rect, area, whole) for area in areas]
            scale, middle = max(fits, key=lambda fit: fit[0])
        self._fly(middle, scale, at_once)

    def _area(self) -> QRectF:
        """The viewport less a margin, at least 50 wide and high."""
        area = QRectF(self._view.viewport().rect())
        across, down = (
            min(MARGIN, max(0.0, (size - 50) / 2)) for size in (area.width(), area.height())
        )
        return area.adjusted(across, down, -across, -down)

    def _overlays(self) -> list[QRectF]:
        """Where something lies over the canvas, in pixels of the view."""
        view = self._view
        over = (view.minimap, view.legend, view.breadcrumb, view.finder)
        return [QRectF(widget.geometry()) for widget in over if widget.isVisibleTo(view)]

    def _covers(self, rect: QRectF, scale: float, middle: QPointF) -> bool:
        """Whether, seen like this, something would lie over a node or a frame in `rect`."""
        centre, scene = QRectF(self._view.viewport().rect()).center(), self._view.canvas
        boxes = [item.box for item in scene.nodes.values()]
        boxes += [frame.box for frame in scene.frames.items.values()]
        hidden = [
            QRectF((over.topLeft() - centre) / scale + middle, over.size() / scale)
            for over in self._overlays()
        ]
        return any(box.intersects(h) for box in boxes if box.intersects(rect) for h in hidden)

    def show(self, rect: QRectF) -> None:
        """Bring `rect` into sight without changing the scale, if it is not."""
        on_screen = QRectF(self._view.mapFromScene(rect).boundingRect())
        covered = any(over.intersects(on_screen) for over in self._overlays())
        if covered or not self.seen.contains(rect):
            self._fly(rect.center(), max(self.scale, 0.6))

    def go(self, x: float, y: float, scale: float) -> None:
        """Fly to where (x, y) is in the middle, at a scale."""
        self._fly(QPointF(x, y), scale)

    def _fly(self, middle: QPointF, scale: float, at_once: bool = False) -> None:
        scale = min(LARGEST, max(SMALLEST, scale))
        if self._flight is not None:
            self._flight.stop()
            self._flight = None
        time = motion.duration(motion.FRAME_MS)
        if time == 0 or at_once or not self._view.isVisible():
            self._set_scale(scale)
            self._view.centerOn(middle)
            return
        self._from = self.seen.center(), self.scale
        self._to = middle, scale
        flight = QVariantAnimation(self)
        flight.setDuration(time)
        flight.setEasingCurve(QEasingCurve.Type.OutCubic)
        flight.setStartValue(0.0)
        flight.setEndValue(1.0)
        flight.valueChanged.connect(self._flown)
        self._flight = flight
        flight.start()

    def _flown(self, part: float) -> None:
        (middle, scale), (to_middle, to_scale) = self._from, self._to
        self._set_scale(scale + (to_scale - scale) * part)
        self._view.centerOn(middle + (to_middle - middle) * part)

    # --- scrolling at the border -------------------------------------------------------------

    def scroll_near_border(self, at: QPoint, keys: Qt.KeyboardModifier) -> None:
        """While a gesture's pointer is near the border, go on in that direction."""
        area = self._view.viewport().rect()
        x = -PACE if at.x() < BORDER else PACE if at.x() > area.width() - BORDER else 0
        y = -PACE if at.y() < BORDER else PACE if at.y() > area.height() - BORDER else 0
        self._push, self._at, self._keys = QPoint(x, y), at, keys
        if self._push.isNull():
            self._pushing.stop()
        elif not self._pushing.isActive():
            self._pushing.start()

    def stop_scrolling(self) -> None:
        """The gesture is over."""
        self._pushing.stop()

    def _push_on(self) -> None:
        from netbuilder.app.canvas.gestures import Pointer

        gesture = self._view.gesture
        if gesture is None:
            self._pushing.stop()
            return
        self._view.scroll_by(self._push.x(), self._push.y())
        gesture.move(Pointer(self._at, self._view.mapToScene(self._at), self._keys))


def _fitted(rect: QRectF, area: QRectF, view: QRectF) -> tuple[float, QPointF]:
    """Scale at which `rect` fills an area of the view, and what is then in the view's middle."""
    scale = min(area.width() / rect.width(), area.height() / rect.height(), LARGEST_FRAMED)
    return scale, rect.center() - (area.center() - view.center()) / scale


def _beside(area: QRectF, over: QRectF) -> list[QRectF]:
    """The parts of an area on the four sides of what lies over it."""
    if not area.intersects(over):
        return [area]
    left, top, right, bottom = area.left(), area.top(), area.right(), area.bottom()
    parts = (
        QRectF(over.right() + CLEAR, top, right - over.right() - CLEAR, area.height()),
        QRectF(left, top, over.left() - CLEAR - left, area.height()),
        QRectF(left, top, area.width(), over.top() - CLEAR - top),
        QRectF(left, over.bottom() + CLEAR, area.width(), bottom - over.bottom() - CLEAR),
    )
    found = [part for part in parts if part.width() >= 50 and part.height() >= 50]
    return found or [area]
