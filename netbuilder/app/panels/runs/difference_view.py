"""In what two runs differ: a table of values beside a picture of both networks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHeaderView,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.panels.runs.difference_picture import SIGNS, TOKENS, DifferencePicture
from netbuilder.app.theme import colour, sizes, theme
from netbuilder.app.widgets import ThemedLabel
from netbuilder.graph import Graph, Project
from netbuilder.graph.atomic import FileError
from netbuilder.graph.comparison import Comparison, Place, What, compare
from netbuilder.training.run import Run

COLUMNS = ("Where", "What", "Before", "After")


class DifferenceView(QWidget):
    """Compares two runs; with more or fewer it says what to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ThemedLabel("", "text2")
        self.words.setWordWrap(True)
        self.place = QComboBox()
        self.place.setAccessibleName("Part of the network")
        self.table = QTableWidget(0, len(COLUMNS))
        self.picture = DifferencePicture()
        self._projects: tuple[Project, Project] | None = None
        self._found = Comparison()
        self._shown: tuple[Path, ...] | None = None
        self._lay_out()
        self.place.activated.connect(self._draw)
        theme.changed.connect(self._fill)

    def _lay_out(self) -> None:
        table = self.table
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setFrameShape(QTableWidget.Shape.NoFrame)
        table.setTabKeyNavigation(False)
        table.setAccessibleName("Differences")
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(sizes.LIST_ROW)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        right = QWidget()
        inside = QVBoxLayout(right)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.place, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self.picture, 1)
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        self.parts.addWidget(table)
        self.parts.addWidget(right)
        self.parts.setSizes([260, 340])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.words)
        layout.addWidget(self.parts, 1)

    def show_runs(self, folders: tuple[Path, ...]) -> None:
        """Compare two runs, the older one as what was before."""
        if folders == self._shown:
            return
        self._shown, self._projects, self._found = folders, None, Comparison()
        if len(folders) != 2:
            self._say("Select two runs to see in what they differ.")
            return
        before, after = sorted(folders)
        try:
            self._projects = Run(before).project(), Run(after).project()
        except FileError as error:
            self._say(str(error))
            return
        self._found = compare(*self._projects)
        same = "Both runs trained the same project with the same settings."
        self._say(same if self._found.same else f"From {before.name} to {after.name}")
        self._fill()
        self._offer_places()
        self._draw()

    def _say(self, sentence: str) -> None:
        self.words.setText(sentence)
        self.parts.setVisible(self._projects is not None)

    def _fill(self) -> None:
        rows = self._found.rows()
        self.table.setRowCount(len(rows))
        self.table.setHorizontalHeaderLabels(COLUMNS)
        for r, row in enumerate(rows):
            what: What = next((w for w in SIGNS if row[1].endswith(w)), "changed")
            for c, text in enumerate(row):
                item = QTableWidgetItem(f"{SIGNS[what]} {text}" if c == 0 else text)
                item.setForeground(colour(TOKENS[what] if c == 0 else "text" if c else "text2"))
                item.setToolTip(text)
                self.table.setItem(r, c, item)

    def _offer_places(self) -> None:
        found = self._found
        changed = [node.place for node in found.nodes] + [wire.place for wire in found.wires]
        places: dict[Place, None] = dict.fromkeys([(), *changed])
        self.place.clear()
        for place in places:
            self.place.addItem(" / ".join(place) or "The whole network", place)
        self.place.setVisible(len(places) > 1)

    def _draw(self) -> None:
        if self._projects is None:
            return
        place: Place = tuple(self.place.currentData() or ())
        before, after = (_graph_at(project, place) for project in self._projects)
        self.picture.show_graphs(before, after, self._found, place)


def _graph_at(project: Project, place: Place) -> Graph:
    if not place:
        return project.graph
    block = project.blocks.get(place[-1])
    return block.graph if block is not None else Graph()
