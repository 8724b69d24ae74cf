"""The data panel: what the network learns from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from netbuilder.app.panels.asking import LiveQuestion
from netbuilder.app.panels.data.augmented_view import AugmentedView, augments
from netbuilder.app.panels.data.count_bars import CountBars
from netbuilder.app.panels.data.facts import class_counts, field_facts, label_field, shown_field
from netbuilder.app.panels.data.samples_view import SamplesView
from netbuilder.app.panels.data.split_row import SplitRow
from netbuilder.app.panels.form import ChoiceField, grouped
from netbuilder.app.panels.look_inside.token_text import visible
from netbuilder.app.panels.pictures.empty import Empty
from netbuilder.app.panels.pictures.tile import Tile
from netbuilder.app.session import Session
from netbuilder.app.theme import colour, fonts, sizes, theme
from netbuilder.app.widgets import Callout, ThemedLabel
from netbuilder.graph import GraphError, Node, Project
from netbuilder.layers import DataSet, declare

SAMPLES = 400
EVENLY, CHANGED = "evenly over all rows", "left as it is, then as training may see it"
ONCE = (
    "Test rows are measured once, at the end, with the best weights. Choose nothing by that "
    "number: it tells how good the network is on data it has never seen."
)
#: So many files that cannot be read are named in a sentence.
NAMED = 3
FACTS_WIDTH = 300


class DataPanel(QWidget):
    """Follows the data nodes of the document by itself."""

    node_wanted = Signal(str)
    """The data node whose settings the person wants to see."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._key: object = None
        self.choice = ChoiceField(())
        self.choice.setAccessibleName("Data node")
        self.rows = ThemedLabel("", "text2", fonts.panel_mono())
        self.split = SplitRow(session.document)
        self.once = ThemedLabel("Test rows are used once, at the end.", "text3", fonts.caption())
        self.facts = Tile("Data")
        self.samples = Tile("Samples")
        self.view = SamplesView()
        self.augmented = AugmentedView(session)
        self.as_trained = QPushButton("As training sees them")
        self.again = QPushButton("Draw again")
        self.classes = Tile("Classes")
        self.bars = CountBars("How often each class occurs")
        self.callout = Callout("error", "")
        self.empty = Empty("No data yet.", "Put a Data node on the canvas, or drop a file on it.")
        self.question = LiveQuestion(session, "data", self._take, 200, self.isVisible, self)
        self._lay_out()
        self.choice.chosen.connect(lambda _: self._ask())
        session.document.settled.connect(self.look_at)
        theme.changed.connect(self.update)
        self.look_at(session.document.project)

    def _lay_out(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.facts.head.addWidget(self.choice)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        self.once.setToolTip(ONCE)
        self.facts.body.addWidget(self.split)
        self.facts.body.addWidget(self.rows)
        self.facts.body.addWidget(self.once)
        self.facts.body.addSpacing(4)
        self.facts.body.addLayout(self._grid)
        self.facts.body.addStretch(1)
        self.facts.setFixedWidth(FACTS_WIDTH)
        for button in (self.as_trained, self.again):
            button.setProperty("small", True)
            self.samples.head.insertWidget(self.samples.head.indexOf(self.samples.note), button)
        self.as_trained.setCheckable(True)
        self.as_trained.setToolTip("Show what the augmentation nodes make of training samples")
        self.as_trained.toggled.connect(self._show_augmented)
        self.again.clicked.connect(lambda: self.augmented.ask(other=True))
        self.again.hide()
        self.samples.body.addWidget(self.view, 1)
        self.samples.body.addWidget(self.augmented, 1)
        self.augmented.hide()
        self.classes.body.addWidget(self.bars, 1)
        self.classes.setFixedWidth(240)
        self._inside = QWidget()
        row = QHBoxLayout(self._inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(sizes.GAPS[4])
        row.addWidget(self.facts)
        row.addWidget(self.samples, 1)
        row.addWidget(self.classes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(sizes.PANEL_PADDING, 8, sizes.PANEL_PADDING, 8)
        layout.addWidget(self.callout)
        layout.addWidget(self._inside, 1)
        layout.addWidget(self.empty, 1)
        self.callout.hide()

    # --- what is asked -------------------------------------------------------------------

    def look_at(self, project: Project) -> None:
        """Look at the data of a project; asks only if something about the data changed."""
        nodes = [n for n in project.graph if _is_data(project, n)]
        self._offer_augmented(project)
        self.empty.setVisible(not nodes)
        self._inside.setVisible(bool(nodes) and self._inside.isVisibleTo(self))
        self.choice.setVisible(len(nodes) > 1)
        self.choice.set_choices([(n.title or n.id, n.id) for n in nodes])
        t = project.training
        split = (t.validation, t.test, t.seed, t.split, t.split_by, t.folds, t.fold, t.resample)
        key = tuple((n.id, n.kind, dict(n.params)) for n in nodes), split
        if key == self._key:
            return
        self._key = key
        if not nodes:
            self.callout.hide()
            self._inside.hide()
            self.question.forget()
            return
        if self.choice.currentIndex() < 0:
            self.choice.setCurrentIndex(0)
        self._ask()

    def _ask(self) -> None:
        node = self.choice.currentData()
        if node is not None:
            self.question.ask(node=node, samples=SAMPLES)

    def _show_augmented(self, on: bool) -> None:
        self.view.setVisible(not on)
        self.augmented.setVisible(on)
        self.again.setVisible(on)
        self.samples.note.setText(CHANGED if on else EVENLY)
        if on:
            self.augmented.ask()

    def _offer_augmented(self, project: Project) -> None:
        there = augments(project)
        self.as_trained.setVisible(there)
        if not there:
            self.as_trained.setChecked(False)
        elif self.as_trained.isChecked():
            self.augmented.ask()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask what waited for somebody to look."""
        super().showEvent(event)
        self.question.wake()

    # --- what is shown -------------------------------------------------------------------

    def _take(self, result: Mapping[str, Any] | None, error: str) -> None:
        if self.choice.currentData() is None:
            return
        trouble = error or str((result or {}).get("trouble", ""))
        self.callout.setVisible(bool(trouble))
        if trouble:
            self.callout.set_message("error", trouble, [("Show the node", self._to_node)])
        # What was read before stays in sight while a setting is being mended.
        if result is None:
            return
        if not trouble:
            self._tell_of_bad(result)
        self._inside.show()
        fields = result["fields"]
        parts = ", ".join(f"{grouped(n)} {part}" for part, n in result.get("parts", {}).items())
        self.facts.note.setText(f"{grouped(int(result['rows']))} rows")
        self.once.setVisible("test" in result.get("parts", {}))
        self.rows.setText(parts)
        self.rows.setVisible(bool(parts))
        training = self._session.document.project.training
        self.split.show_split(training, result.get("splits_by", ()))
        self._show_facts(fields)
        self.view.show_samples(result["samples"], fields)
        shown = shown_field(fields)
        self.samples.note.setText(CHANGED if self.as_trained.isChecked() else EVENLY)
        counted = class_counts(fields, label_field(fields, shown[0] if shown else ""))
        self.classes.setVisible(counted is not None)
        if counted is not None:
            name, names, counts = counted
            balance = {part: n for part, n in result.get("balance", {}).items() if n}
            parted = name == label_field(fields, "") and len(balance) > 1
            self.classes.note.setText(", ".join(balance) if parted else name)
            shown_names = [n if n.strip() else visible(n) for n in names]
            self.bars.show_counts(shown_names, counts, balance if parted else {})

    def _tell_of_bad(self, result: Mapping[str, Any]) -> None:
        """Name what cannot be read: the first in words, the others where the pointer rests."""
        bad = tuple(result.get("bad", ()))
        count = int(result.get("bad_count", len(bad)))
        lines = [f"{name}: {reason}" for name, reason in bad]
        self.callout.setVisible(bool(bad))
        self.callout.setToolTip("\n".join(lines[:40]))
        if bad:
            more = f"; and {grouped(count - NAMED)} more" if count > NAMED else ""
            verb = "file cannot be used and is" if count == 1 else "files cannot be used and are"
            self.callout.set_message(
                "warning", f"{grouped(count)} {verb} left out. {'; '.join(lines[:NAMED])}{more}."
            )

    def texts(self) -> list[list[str]]:
        """The table of fields as it is shown, row by row."""
        found: list[list[str]] = []
        for row in range(1, self._grid.rowCount()):
            items = [self._grid.itemAtPosition(row, column) for column in range(4)]
            labels = [i.widget() for i in items if i is not None]
            words = [w.text() for w in labels if isinstance(w, ThemedLabel)]
            if words:
                found.append(words)
        return found

    def _show_facts(self, fields: Mapping[str, Mapping[str, Any]]) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for column, words in enumerate(("field", "shape", "range", "mean")):
            self._grid.addWidget(ThemedLabel(words, "text3", fonts.caption()), 0, column)
        widths = [0] * 4
        for row, facts in enumerate(field_facts(fields), start=1):
            texts = (facts.name, facts.shape, facts.range, facts.mean)
            for column, words in enumerate(texts):
                token = "text" if column == 0 else "text2"
                label = ThemedLabel(words, token, fonts.panel_mono())
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._grid.addWidget(label, row, column)
                widths[column] = max(widths[column], label.sizeHint().width())
        self._grid.setColumnStretch(3, 1)
        # A number that is cut short would read as another one.
        needed = sum(widths) + 3 * self._grid.horizontalSpacing() + sizes.GAPS[1]
        self.facts.setFixedWidth(max(FACTS_WIDTH, needed))

    def _to_node(self) -> None:
        self.node_wanted.emit(str(self.choice.currentData()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines between the parts."""
        super().paintEvent(event)
        if not self._inside.isVisible():
            return
        painter = QPainter(self)
        gap, left = sizes.GAPS[4] // 2, self._inside.x()
        top = self._inside.y() - 8
        for x in (self.facts.geometry().right() + gap, self.classes.geometry().left() - gap):
            if x > 0 and (self.classes.isVisible() or x < self.samples.x()):
                painter.fillRect(left + x, top, 1, self.height() - top, colour("line"))


def _is_data(project: Project, node: Node) -> bool:
    try:
        return isinstance(declare(node, project.blocks), DataSet)
    except (ValueError, GraphError):
        # A setting that does not fit yet; the kind alone tells.
        from netbuilder.layers import REGISTRY

        kind = REGISTRY.get(node.kind)
        return kind is not None and issubclass(kind, DataSet)
