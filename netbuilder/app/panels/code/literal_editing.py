"""Literals under the pointer and the caret: what they are, and a field to change them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QToolTip
from shiboken6 import isValid

from netbuilder.app.panels.code.editor import CodeEditor
from netbuilder.app.panels.code.literal_field import LiteralField
from netbuilder.compiler.literals import Literal

Literals = Callable[[int], tuple[Literal, ...]]
Accept = Callable[[Literal, str, bool], str]
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LiteralEditing(QObject):
    """Listens to an editor. `literals` are those of a line, counted from 1; `accept` takes
    what was typed over one of them and answers with a sentence, or "" if it is done.

    opened(literal), closed(): a field came, or went.
    """

    opened = Signal(object)
    closed = Signal()

    def __init__(self, editor: CodeEditor, literals: Literals, accept: Accept) -> None:
        super().__init__(editor)
        self._editor, self._literals, self._accept = editor, literals, accept
        self.field: LiteralField | None = None
        self._hot = 0
        editor.viewport().setMouseTracking(True)
        editor.viewport().installEventFilter(self)
        editor.installEventFilter(self)
        editor.verticalScrollBar().valueChanged.connect(self.close)
        editor.horizontalScrollBar().valueChanged.connect(self.close)
        editor.cursorPositionChanged.connect(self._caret_moved)

    # --- what is where ---------------------------------------------------------------------

    def literal_at(self, cursor: QTextCursor) -> Literal | None:
        """The literal that a place in the text touches."""
        column = cursor.positionInBlock()
        for literal in self._literals(cursor.blockNumber() + 1):
            if literal.start <= column <= literal.end:
                return literal
        return None

    def _under(self, at: QPoint) -> tuple[int, Literal] | None:
        cursor = self._editor.cursorForPosition(at)
        line = cursor.blockNumber() + 1
        for literal in self._literals(line):
            if self._box(line, literal).contains(at):
                return line, literal
        return None

    def _box(self, line: int, literal: Literal) -> QRect:
        block = self._editor.document().findBlockByNumber(line - 1)
        first, last = QTextCursor(block), QTextCursor(block)
        first.setPosition(block.position() + literal.start)
        last.setPosition(block.position() + literal.end)
        left, right = self._editor.cursorRect(first), self._editor.cursorRect(last)
        return QRect(left.left(), left.top(), right.left() - left.left(), left.height())

    # --- events ----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at what the pointer and the keys do before the editor does."""
        if not isValid(self._editor):  # on its way out, together with this
            return False
        kind = event.type()
        if watched is self._editor and isinstance(event, QKeyEvent):
            return kind == QEvent.Type.KeyPress and self._key(event)
        if watched is not self._editor.viewport():
            return False
        if isinstance(event, QMouseEvent):
            at = event.position().toPoint()
            if kind == QEvent.Type.MouseMove and not event.buttons():
                self._light(at)
            elif kind == QEvent.Type.MouseButtonDblClick:
                return event.button() == Qt.MouseButton.LeftButton and self._open_at(at)
            elif kind == QEvent.Type.MouseButtonRelease:
                return self.field is not None  # of the double-click that opened it
        elif kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self._under(event.pos())
            QToolTip.showText(event.globalPos(), words(found[1]) if found else "", self._editor)
            return True
        elif kind == QEvent.Type.Leave:
            self._light(None)
        return False

    def _light(self, at: QPoint | None) -> None:
        """Underline what can be changed on the line under the pointer."""
        line = self._editor.cursorForPosition(at).blockNumber() + 1 if at is not None else 0
        found = self._under(at) if at is not None else None
        shape = Qt.CursorShape.IBeamCursor
        if found is not None and found[1].param is None:
            shape = Qt.CursorShape.ArrowCursor
        self._editor.viewport().setCursor(shape)
        if line != self._hot:
            self._hot = line
            self._underline()

    def _caret_moved(self) -> None:
        if self._editor.hasFocus():
            self._underline()

    def _underline(self) -> None:
        lines = {self._hot, self._editor.textCursor().blockNumber() + 1} - {0}
        self._editor.underline(
            [
                (line, literal.start, literal.end)
                for line in sorted(lines)
                for literal in self._literals(line)
                if literal.param is not None
            ]
        )

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() not in (*_ENTER, Qt.Key.Key_F2) or self._editor.textCursor().hasSelection():
            return False
        cursor = self._editor.textCursor()
        line, literal = cursor.blockNumber() + 1, self.literal_at(cursor)
        if literal is None and event.key() == Qt.Key.Key_F2:
            own = [found for found in self._literals(line) if found.param is not None]
            after = [found for found in own if found.start >= cursor.positionInBlock()]
            literal = next(iter(after or own), None)
        if literal is None:
            return False
        if literal.param is None:
            if event.key() in _ENTER:
                return False
            corner = self._box(line, literal).bottomLeft()
            where = self._editor.viewport().mapToGlobal(corner)
            QToolTip.showText(where, literal.origin, self._editor)
            return True
        self.open(line, literal)
        return True

    def _open_at(self, at: QPoint) -> bool:
        found = self._under(at)
        if found is None or found[1].param is None:
            return False
        self.open(*found)
        return True

    # --- the field -------------------------------------------------------------------------

    def open(self, line: int, literal: Literal) -> None:
        """Put a field over a literal."""
        self.close()
        box = self._box(line, literal)
        # The caret goes along, so that Esc leads back to where one was.
        cursor = QTextCursor(self._editor.document().findBlockByNumber(line - 1))
        cursor.setPosition(cursor.block().position() + literal.start)
        self._editor.setTextCursor(cursor)

        def accept(text: str, again: bool) -> str:
            return "" if text.strip() == literal.draft else self._accept(literal, text, again)

        self.field = LiteralField(self._editor.viewport(), box, literal.draft, accept)
        self.field.setAccessibleName(words(literal))
        self.field.finished.connect(lambda: self._finished(line, literal.start))
        self.opened.emit(literal)

    def close(self) -> None:
        """Take the field away without applying anything."""
        if self.field is not None:
            self.field.close_quietly()

    def _finished(self, line: int, column: int) -> None:
        field, self.field = self.field, None
        if field is not None and field.left_by_key:
            self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        block = self._editor.document().findBlockByNumber(line - 1)
        if block.isValid():
            cursor = QTextCursor(block)
            cursor.setPosition(block.position() + min(column, block.length() - 1))
            self._editor.setTextCursor(cursor)
        self.closed.emit()


def words(literal: Literal) -> str:
    """What a literal is, for the tooltip."""
    if literal.param is None:
        return literal.origin
    written = f", written {literal.draft}" if literal.draft.startswith("=") else ""
    return f"{literal.param.label} of {literal.node}{written}. Double-click or F2 changes it."
