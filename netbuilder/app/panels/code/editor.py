"""Code to read: line numbers, bars at changed lines, marks at the lines of a node."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from netbuilder.app.panels.code.highlighter import PythonHighlighter
from netbuilder.app.panels.code.lines import changed_lines, differing
from netbuilder.app.theme import changed, colour, fonts


class CodeEditor(QPlainTextEdit):
    """Lines are counted from 1. A click on a line, or Enter, emits `line_chosen`."""

    line_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(fonts.mono(12))
        self.setUndoRedoEnabled(False)
        self.setAccessibleName("Generated code")
        self.changed: frozenset[int] = frozenset()
        """Lines that the last edit changed."""
        self.marked: frozenset[int] = frozenset()
        """Lines of the selected nodes."""
        self.underlined: tuple[tuple[int, int, int], ...] = ()
        """What can be changed in place: line, first column, column behind the last."""
        self.highlighter = PythonHighlighter(self.document())
        self._margin = _Margin(self)
        self.blockCountChanged.connect(self._set_margins)
        self.updateRequest.connect(self._scrolled)
        changed.connect(self._show_marks)
        self._set_margins()

    # --- text --------------------------------------------------------------------------

    def show_text(self, text: str) -> None:
        """Show another version; what is equal stays where it is on the screen."""
        before = self.toPlainText().split("\n")
        after = text.split("\n")
        if before == after:
            self._set_changed(frozenset())
            return
        bar, side = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        first_time = before == [""]
        if first_time:
            self.setPlainText(text)
        else:
            self._replace(before, after)
            self._set_changed(frozenset(n + 1 for n in changed_lines(before, after)))
        self.verticalScrollBar().setValue(bar)
        self.horizontalScrollBar().setValue(side)

    def _replace(self, before: list[str], after: list[str]) -> None:
        """Put in only the lines that differ, so that the rest keeps colours and place."""
        start, end_before, end_after = differing(before, after)
        # Whole lines are taken with the line break before them, or else the one after.
        keep = max(start - 1, 0)
        piece = after[keep:end_after] if start else after[:end_after]
        tail = end_before < len(before)
        cursor = QTextCursor(self.document())
        cursor.setPosition(self.document().findBlockByNumber(keep).position())
        last = self.document().findBlockByNumber(end_before if tail else len(before) - 1)
        end = last.position() if tail else last.position() + last.length() - 1
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText("".join(f"{line}\n" for line in piece) if tail else "\n".join(piece))

    def _set_changed(self, lines: frozenset[int]) -> None:
        self.changed = lines
        self._margin.update()

    # --- marks -------------------------------------------------------------------------

    def mark(self, lines: Collection[int], show: bool = True) -> None:
        """Mark lines; `show` brings the first one into sight if none is."""
        self.marked = frozenset(lines)
        self._show_marks()
        if show and self.marked and not any(self._in_sight(line) for line in self.marked):
            cursor = QTextCursor(self.document().findBlockByNumber(min(self.marked) - 1))
            self.setTextCursor(cursor)
            self.centerCursor()

    def underline(self, ranges: Sequence[tuple[int, int, int]]) -> None:
        """Draw a dotted line under these ranges."""
        if self.underlined != tuple(ranges):
            self.underlined = tuple(ranges)
            self._show_marks()

    def _in_sight(self, line: int) -> bool:
        block = self.document().findBlockByNumber(line - 1)
        if not block.isValid():
            return False
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        return bool(box.top() >= 0 and box.bottom() <= self.viewport().height())

    def _show_marks(self) -> None:
        selections = []
        for line in self.marked:
            block = self.document().findBlockByNumber(line - 1)
            if block.isValid():
                selection = QTextEdit.ExtraSelection()
                selection.cursor = QTextCursor(block)  # type: ignore[attr-defined]
                selection.format.setBackground(colour("sel_bg"))  # type: ignore[attr-defined]
                selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)  # type: ignore[attr-defined]
                selections.append(selection)
        self.setExtraSelections(selections + self._underlines())
        self._margin.update()

    def _underlines(self) -> list[QTextEdit.ExtraSelection]:
        found = []
        for line, start, end in self.underlined:
            block = self.document().findBlockByNumber(line - 1)
            if block.isValid() and end < block.length():
                selection = QTextEdit.ExtraSelection()
                cursor = QTextCursor(block)
                cursor.setPosition(block.position() + start)
                cursor.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
                selection.cursor = cursor  # type: ignore[attr-defined]
                style = QTextCharFormat.UnderlineStyle.DotLine
                selection.format.setUnderlineStyle(style)  # type: ignore[attr-defined]
                selection.format.setUnderlineColor(colour("accent"))  # type: ignore[attr-defined]
                found.append(selection)
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        # A selection begins at the text; the mark goes on to the margin.
        painter = QPainter(self.viewport())
        side = round(self.document().documentMargin() + self.contentOffset().x())
        for line in self.marked:
            block = self.document().findBlockByNumber(line - 1)
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            painter.fillRect(0, round(box.top()), side, round(box.height()), colour("sel_bg"))
        painter.end()
        super().paintEvent(event)

    # --- choosing a line ---------------------------------------------------------------

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        # Dragging over text means to copy it.
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            here = self.cursorForPosition(event.position().toPoint())
            self.line_chosen.emit(here.blockNumber() + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.line_chosen.emit(self.textCursor().blockNumber() + 1)
            event.accept()
            return
        super().keyPressEvent(event)

    # --- margin ------------------------------------------------------------------------

    def margin_width(self) -> int:
        """Width of line numbers and bars."""
        digits = max(len(str(self.blockCount())), 3)
        return self.fontMetrics().horizontalAdvance("0") * digits + 24

    def _set_margins(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        self._place_margin()

    def _place_margin(self) -> None:
        area = self.contentsRect()
        self._margin.setGeometry(QRect(area.left(), area.top(), self.margin_width(), area.height()))

    def _scrolled(self, rect: QRect, dy: int) -> None:
        if dy:
            self._margin.scroll(0, dy)
        else:
            self._margin.update(0, rect.y(), self._margin.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_margin()

    def paint_margin(self, painter: QPainter, area: QRect) -> None:
        """Draw the numbers and bars of the lines in sight."""
        painter.fillRect(area, colour("input"))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        width = self._margin.width()
        while block.isValid() and top <= area.bottom():
            height = self.blockBoundingRect(block).height()
            number = block.blockNumber() + 1
            row = QRect(0, round(top), width, round(height))
            if number in self.marked:
                painter.fillRect(row, colour("sel_bg"))
            if number in self.changed:
                painter.fillRect(QRect(width - 6, row.top(), 3, row.height()), colour("accent"))
            painter.setPen(colour("text" if number in self.marked else "text3"))
            painter.drawText(row.adjusted(0, 0, -14, 0), Qt.AlignmentFlag.AlignRight, str(number))
            top += height
            block = block.next()


class _Margin(QWidget):
    """The strip at the left of the code."""

    def __init__(self, editor: CodeEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_margin(QPainter(self), event.rect())
