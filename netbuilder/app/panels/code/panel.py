"""The code of the project, as it runs and as it is exported, after every edit."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from netbuilder.app.document import Document
from netbuilder.app.panels.code.editor import CodeEditor
from netbuilder.app.panels.code.literal_editing import LiteralEditing
from netbuilder.app.panels.code.typed import edited
from netbuilder.app.panels.places import Place, place_of, plain
from netbuilder.app.theme import colour, fonts, icons, sizes
from netbuilder.app.widgets import ThemedLabel
from netbuilder.compiler import CompileError, Source, generate
from netbuilder.compiler.literals import Literal, literals
from netbuilder.graph import GraphError, Project
from netbuilder.graph.atomic import FileError, atomic_write
from netbuilder.layers import ParamError

DELAY_MS = 30
"""Several edits in a row are one change of the text."""


class CodePanel(QWidget):
    """Follows the document while it is seen.

    node_clicked(path): a line of this node was chosen; ids of the block instances around
    it, then its own. told(sentence): something was done that deserves a word.
    """

    node_clicked = Signal(tuple)
    told = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._source: Source | None = None
        self._shown: Project | None = None
        self._typing = False
        self._read: dict[int, tuple[Literal, ...]] = {}
        self._place: Place = ()
        self._ids: frozenset[str] = frozenset()
        self._stale = True
        self.editor = CodeEditor()
        self.editing = LiteralEditing(self.editor, self._literals, self._typed)
        self.banner = _Banner()
        self.about = ThemedLabel(token="text2", font=fonts.caption())
        self.copy_button, self.save_button = QPushButton("Copy"), QPushButton("Save as…")
        self.choose: Callable[[str], str] = self._ask
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.refresh)
        self._lay_out()
        document.checked.connect(self._changed)
        self.editor.line_chosen.connect(self._line_chosen)
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self.save)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(sizes.PANEL_PADDING, 6, sizes.PANEL_PADDING, 6)
        head.setSpacing(8)
        head.addWidget(self.about, 1)
        for button, icon in ((self.copy_button, "copy"), (self.save_button, "save")):
            button.setProperty("small", True)
            button.setIcon(icons.icon(icon, size=15))
            head.addWidget(button)
        self.copy_button.setToolTip("Copy all of the code")
        self.save_button.setToolTip("Save the code as a Python file")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.banner)
        layout.addWidget(self.editor, 1)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.setAutoFillBackground(True)

    # --- following ---------------------------------------------------------------------

    def _changed(self) -> None:
        self._stale = True
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Show the code of the project as it is now, or why there is none."""
        self._stale = False
        if self._shown is not self._document.project and not self._typing:
            self.editing.close()
        self._shown, self._read = None, {}
        try:
            self._source = generate(self._document.project)
        except CompileError as error:
            self.banner.say(str(error))
            self.editor.highlighter.set_faded(True)
            self._enable(False)
            had = self._source is not None
            self.about.setText("The last code without errors" if had else "No code yet")
            return
        self._shown = self._document.project
        self.banner.say("")
        self.editor.show_text(self._source.text.rstrip("\n"))
        self.editor.highlighter.set_faded(False)
        self._enable(True)
        count = self.editor.blockCount()
        self.about.setText(f"{self._source.class_name} · {count} lines · runs as it stands")
        self._mark(show=False)

    def _enable(self, enabled: bool) -> None:
        # Old code may be looked at, but must not be taken for that of the project.
        self.copy_button.setEnabled(enabled)
        self.save_button.setEnabled(enabled)

    # --- selection ---------------------------------------------------------------------

    def set_selection(self, place: Place, ids: Collection[str]) -> None:
        """Mark the lines of the nodes selected at a place."""
        self._place = tuple(place)
        self.highlight(ids)

    def highlight(self, ids: Collection[str]) -> None:
        """Mark the lines of these nodes."""
        if frozenset(ids) != self._ids or ids:
            self._ids = frozenset(ids)
            self._mark(show=True)

    def _mark(self, show: bool) -> None:
        self.editor.mark(self._lines_of_selection(), show)

    def _lines_of_selection(self) -> list[int]:
        if self._source is None or not self._ids:
            return []
        project, block = self._document.project, self._place[-1:]
        found = []
        for line, path in self._source.lines.items():
            if path and plain(path)[-1] in self._ids:
                place = place_of(project, path)
                if place is not None and place[-1:] == block:
                    found.append(line)
        return found

    def _line_chosen(self, line: int) -> None:
        path = self._source.lines.get(line) if self._source is not None else None
        if path:
            self.node_clicked.emit(plain(path))

    # --- changing literals -------------------------------------------------------------

    def _literals(self, line: int) -> tuple[Literal, ...]:
        """Literals of a line; none while the text is not that of the project."""
        if self._source is None or self._shown is not self._document.project:
            return ()
        if line not in self._read:
            self._read[line] = literals(self._shown, self._source, line)
        return self._read[line]

    def _typed(self, literal: Literal, text: str, again: bool) -> str:
        """Make what was typed over a literal one step; what is wrong with it, or ""."""
        try:
            found = edited(self._document.project, literal, text)
        except (ParamError, GraphError) as error:
            return str(error)
        if found.breaks and not again:
            return f"{found.breaks} Press Enter again to apply it all the same."
        self._typing = True
        try:
            self._document.edit_graph(found.text, found.graph, literal.place)
            self.refresh()
        finally:
            self._typing = False
        return ""

    # --- taking it away ----------------------------------------------------------------

    def copy(self) -> None:
        """Put all of the code on the clipboard."""
        if self._source is not None:
            QGuiApplication.clipboard().setText(self._source.text)
            self.told.emit(f"Copied {self.editor.blockCount()} lines.")

    def save(self) -> None:
        """Write the code to a file that the person chooses."""
        if self._source is None:
            return
        name = self.choose(f"{self._document.title}.py")
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".py")
        try:
            atomic_write(path, self._source.text.encode())
        except FileError as error:
            self.banner.say(str(error))
        else:
            self.banner.say("")
            self.told.emit(f"Saved the code as {path.name}.")

    def _ask(self, name: str) -> str:
        return QFileDialog.getSaveFileName(self, "Save the code", name, "Python (*.py)")[0]


class _Banner(QWidget):
    """One sentence across the panel about why the code is not the newest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ThemedLabel(token="text", font=fonts.body(), wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(sizes.PANEL_PADDING + 24, 6, sizes.PANEL_PADDING, 6)
        layout.addWidget(self.words)
        self.setAccessibleName("Why there is no new code")
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence, or nothing."""
        self.words.setText(sentence)
        self.setVisible(bool(sentence))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("error_bg"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, colour("error"))
        box = self.rect().adjusted(sizes.PANEL_PADDING, 0, 0, 0)
        box.setWidth(16)
        box.setHeight(16)
        box.moveTop((self.height() - 16) // 2)
        icons.paint(painter, "error", "error", box)

    @property
    def sentence(self) -> str:
        """What is shown."""
        return self.words.text() if not self.isHidden() else ""
