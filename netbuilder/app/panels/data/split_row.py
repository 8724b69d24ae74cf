"""How the rows come into their parts: a choice, and where it needs one, a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from netbuilder.app.document import Document
from netbuilder.app.panels.form import ChoiceField
from netbuilder.app.theme import fonts
from netbuilder.app.widgets import ThemedLabel
from netbuilder.data.division import METHODS
from netbuilder.graph import Project, Training

_TIPS = {
    "stratified": "Every part holds the classes in the same proportion.",
    "random": "Rows are mixed, whatever their class.",
    "group": "Rows with the same value in a column are all in one part.",
    "time": "Cut in the order of a column, or of the rows: the earliest train, the latest test.",
    "given": "A column says train, validation or test.",
}
_ORDER = "the rows"


class SplitRow(QWidget):
    """Shows and sets `split` and `split_by` of a document's training; each is an undo step."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.method = ChoiceField([(name, name) for name in METHODS])
        self.method.setAccessibleName("How rows are split")
        self.by_label = ThemedLabel("by", "text2", fonts.caption())
        self.by = ChoiceField(())
        self.by.setAccessibleName("Column to split by")
        self.by.setPlaceholderText("choose a column")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(ThemedLabel("Split", "text2", fonts.caption()))
        row.addWidget(self.method)
        row.addWidget(self.by_label)
        row.addWidget(self.by, 1)
        row.addStretch(1)
        for i, name in enumerate(METHODS):
            self.method.setItemData(i, _TIPS[name], Qt.ItemDataRole.ToolTipRole)
        self._columns: tuple[str, ...] = ()
        document.changed.connect(self._follow)
        self.show_split(document.project.training, ())
        self.method.chosen.connect(lambda method: self._set(split=method))
        self.by.chosen.connect(lambda column: self._set(split_by=column))

    def show_split(self, training: Training, columns: Sequence[str]) -> None:
        """Show what is set; `columns` are those that the data set can be split by."""
        self._columns = tuple(columns)
        self.method.show_value(training.split)
        self.method.setToolTip(_TIPS.get(training.split, ""))
        needed = training.split in ("group", "time", "given")
        choices = [(name, name) for name in columns]
        if training.split == "time":
            choices.insert(0, (_ORDER, ""))
        self.by.set_choices(choices)
        self.by.show_value(training.split_by)
        self.by.setVisible(needed)
        self.by_label.setVisible(needed)

    def _follow(self, before: Project, after: Project) -> None:
        if before.training is not after.training:
            self.show_split(after.training, self._columns)

    def _set(self, **changes: object) -> None:
        project = self._document.project
        training = replace(project.training, **changes)  # type: ignore[arg-type]
        if training != project.training:
            self._document.edit("Split the data", replace(project, training=training))
