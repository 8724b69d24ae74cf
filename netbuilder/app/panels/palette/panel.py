"""The palette: every layer there is, found by family or by a few letters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from netbuilder.app.document import Document
from netbuilder.app.my_blocks import MINE, MyBlocks
from netbuilder.app.panels.palette.entries import NEXT, Family
from netbuilder.app.panels.palette.model import ENTRY_ROLE, PaletteModel
from netbuilder.app.panels.palette.search_field import SearchField
from netbuilder.app.panels.palette.tree import PaletteTree
from netbuilder.app.theme import colour, fonts, icons, sizes
from netbuilder.app.widgets import ThemedLabel
from netbuilder.graph import Project

_HINT = "Drag onto the canvas"


class Palette(QWidget):
    """Double-click, Enter or a drag takes a layer; `chosen` carries its kind."""

    chosen = Signal(str)
    forgotten = Signal(str)
    """A block of the person's own was taken out; the window offers to bring it back."""

    def __init__(
        self, document: Document, mine: MyBlocks | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._mine = mine or MyBlocks(parent=self)
        self.model = PaletteModel(self)
        self.search, self.tree = SearchField(), PaletteTree(self.model)
        self.footer = _Footer()
        self.fold = QToolButton()
        self._open: set[str] = {NEXT}
        self._lay_out()
        self.tree.rename = self._rename
        self.model.set_project(document.project, self._mine.saved)
        document.changed.connect(self._blocks_changed)
        self._mine.changed.connect(self._refill)
        self.tree.forget_wanted.connect(self._forget)
        self.search.textChanged.connect(self._search)
        self.search.moved.connect(self._move)
        self.search.entered.connect(self._take_current)
        self.tree.chosen.connect(self.chosen)
        self.tree.expanded.connect(lambda index: self._folded(index, True))
        self.tree.collapsed.connect(lambda index: self._folded(index, False))
        self.tree.selectionModel().currentChanged.connect(self._current_changed)
        self.model.modelReset.connect(self._watch_current)

    def _lay_out(self) -> None:
        pad = sizes.PALETTE_PADDING
        self.fold.setIcon(icons.icon("collapse", size=16))
        self.fold.setAutoRaise(True)
        self.fold.setFixedSize(sizes.HIT_AREA, sizes.HIT_AREA)
        self.fold.setToolTip("Fold all families")
        self.fold.setAccessibleName("Fold all families")
        self.fold.clicked.connect(self._fold_all)
        head = QHBoxLayout()
        head.setContentsMargins(pad, 6, 8, 2)
        head.addWidget(ThemedLabel("Layers", "text", fonts.title()), 1)
        head.addWidget(self.fold)
        field = QHBoxLayout()
        field.setContentsMargins(pad, 0, pad, 6)
        field.addWidget(self.search)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(field)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.footer)
        self.setMinimumWidth(sizes.PALETTE_WIDTH_RANGE[0])
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.setAutoFillBackground(True)
        self.tree.viewport().setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.setTabOrder(self.search, self.tree)
        self.setTabOrder(self.tree, self.fold)

    # --- searching ---------------------------------------------------------------------

    def _search(self, query: str) -> None:
        self.model.set_query(query)
        if self.model.query:
            self.tree.expandAll()
            self.tree.setCurrentIndex(self.model.first_entry())
            self.tree.scrollToTop()
        else:
            self._unfold_again()
        if self.model.query and not self.model.count():
            self.footer.say(f"No layer is called {self.model.query}.")

    def _move(self, event: QKeyEvent) -> None:
        self.tree.keyPressEvent(event)

    def _take_current(self) -> None:
        entry = self.model.entry(self.tree.currentIndex())
        if entry is not None:
            self.chosen.emit(entry.kind)

    # --- folding -----------------------------------------------------------------------

    def _folded(self, index: QModelIndex, is_open: bool) -> None:
        family = index.data(ENTRY_ROLE)
        # What a search unfolds is not what the person unfolded.
        if isinstance(family, Family) and not self.model.query:
            (self._open.add if is_open else self._open.discard)(family.name)

    def _unfold_again(self) -> None:
        for row in range(self.model.rowCount()):
            index = self.model.index(row, 0)
            self.tree.setExpanded(index, index.data(ENTRY_ROLE).name in self._open)

    def _fold_all(self) -> None:
        self._open.clear()
        self.tree.collapseAll()

    # --- following ---------------------------------------------------------------------

    def _blocks_changed(self, before: Project, after: Project) -> None:
        if before.blocks != after.blocks:
            self._refill()

    def _refill(self) -> None:
        entry = self.model.entry(self.tree.currentIndex())
        if self.model.set_project(self._document.project, self._mine.saved):
            if self.model.query:
                self.tree.expandAll()
            else:
                self._unfold_again()
            if entry is not None:
                self.tree.setCurrentIndex(self.model.index_of(entry.kind))

    def show_next(self, kinds: Sequence[str]) -> None:
        """Put what usually follows the selected node first; nothing if none is."""
        entry = self.model.entry(self.tree.currentIndex())
        bar = self.tree.verticalScrollBar()
        place = bar.value()
        if self.model.set_next(kinds) and not self.model.query:
            self._unfold_again()
            if entry is not None:
                self.tree.setCurrentIndex(self.model.index_of(entry.kind))
            bar.setValue(place)

    # --- the person's own blocks -------------------------------------------------------

    def _rename(self, old: str, new: str) -> str:
        why = self._mine.rename(old, new)
        if why:
            self.footer.say(why)
        else:
            self.tree.setCurrentIndex(self.model.index_of(MINE + " ".join(new.split())))
        return why

    def _forget(self, name: str) -> None:
        why = self._mine.forget(name)
        if why:
            self.footer.say(why)
        else:
            self.forgotten.emit(name)

    def _watch_current(self) -> None:
        self.footer.say("")

    def _current_changed(self, now: QModelIndex) -> None:
        entry = self.model.entry(now)
        self.footer.say(entry.summary if entry is not None else "")

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()


class _Footer(QWidget):
    """Help of the current row; it keeps its height, so that the list does not jump."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ThemedLabel(_HINT, "text3", fonts.caption(), wrap=True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(sizes.PALETTE_PADDING, 8, sizes.PALETTE_PADDING, 8)
        layout.addWidget(self.words)
        self.setFixedHeight(4 * fonts.LINE_HEIGHT["caption"] + 17)

    def say(self, sentence: str) -> None:
        """Show a sentence, or how to use the palette."""
        self.words.setText(sentence or _HINT)
        self.words.setToolTip(sentence)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, 0, self.width(), 1, colour("line"))
