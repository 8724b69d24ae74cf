"""Several lines of code to write: kept to itself until the person is done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QResizeEvent,
    QTextCursor,
    QTextFormat,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from netbuilder.app.panels.code.editor import CodeEditor
from netbuilder.app.panels.form.controls import leaves_to_window
from netbuilder.app.theme import colour, fonts

_STEP = "    "
_FEWEST, _MOST = 4, 22


class CodeField(CodeEditor):
    """Tab indents, Ctrl+Enter or leaving the field commits, Escape brings back what was there.

    Long lines are broken, so that nothing stands out of sight.
    """

    typed = Signal(str)
    finished = Signal()
    reverted = Signal()
    #: It stands below its label, as wide as the panel.
    wide = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._committed = ""
        self._wrong: int | None = None
        self.setFont(fonts.panel_mono())
        self.setReadOnly(False)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        self.setUndoRedoEnabled(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.textChanged.connect(lambda: self.mark_error(None))
        self._fit()

    # --- what a form row asks of a field -----------------------------------------------

    def field(self) -> None:
        """There is no line edit in it."""

    def value_text(self) -> str:
        """What stands in the field."""
        return self.toPlainText()

    def show_text(self, text: str, placeholder: str = "") -> None:
        """Put a text in without telling anybody; what is being written stays."""
        self.setPlaceholderText(placeholder)
        if self.hasFocus() and text == self._committed:
            return
        self._committed = text
        if text != self.toPlainText():
            self.setPlainText(text)

    def mark_error(self, line: int | None) -> None:
        """Mark the line in which something is wrong."""
        if line != self._wrong:
            self._wrong = line
            self._show_marks()

    def _show_marks(self) -> None:
        super()._show_marks()
        block = self.document().findBlockByNumber((self._wrong or 0) - 1)
        if self._wrong is not None and block.isValid():
            selection = QTextEdit.ExtraSelection()
            selection.cursor = QTextCursor(block)  # type: ignore[attr-defined]
            selection.format.setBackground(colour("error_bg"))  # type: ignore[attr-defined]
            selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)  # type: ignore[attr-defined]
            self.setExtraSelections([*self.extraSelections(), selection])

    # --- from the person ---------------------------------------------------------------

    def commit(self) -> None:
        """Tell what was written, if it is something new."""
        text = self.toPlainText()
        if text != self._committed:
            self._committed = text
            self.typed.emit(text)
            self.finished.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and leaves_to_window(event):
            if self.toPlainText() != self._committed:
                event.accept()  # undoing what is not in the project yet is this field's own
                return True
            event.ignore()
            return False
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if control:
                self.commit()
            else:
                self._break_line()
        elif key == Qt.Key.Key_Tab and not control:
            self._indent()
        elif key == Qt.Key.Key_Backtab:
            self._outdent()
        elif key == Qt.Key.Key_Escape:
            self._revert()
        else:
            QPlainTextEdit.keyPressEvent(self, event)
            return
        event.accept()

    def _revert(self) -> None:
        """Back to what was committed; where nothing was written, out of the field."""
        if self.toPlainText() == self._committed:
            self.focusNextChild()
        else:
            self.setPlainText(self._committed)

    def _break_line(self) -> None:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        indent = before[: len(before) - len(before.lstrip())]
        deeper = _STEP if before.rstrip().endswith(":") else ""
        cursor.insertText(f"\n{indent}{deeper}")
        self.ensureCursorVisible()

    def _indent(self) -> None:
        cursor = self.textCursor()
        if cursor.hasSelection():
            self._each_line(lambda line: f"{_STEP}{line}" if line else line)
        else:
            column = cursor.positionInBlock()
            cursor.insertText(" " * (len(_STEP) - column % len(_STEP)))

    def _outdent(self) -> None:
        self._each_line(lambda line: line[min(len(_STEP), len(line) - len(line.lstrip())) :])

    def _each_line(self, change: Callable[[str], str]) -> None:
        """Change every line that the selection touches, as one step."""
        cursor = self.textCursor()
        document = self.document()
        first = document.findBlock(cursor.selectionStart())
        last = document.findBlock(cursor.selectionEnd())
        lines = [
            document.findBlockByNumber(n).text()
            for n in range(first.blockNumber(), last.blockNumber() + 1)
        ]
        start, back = first.position(), cursor.hasSelection()
        cursor.setPosition(start)
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        text = "\n".join(map(change, lines))
        cursor.insertText(text)
        if back:
            cursor.setPosition(start)
            cursor.setPosition(start + len(text), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def margin_width(self) -> int:
        """Width of the line numbers; there are no bars beside them."""
        digits = max(len(str(self.blockCount())), 2)
        return self.fontMetrics().horizontalAdvance("0") * digits + 20

    # --- size --------------------------------------------------------------------------

    def _fit(self, *_: object) -> None:
        """As high as the text, within bounds."""
        lines = round(self.document().documentLayout().documentSize().height())
        shown = min(max(lines, _FEWEST), _MOST)
        margins = 2 * round(self.document().documentMargin()) + 2 * self.frameWidth()
        self.setFixedHeight(shown * self.fontMetrics().lineSpacing() + margins)

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.minimumHeight())
