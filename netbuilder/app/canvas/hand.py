"""What the hand does on the canvas: pointer, wheel, keys and drops become gestures and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QToolTip, QWidget

from netbuilder.app.canvas import dropping
from netbuilder.app.canvas.context_menu import context_menu
from netbuilder.app.canvas.gestures import Gesture, Pointer, gesture_for
from netbuilder.app.canvas.ports import PortRef
from netbuilder.app.canvas.tips import port_tip
from netbuilder.graph import Edge

if TYPE_CHECKING:
    from collections.abc import Callable

    from netbuilder.app.canvas.camera import Camera
    from netbuilder.app.canvas.framing import Framing
    from netbuilder.app.canvas.placing import Placing
    from netbuilder.app.canvas.refusal import RefusalNote
    from netbuilder.app.canvas.scene import CanvasScene
    from netbuilder.app.canvas.view import CanvasView

LEFT = Qt.MouseButton.LeftButton
#: Keys that make another thing of a drag while they are held, and the pointer's shape.
HELD: dict[int, Qt.CursorShape] = {
    Qt.Key.Key_Space: Qt.CursorShape.OpenHandCursor,
    Qt.Key.Key_Y: Qt.CursorShape.CrossCursor,
}
#: With one of these the right button draws a line across wires.
_LINES = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt)


class Hand(QGraphicsView):
    """The events of a canvas; one gesture at a time goes from press to release or to Esc."""

    # What a view brings along.
    canvas: CanvasScene
    camera: Camera
    placing: Placing
    note: RefusalNote
    framing: Framing
    close_search: Callable[[], None]
    open_search: Callable[..., None]
    enter: Callable[[str], None]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.gesture: Gesture | None = None
        self._button = Qt.MouseButton.NoButton
        self._held: int | None = None
        self._pointer_at = QPoint()

    def pointer(self, event: QMouseEvent) -> Pointer:
        """The pointer of an event."""
        at = event.position().toPoint()
        return Pointer(at, self.mapToScene(at), event.modifiers(), event.timestamp())

    def scroll_by(self, dx: int, dy: int) -> None:
        """Move the view over the scene, in pixels of the screen."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + dx)
        down.setValue(down.value() + dy)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.close_search()
        self.note.hide()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.gesture is not None:
            return
        gesture = gesture_for(
            cast("CanvasView", self), event.button(), self.pointer(event), self._held
        )
        if gesture is not None:
            self.gesture, self._button = gesture, event.button()
            if gesture.cursor is not None:
                self.viewport().setCursor(gesture.cursor)
            self.canvas.hover(None, None, None)
            gesture.start()

    def edges_at(self, port: PortRef) -> tuple[Edge, ...]:
        """The wires at one port, in drawing order."""
        graph = self.canvas.graph
        if port.output:
            return tuple(e for e in graph.outgoing[port.node] if e.source_port == port.port)
        return tuple(e for e in graph.incoming[port.node] if e.target_port == port.port)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointer = self.pointer(event)
        self._pointer_at = pointer.at
        if self.gesture is not None:
            self.gesture.move(pointer)
            if self.gesture is not None and self.gesture.scrolls and self.gesture.begun(pointer):
                self.camera.scroll_near_border(pointer.at, event.modifiers())
            return
        scene = self.canvas
        port = scene.port_at(pointer.scene)
        node = scene.nodes[port.node] if port else scene.node_at(pointer.scene)
        edge = None if node else scene.wire_at(pointer.scene, 6 / self.camera.scale)
        scene.hover(node, port, edge)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture = self.gesture
        if gesture is None or event.button() != self._button:
            return
        self.gesture = None
        self.camera.stop_scrolling()
        self._show_held()
        pointer = self.pointer(event)
        if gesture.begun(pointer):
            gesture.move(pointer)
        gesture.finish(pointer)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != LEFT:
            return
        pointer = self.pointer(event)
        node = self.canvas.node_at(pointer.scene)
        if node is not None:
            if node.layout.chip.contains(node.mapFromScene(pointer.scene)):
                cast("CanvasView", self).blocks.repeat(node.node.id)
            else:
                self.enter(node.node.id)
            return
        port, bend = self.canvas.port_at(pointer.scene), self.canvas.bends.at(pointer.scene)
        # Between two neighbours a wire is as short as the reach of their ports.
        wire = self.canvas.wire_at(pointer.scene, 6 / self.camera.scale)
        title = self.canvas.frames.title_at(pointer.scene) if port is None else None
        if bend is not None and port is None:
            self.framing.straighten(bend)
        elif title is not None:
            self.framing.rename(title)
        elif port is None or wire is not None:
            self.open_search(pointer.at, wire=wire)

    def cancel_gesture(self) -> bool:
        """Put back what a gesture in progress has shown; true if there was one."""
        gesture, self.gesture = self.gesture, None
        if gesture is None:
            return False
        self.camera.stop_scrolling()
        self._show_held()
        gesture.cancel()
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.close_search()
        self.camera.wheel(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # With Ctrl or Shift the right button draws a line, and its press comes here as well.
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        if (by_mouse and event.modifiers() & _LINES) or self.cancel_gesture():
            return
        view, at, on_screen = cast("CanvasView", self), event.pos(), event.globalPos()
        current = view.walking.current
        if event.reason() == QContextMenuEvent.Reason.Keyboard and current is not None:
            at = self.mapFromScene(self.canvas.nodes[current].box.center())
            on_screen = self.viewport().mapToGlobal(at)
        context_menu(view, self.mapToScene(at), on_screen)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            port = self.canvas.port_at(self.mapToScene(event.pos()))
            QToolTip.showText(event.globalPos(), port_tip(self.canvas, port), self)
            return True
        if event.type() == QEvent.Type.NativeGesture and self.camera.native_gesture(event):
            return True
        if event.type() == QEvent.Type.Leave and self.gesture is None:
            self.canvas.hover(None, None, None)
        return super().viewportEvent(event)

    # --- keys --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if not self.cancel_gesture():
                self.canvas.select(())
                self.note.hide()
        elif event.key() in HELD and not event.modifiers() and not event.isAutoRepeat():
            self._held = event.key()
            self._show_held()
        elif event.key() in _MODIFIERS:
            self._follow_modifiers(event)
        else:
            # The view itself would scroll by the arrow keys; they move nodes here.
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == self._held and not event.isAutoRepeat():
            self._held = None
            self._show_held()
        elif event.key() in _MODIFIERS:
            self._follow_modifiers(event)

    def _follow_modifiers(self, event: QKeyEvent) -> None:
        """A gesture shows at once what a modifier key makes of it; the pointer may rest."""
        if self.gesture is not None:
            at = self._pointer_at
            self.gesture.move(Pointer(at, self.mapToScene(at), event.modifiers()))

    def _show_held(self) -> None:
        """Between gestures the pointer tells what a key that is held makes of a drag."""
        if self.gesture is None and self._held is not None:
            self.viewport().setCursor(HELD[self._held])
        elif self.gesture is None:
            self.viewport().unsetCursor()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._held = None
        self._show_held()
        super().focusOutEvent(event)

    @property
    def pointer_at(self) -> QPoint:
        """Where the pointer last was in the widget, or the middle if it is outside."""
        at = self._pointer_at
        known = not at.isNull() and self.viewport().rect().contains(at)
        return at if known else self.rect().center()

    # --- drops -------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropping.welcome(event.mimeData()):
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The view below knows of no drag, for `dragEnterEvent` keeps it from it."""
        self.canvas.hover(None, None, None)
        event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        dropping.carry(cast("CanvasView", self), event)

    def dropEvent(self, event: QDropEvent) -> None:
        dropping.drop(cast("CanvasView", self), event)
