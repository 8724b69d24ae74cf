"""Which tokens lie nearest to one in an Embedding; a click goes on to one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QScrollArea, QWidget

from netbuilder.app.panels.asking import LiveQuestion
from netbuilder.app.panels.form import ChoiceField, TextField
from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.look_inside.token_text import visible
from netbuilder.app.panels.pictures.tile import Tile
from netbuilder.app.session import Session
from netbuilder.app.theme import fonts
from netbuilder.app.widgets import BarRows, ThemedLabel

INTERVAL_MS = 330
COUNTS = (5, 10, 20, 50)


class NeighboursView(Tile):
    """A token, a measure and a number, over the nearest tokens as bars.

    Where the data set names no tokens, they are called by their numbers.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Neighbours", parent=parent)
        self.token = ""
        self._names: tuple[str, ...] = ()
        self._tokens: tuple[str, ...] = ()
        self._moved = False
        self.question = LiveQuestion(
            session, "neighbours", self._take, INTERVAL_MS, self.isVisible, self
        )
        self.node = ChoiceField(())
        self.node.setAccessibleName("Embedding")
        self.node.setMinimumWidth(110)
        self.head.insertWidget(1, self.node)
        self.field = TextField()
        self.field.setAccessibleName("Token whose neighbours are shown")
        self.field.setToolTip("A token, or the number of its row")
        self.field.setPlaceholderText("A token, or the number of its row")
        self._known = QStringListModel(self)
        completer = QCompleter(self._known, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        if (popup := completer.popup()) is not None:
            popup.setFont(fonts.panel_mono())
        completer.activated.connect(self._entered)
        self.field.setCompleter(completer)
        self.measure = ChoiceField([("cosine", "cosine"), ("Euclidean", "euclid")])
        self.measure.setAccessibleName("Measure")
        self.measure.setToolTip(
            "Cosine: the angle counts. Euclidean: the distance; the nearest has the longest bar."
        )
        self.measure.setMinimumWidth(104)
        self.count = ChoiceField([(str(n), n) for n in COUNTS])
        self.count.setAccessibleName("How many neighbours")
        self.count.setFixedWidth(64)
        self.measure.show_value("cosine")
        self.count.show_value(10)
        self.bars = BarRows("Nearest tokens")
        self.bars.set_clickable()
        self.trouble = ThemedLabel("", "text3", fonts.caption())
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self._lay_out()
        for choice in (self.measure, self.count):
            choice.chosen.connect(lambda _: self._ask_now())
        self.node.chosen.connect(lambda _: self._node_chosen())
        self.field.finished.connect(lambda: self._entered(self.field.text()))
        self.field.reverted.connect(lambda: self.field.show_text(visible(self.token)))
        self.bars.clicked.connect(lambda row: self.look_near(self._tokens[row]))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self.measure)
        row.addWidget(self.count)
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        scroll.setWidget(self.bars)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the bars take the keys
        self.bars.setAutoFillBackground(False)
        self.body.addLayout(row)
        self.body.addWidget(self.trouble)
        self.body.addWidget(scroll, 1)

    def minimumSizeHint(self) -> QSize:
        """Some words with bars that can be told apart."""
        return QSize(280, 120)

    def show_subject(self, subject: Subject) -> None:
        """Another project: its Embeddings, the first token of the first one."""
        self.question.forget()
        self.token, self._names, self._tokens = "", (), ()
        self.node.set_choices([(i, i) for i in subject.embeddings])
        self.node.show_value(next(iter(subject.embeddings), None))
        self.node.setVisible(len(subject.embeddings) > 1)
        self.field.show_text("")
        self.bars.set_values([])
        self.note.setText("")
        self.trouble.hide()

    def ask(self) -> None:
        """Ask about the token that is chosen; waits while nobody looks."""
        if self.node.count():
            self.question.ask(
                node=self.node.currentData(),
                token=self.token,
                measure=self.measure.currentData(),
                count=self.count.currentData(),
            )

    def look_near(self, token: str) -> None:
        """Show the neighbours of another token."""
        self.token = token
        self.field.show_text(visible(token))
        self._ask_now()

    def _entered(self, text: str) -> None:
        # Blanks are shown by signs, so these can be typed too.
        named = text in self._names
        token = text if named else next((n for n in self._names if visible(n) == text), text)
        if text and token != self.token:
            self.look_near(token)

    def _node_chosen(self) -> None:
        self._moved = True
        self._ask_now()

    def _ask_now(self) -> None:
        self.question.forget()
        self.ask()

    def showEvent(self, event: Any) -> None:
        """Ask what waited."""
        super().showEvent(event)
        self.question.wake()

    def _take(self, result: Mapping[str, Any] | None, error: str) -> None:
        moved, self._moved = self._moved, False
        if result is None and moved and self.token:
            self.look_near("")  # the other table has other tokens
            return
        self.trouble.setText(error)
        self.trouble.setVisible(bool(error))
        if result is None:
            return
        self.token = str(result["token"])
        if not self.field.hasFocus():
            self.field.show_text(visible(self.token))
        names = tuple(result["vocabulary"])
        if names != self._names:
            self._names = names
            self._known.setStringList([visible(name) for name in names])
        self._tokens = tuple(result["tokens"])
        values = [float(v) for v in result["values"]]
        cosine = result["measure"] == "cosine"
        shares = values if cosine else _nearness(values)
        words = [visible(name) for name in self._tokens]
        self.bars.set_values(
            list(zip(words, shares, strict=True)), texts=[f"{v:.3f}" for v in values]
        )
        self.note.setText("cosine" if cosine else "distance")


def _nearness(distances: list[float]) -> list[float]:
    """Bars of distances: the nearest 1, twice as far ½.

    >>> _nearness([2.0, 4.0])
    [1.0, 0.5]
    """
    least = max(min(distances, default=0.0), 1e-12)
    return [least / max(d, least) for d in distances]
