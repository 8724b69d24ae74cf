"""The row that asks how many folds or samples, and the figures when all have been trained."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.panels.runs.several import Kind, Several
from netbuilder.app.theme import icons, sizes
from netbuilder.app.widgets import ThemedLabel

_KINDS: tuple[tuple[Kind, str], ...] = (("folds", "Cross-validate"), ("bag", "Bag"))
_TIPS: dict[Kind, str] = {
    "folds": "Each run validates on another part of the rows that are not held back for testing.",
    "bag": "Each run trains on rows drawn with replacement, with weights of its own.",
}


class SeveralForm(QWidget):
    """Says what is wanted; adding to the queue is left to the window."""

    wanted = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        self.kind.setAccessibleName("Kind of several runs")
        for value, words in _KINDS:
            self.kind.addItem(words, value)
        self.count = QSpinBox()
        self.count.setRange(2, 50)
        self.count.setValue(5)
        self.count.setSuffix(" runs")
        self.count.setAccessibleName("How many runs")
        self.add = QPushButton(icons.icon("run", size=16), "Add to the queue")
        self.tip = ThemedLabel("", "text3")
        self.tip.setWordWrap(True)
        for widget in (self.kind, self.count, self.add):
            widget.setFixedHeight(sizes.BUTTON_HEIGHT_SMALL + 2)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.kind)
        row.addWidget(self.count)
        row.addWidget(self.add)
        row.addWidget(self.tip, 1)
        self.kind.currentIndexChanged.connect(self._explain)
        self.add.clicked.connect(self._say)
        self._explain()

    def ask(self, kind: Kind) -> None:
        """Show the row for one kind, ready to type how many."""
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self.show()
        self.count.setFocus()
        self.count.selectAll()

    def _explain(self, *_: object) -> None:
        self.tip.setText(_TIPS[self.kind.currentData()])

    def _say(self) -> None:
        self.hide()
        self.wanted.emit(self.kind.currentData(), self.count.value())


class SeveralFigures(QWidget):
    """A table of the latest runs that belong together: each figure, mean ± deviation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = ThemedLabel("", "text2")
        self.heading.setWordWrap(True)
        self.table = QTableWidget(0, 2)
        self.table.setAccessibleName("Mean and deviation of several runs")
        self.table.setHorizontalHeaderLabels(["Figure", "Mean ± deviation"])
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.heading)
        layout.addWidget(self.table, 1)
        self.hide()

    def show_several(self, several: Several | None) -> None:
        """Show how far they are, or their figures; None: nothing."""
        self.setVisible(several is not None)
        if several is None:
            return
        rows = several.rows() if several.over else []
        self.table.setVisible(bool(rows))
        self.table.setRowCount(len(rows))
        for place, cells in enumerate(rows):
            for column, words in enumerate(cells):
                self.table.setItem(place, column, QTableWidgetItem(words))
        self.heading.setText(several.heading if several.over else progress(several))


def progress(several: Several) -> str:
    """How many are done, and the time left for all."""
    done = sum(item.state not in ("waiting", "running") for item in several.items)
    left = several.seconds_left
    time = "" if left != left else f" · about {max(left, 1):.0f} s left"
    return f"{done} of {len(several.items)} runs done{time}"
