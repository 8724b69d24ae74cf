"""What stands at the right of a form row: one control for each type of parameter.

Controls know nothing of parameters. A text control tells every keystroke (`typed`) and
when the person is done (`finished`); a direct one tells what was chosen (`chosen`). The
wheel never changes a value in passing: it scrolls unless the control has the focus.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QWidget,
)

from netbuilder.app.theme import fonts, icons, sizes

SEVERAL = "several values"
"""Stands where the chosen nodes have different values."""


class TextField(QLineEdit):
    """A line of text that lets the window have Ctrl+Z, so that undo is one thing."""

    typed = Signal(str)
    finished = Signal()
    reverted = Signal()
    """Escape: the person wants back what was there."""

    def __init__(self, mono: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(fonts.panel_mono() if mono else fonts.body())
        self.setFixedHeight(sizes.FIELD_HEIGHT)
        self.textEdited.connect(self.typed)
        self.editingFinished.connect(self.finished)

    def field(self) -> QLineEdit:
        """The line edit in which is typed."""
        return self

    def value_text(self) -> str:
        """What stands in the field."""
        return self.text()

    def show_text(self, text: str, placeholder: str = "") -> None:
        """Put a text in without telling anybody."""
        self.setPlaceholderText(placeholder)
        if text != self.text():
            self.setText(text)
        if not self.hasFocus():
            self.setCursorPosition(0)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and leaves_to_window(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reverted.emit()
            event.accept()
            return
        super().keyPressEvent(event)


class StepField(QAbstractSpinBox):
    """A number, sizes or an expression: a line of text with two arrows."""

    typed = Signal(str)
    finished = Signal()
    stepped = Signal(int)
    reverted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(sizes.FIELD_HEIGHT)
        self.setFont(fonts.panel_mono())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().textEdited.connect(self.typed)
        self.editingFinished.connect(self.finished)

    def field(self) -> QLineEdit:
        """The line edit in which is typed."""
        return self.lineEdit()

    def value_text(self) -> str:
        """What stands in the field."""
        return self.lineEdit().text()

    def show_text(self, text: str, placeholder: str = "") -> None:
        """Put a text in without telling anybody."""
        self.lineEdit().setPlaceholderText(placeholder)
        if text != self.lineEdit().text():
            self.lineEdit().setText(text)
        if not self.hasFocus():
            self.lineEdit().setCursorPosition(0)

    # Every text may stand here: what is wrong with it is said beneath the field.
    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return QValidator.State.Acceptable, text, position

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        both = QAbstractSpinBox.StepEnabledFlag
        return both.StepUpEnabled | both.StepDownEnabled

    def stepBy(self, steps: int) -> None:
        self.stepped.emit(steps)

    def sizeHint(self) -> QSize:
        return QSize(60, sizes.FIELD_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # Its own menu would hide that of the row, which can reset the value.
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reverted.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and leaves_to_window(event):
            event.ignore()
            return False
        return bool(super().event(event))


class ChoiceField(QComboBox):
    """One of a few."""

    chosen = Signal(object)

    def __init__(
        self, choices: Sequence[tuple[str, object]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setFixedHeight(sizes.FIELD_HEIGHT)
        self.setFont(fonts.panel_mono())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setPlaceholderText(SEVERAL)
        self.set_choices(choices)
        self.activated.connect(lambda row: self.chosen.emit(self.itemData(row)))

    def set_choices(self, choices: Sequence[tuple[str, object]]) -> None:
        """Replace what can be chosen: pairs of words and value."""
        if [(self.itemText(i), self.itemData(i)) for i in range(self.count())] == list(choices):
            return
        self.clear()
        for words, value in choices:
            self.addItem(words, value)

    def show_value(self, value: object) -> None:
        """Show a value without telling anybody; nothing is shown for an unknown one."""
        found = [i for i in range(self.count()) if self.itemData(i) == value]
        self.setCurrentIndex(found[0] if found else -1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class PathField(QWidget):
    """The path of a file or folder, typed or chosen."""

    typed = Signal(str)
    finished = Signal()
    reverted = Signal()

    def __init__(self, parent: QWidget | None = None, folder: bool = False) -> None:
        super().__init__(parent)
        self._words = "Choose a folder" if folder else "Choose a file"
        self.line = TextField(parent=self)
        self.button = QToolButton(self)
        self.button.setIcon(icons.icon("open", size=16))
        self.button.setToolTip(self._words)
        self.button.setAccessibleName(self._words)
        self.button.setFixedSize(sizes.FIELD_HEIGHT, sizes.FIELD_HEIGHT)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.choose: Callable[[str], str] = self._ask_folder if folder else self._ask
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(sizes.GRID)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.button)
        self.setFocusProxy(self.line)
        self.line.typed.connect(self.typed)
        self.line.finished.connect(self.finished)
        self.line.reverted.connect(self.reverted)
        self.button.clicked.connect(self._chosen)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    def field(self) -> QLineEdit:
        """The line edit in which is typed."""
        return self.line

    def value_text(self) -> str:
        """What stands in the field."""
        return self.line.text()

    def show_text(self, text: str, placeholder: str = "") -> None:
        """Put a text in without telling anybody."""
        self.line.show_text(text, placeholder)

    def _ask(self, now: str) -> str:
        return QFileDialog.getOpenFileName(self, self._words, now)[0]

    def _ask_folder(self, now: str) -> str:
        return QFileDialog.getExistingDirectory(self, self._words, now)

    def _chosen(self) -> None:
        path = self.choose(self.line.text())
        if path:
            self.line.setText(path)
            self.typed.emit(path)
            self.finished.emit()


def leaves_to_window(event: QEvent) -> bool:
    """Whether a key in a field belongs to the window: undo and redo of the document."""
    if not isinstance(event, QKeyEvent):
        return False
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return control and event.key() in (Qt.Key.Key_Z, Qt.Key.Key_Y)
