"""The list of problems: links that are clicked, rows that are opened."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QWidget

from netbuilder.app.panels.problems.delegate import ProblemsDelegate
from netbuilder.app.panels.problems.model import ProblemsModel
from netbuilder.app.theme import colour, fonts, icons

HINT = "Enter shows the node, Ctrl+Enter applies the first remedy, Ctrl+. asks which."
EMPTY = "No problems: ready to train."


class ProblemsList(QListView):
    """Double-click or Enter reveals a problem; a link, or Ctrl+Enter, applies a remedy."""

    revealed = Signal(object)
    """The `Problem` to show on the canvas."""
    fix_wanted = Signal(object)
    """The `Fix` to apply."""

    def __init__(self, model: ProblemsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self._delegate = ProblemsDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Problems")
        self.setAccessibleDescription(HINT)

    def link_rect(self, row: int, place: int) -> QRect:
        """Where a remedy's link is, in the viewport."""
        index = self._model.index(row)
        parts = self._delegate.parts(self.visualRect(index), self._model.problem(index))
        return parts.links[place]

    def _link_at(self, position: QPoint) -> tuple[QModelIndex, int] | None:
        index = self.indexAt(position)
        if not index.isValid():
            return None
        parts = self._delegate.parts(self.visualRect(index), self._model.problem(index))
        for place, rect in enumerate(parts.links):
            if rect.adjusted(-4, -4, 4, 4).contains(position):
                return index, place
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        found = self._link_at(event.position().toPoint())
        hovered = None if found is None else (found[0].row(), found[1])
        if hovered != self._delegate.hovered:
            self._delegate.hovered = hovered
            hand = Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(hand if found else Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        found = self._link_at(event.position().toPoint())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            index, place = found
            self.fix_wanted.emit(self._model.problem(index).fixes[place])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self._link_at(event.position().toPoint()) is None:
            self.revealed.emit(self._model.problem(index))

    def event(self, event: QEvent) -> bool:
        """Ctrl+Enter would start a run; on a problem with a remedy it applies that."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            index = self.currentIndex()
            if enter and index.isValid() and self._model.problem(index).fixes:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not index.isValid():
            super().keyPressEvent(event)
            return
        problem = self._model.problem(index)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if problem.fixes:
                self.fix_wanted.emit(problem.fixes[0])
        else:
            self.revealed.emit(problem)
        event.accept()

    def menu(self, index: QModelIndex) -> QMenu:
        """Everything that can be done about a problem."""
        problem, menu = self._model.problem(index), QMenu(self)
        show = menu.addAction(icons.icon("search", size=16), "Show on the canvas")
        show.setEnabled(problem.node is not None)
        show.triggered.connect(lambda: self.revealed.emit(problem))
        for fix in problem.fixes:
            action = menu.addAction(fix.label)
            action.triggered.connect(lambda _=False, fix=fix: self.fix_wanted.emit(fix))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keys = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keys else self.indexAt(event.pos())
        if index.isValid():
            menu = self.menu(index)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Sentences wrap, so the height of a row depends on the width.
        self.scheduleDelayedItemsLayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._model.rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setFont(fonts.page())
            width = painter.fontMetrics().horizontalAdvance(EMPTY)
            middle = self.viewport().rect().center()
            left = middle.x() - (width + 28) // 2
            icons.paint(painter, "done", "ok", QRect(left, middle.y() - 10, 20, 20))
            painter.setPen(colour("text2"))
            words = QRect(left + 28, middle.y() - 12, width + 4, 24)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, EMPTY)
