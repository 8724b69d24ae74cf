"""Short messages at the bottom right that go away by themselves; errors stay."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from netbuilder.app.theme import colour, icons, motion, sizes, theme
from netbuilder.app.theme.controls.strokes import box
from netbuilder.app.widgets.callout import ICON, INK, CalloutKind
from netbuilder.app.widgets.link import MARGIN, Link
from netbuilder.app.widgets.themed_label import ThemedLabel

ToastKind = CalloutKind
"""How serious a message is: ``error`` stays until it is closed."""

EDGE = 16
GAP = 8
MOST = 4
"""More than these would cover the work; the oldest goes."""

ICON_X = 12
ICON_SIZE = 16
TEXT_X = ICON_X + ICON_SIZE + 10
PAD = 6


class Toast(QWidget):
    """One message. Made by :class:`Toasts`."""

    closed = Signal()

    def __init__(
        self,
        kind: ToastKind,
        text: str,
        action_text: str | None,
        action: Callable[[], None] | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._kind: ToastKind = kind
        self._action = action
        self._words = ThemedLabel(text, "text")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self.link: Link | None = None
        """The one action, if there is one."""
        self.close_button = QToolButton()
        """Closes the message."""
        self.close_button.setAutoRaise(True)
        self.close_button.setIcon(icons.icon("close", "text2", 14))
        self.close_button.setAccessibleName("Close this message")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(self.dismiss)
        self._build(action_text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(sizes.TOAST_SECONDS * 1000)
        self._timer.timeout.connect(self.dismiss)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._dismissed = False
        self.setAccessibleName(text)
        self.setFixedWidth(sizes.TOAST_WIDTH)
        theme.changed.connect(self.update)

    def _build(self, action_text: str | None) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(TEXT_X, PAD, PAD, PAD)
        row.setSpacing(PAD)
        if action_text is not None:
            self.link = Link(action_text)
            self.link.clicked.connect(self._act)
        if self._fits_one_line():
            row.addWidget(self._words, 1)
            if self.link is not None:
                row.addWidget(self.link)
            row.addWidget(self.close_button)
            return
        self._words.setWordWrap(True)
        column = QVBoxLayout()
        column.setContentsMargins(0, 5, 0, 2)
        column.setSpacing(2)
        column.addWidget(self._words)
        if self.link is not None:
            below = QHBoxLayout()
            # The words of the link line up with the message, not its ring.
            below.addSpacing(-MARGIN)
            below.addWidget(self.link)
            below.addStretch(1)
            column.addLayout(below)
        row.addLayout(column, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)

    def _fits_one_line(self) -> bool:
        room = sizes.TOAST_WIDTH - TEXT_X - sizes.BUTTON_HEIGHT - 2 * PAD
        if self.link is not None:
            room -= self.link.sizeHint().width() + PAD
        width = QFontMetrics(self._words.font()).horizontalAdvance(self._words.text())
        return width <= room and "\n" not in self._words.text()

    def kind(self) -> ToastKind:
        """How serious it is."""
        return self._kind

    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def stays(self) -> bool:
        """Whether it waits to be closed."""
        return self._kind == "error"

    def start(self) -> None:
        """Begin to count the seconds it is shown."""
        if not self.stays() and not self._dismissed:
            self._timer.start()

    def move_to(self, corner: QPoint, begin: QPoint | None = None) -> None:
        """Go to a place, sliding there from ``begin`` or from where it is."""
        milliseconds = motion.duration(motion.TOAST_MS)
        self._slide.stop()
        if milliseconds == 0 or not self.isVisible():
            self.move(corner)
            return
        self._slide.setDuration(milliseconds)
        self._slide.setStartValue(self.pos() if begin is None else begin)
        self._slide.setEndValue(corner)
        self._slide.start()

    def dismiss(self) -> None:
        """Go away, once."""
        if not self._dismissed:
            self._dismissed = True
            self._timer.stop()
            self.closed.emit()

    def _act(self) -> None:
        self.dismiss()
        if self._action is not None:
            self._action()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait while somebody reads it."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Count again from the start."""
        self.start()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, border and icon."""
        painter = QPainter(self)
        error = self._kind == "error"
        ground, border = ("error_bg", "error") if error else ("raised", "line_strong")
        # The corners outside the radius show the parent, because a child need not be opaque.
        box(painter, self.rect(), colour(ground), colour(border))
        place = self.rect()
        # Beside the first line, which is the middle of a message of one line.
        top = 12 if self._words.wordWrap() else (self.height() - ICON_SIZE) // 2
        place.setRect(ICON_X, top, ICON_SIZE, ICON_SIZE)
        ink = "text2" if self._kind == "info" else INK[self._kind]
        icons.paint(painter, ICON[self._kind], ink, place)


class Toasts(QObject):
    """The messages over one widget, newest at the bottom."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._toasts: list[Toast] = []
        over.installEventFilter(self)

    def show(
        self,
        kind: ToastKind,
        text: str,
        action_text: str | None = None,
        action: Callable[[], None] | None = None,
    ) -> Toast:
        """Show a message, with at most one link; returns it, to dismiss it early."""
        # The same message twice is one message, shown anew.
        for old in [t for t in self._toasts if t.text() == text and t.kind() == kind]:
            self._remove(old)
        while len(self._toasts) >= MOST:
            self._remove(self._oldest())
        toast = Toast(kind, text, action_text, action, self._over)
        toast.closed.connect(self._collect)
        self._toasts.append(toast)
        toast.adjustSize()
        toast.show()
        toast.raise_()
        self._arrange(newest=toast)
        toast.start()
        _announce(toast, kind, text)
        return toast

    def visible(self) -> list[Toast]:
        """The messages shown now, oldest first."""
        return list(self._toasts)

    def withdraw(self, text: str) -> None:
        """Take away what says this, if it still stands there."""
        for toast in [t for t in self._toasts if t.text() == text]:
            self._remove(toast)
        self._arrange()

    def clear(self) -> None:
        """Take all away, errors too."""
        for toast in list(self._toasts):
            self._remove(toast)

    def _oldest(self) -> Toast:
        """An error is kept longer than anything else."""
        return next((t for t in self._toasts if not t.stays()), self._toasts[0])

    def _collect(self) -> None:
        toast = self.sender()
        if isinstance(toast, Toast):
            self._remove(toast)
            self._arrange()

    def _remove(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()

    def _arrange(self, newest: Toast | None = None) -> None:
        bottom = self._over.height() - EDGE
        for toast in reversed(self._toasts):
            corner = QPoint(
                max(self._over.width() - EDGE - toast.width(), 0), bottom - toast.height()
            )
            if toast is newest:
                toast.move_to(corner, corner + QPoint(0, GAP))
            elif toast.pos() != corner:
                toast.move_to(corner)
            bottom = corner.y() - GAP

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the widget below changes its size."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._arrange()
        return False


def _announce(toast: Toast, kind: ToastKind, text: str) -> None:
    """Let a screen reader say it; nobody moves the focus to a toast."""
    event = QAccessibleAnnouncementEvent(toast, text)
    if kind == "error":
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
