"""What an export wrote: where, how large, and how its answers compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from netbuilder.app.theme import fonts
from netbuilder.app.widgets import Callout, ThemedLabel
from netbuilder.export.report import size_text

BATCHES = (1, 2, 5)


class ResultView(QWidget):
    """The outcome in words, the files, and a small table of differences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcome = Callout("ok", "")
        self.files = ThemedLabel("", "text2", fonts.panel_mono())
        self.files.setWordWrap(True)
        self.files.setTextFormat(Qt.TextFormat.PlainText)
        self.files.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.table = QWidget()
        self._grid = QGridLayout(self.table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(len(BATCHES) + 1, 1)
        self._cells: dict[tuple[int, int], ThemedLabel] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self.outcome, self.files, self.table):
            layout.addWidget(part)

    def show_result(
        self, sentence: str, paths: Sequence[Path], size: int, differences: Mapping[int, float]
    ) -> None:
        """Show a finished export."""
        self.outcome.set_message("ok", sentence)
        self.files.setText("\n".join(str(p) for p in paths) + f"\n{size_text(size)}")
        self.table.setVisible(bool(differences))
        batches = sorted(differences)
        self._set(0, 0, "batch", "text3")
        self._set(1, 0, "largest difference", "text3")
        for column, batch in enumerate(batches, start=1):
            self._set(0, column, str(batch), "text2")
            self._set(1, column, f"{differences[batch]:.1e}", "text")
        for (row, column), cell in self._cells.items():
            cell.setVisible(column <= len(batches) and row < 2)

    def cells(self) -> list[list[str]]:
        """The table as it is shown, row by row."""
        columns = 1 + max((c for _, c in self._cells), default=-1)
        return [
            [self._cells[row, c].text() for c in range(columns) if (row, c) in self._cells]
            for row in (0, 1)
        ]

    def _set(self, row: int, column: int, words: str, token: str) -> None:
        cell = self._cells.get((row, column))
        if cell is None:
            font = fonts.caption() if column == 0 else fonts.panel_mono()
            cell = ThemedLabel("", token, font)
            self._cells[row, column] = cell
            self._grid.addWidget(cell, row, column)
        cell.setText(words)
        cell.set_token(token)
