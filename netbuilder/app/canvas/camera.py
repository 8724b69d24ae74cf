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
        """Fly to where `rect` fills the view; an empty one leaves everything as it is."""
        if rect.isEmpty():
            return
        size = self._view.viewport().size()
        wide = max(50.0, size.width() - 2 * MARGIN) / rect.width()
        high = max(50.0, size.height() - 2 * MARGIN) / rect.height()
        self._fly(rect.center(), min(wide, high, LARGEST_FRAMED), at_once)

    def show(self, rect: QRectF) -> None:
        """Bring `rect` into sight without changing the scale, if it is not."""
        if not self.seen.contains(rect):
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
