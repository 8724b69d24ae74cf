"""Where each token looks: maps of heads, over the picture or over the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from netbuilder.app.panels.asking import LiveQuestion
from netbuilder.app.panels.form import ChoiceField
from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.look_inside.token_text import TokenText
from netbuilder.app.panels.pictures.colour_bar import ColourBarLine
from netbuilder.app.panels.pictures.grid import PictureGrid
from netbuilder.app.panels.pictures.numbers import grey
from netbuilder.app.panels.pictures.tile import Tile
from netbuilder.app.session import Session
from netbuilder.app.theme import fonts
from netbuilder.app.theme.plots import over_picture, to_rgba
from netbuilder.app.widgets import ColourBar, ImageView, ThemedLabel

INTERVAL_MS = 330
ALL, MEAN = -2, -1
Floats = npt.NDArray[np.float32]


def patches(tokens: int, shape: tuple[int, ...]) -> tuple[int, int, int] | None:
    """Rows, columns and extra tokens in front, if tokens are patches of a picture (C, H, W).

    >>> patches(16, (1, 8, 8)), patches(17, (1, 8, 8)), patches(12, (1, 8, 8))
    ((4, 4, 0), (4, 4, 1), None)
    """
    if len(shape) != 3:
        return None
    height, width = shape[1:]
    for extra in (0, 1):
        count = tokens - extra
        for rows in range(2, height + 1):
            if count % rows == 0 and height % rows == 0:
                columns = count // rows
                if columns > 1 and width % columns == 0 and height // rows == width // columns:
                    return rows, columns, extra
    return None


def levels(weights: Floats) -> tuple[float, float]:
    """Black to brightest for one token's weights: what all share equally stays dark."""
    return 0.0, max(float(np.nan_to_num(weights).max()), 3.0 / max(weights.size, 1))


class AttentionView(Tile):
    """A choice of layer and head; a click on a token shows where that one looks."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Attention", parent=parent)
        self.subject = Subject()
        self._maps: dict[str, Floats] = {}
        self._sample: npt.NDArray[Any] = np.zeros(0)
        self._token: int | None = None
        self.question = LiveQuestion(
            session, "attention", self._take, INTERVAL_MS, self.isVisible, self
        )
        self.layer = ChoiceField(())
        self.layer.setAccessibleName("Attention layer")
        # As wide as the longest name where there is room, or narrower.
        self.layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.layer.setMinimumWidth(150)
        self.head_choice = ChoiceField(())
        self.head_choice.setFont(fonts.body())
        self.head_choice.setAccessibleName("Head")
        self.head_choice.setMinimumWidth(92)
        self.head.insertWidget(1, self.layer)
        self.head.insertWidget(2, self.head_choice)
        self.grid = PictureGrid("Where the token looks, one picture a head", largest=196)
        self.matrix = ImageView("")
        self.text = TokenText("Tokens, coloured by how much the chosen one looks at them")
        self.trouble = ThemedLabel("", "text3", fonts.caption())
        self.trouble.setWordWrap(True)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.setWidget(self.text)
        self.text.setAutoFillBackground(False)
        self.bar = ColourBarLine(ColourBar("amount", "0", "most"))
        pictures = QVBoxLayout()
        pictures.setSpacing(2)
        pictures.addWidget(self.grid, 1)
        pictures.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addLayout(pictures, 1)
        row.addWidget(self.matrix, 1)
        row.addWidget(self._scroll, 1)
        self.body.addLayout(row, 1)
        self.body.addWidget(self.trouble)
        self.layer.chosen.connect(lambda _: self._layer_chosen())
        self.head_choice.chosen.connect(lambda _: self._show())
        self.text.token_clicked.connect(self.look_from)
        self.grid.clicked_at.connect(self._patch_clicked)
        self.matrix.pixelClicked.connect(lambda column, row: self.look_from(row))

    def minimumSizeHint(self) -> QSize:
        """A matrix and some words."""
        return QSize(300, 120)

    def show_subject(self, subject: Subject) -> None:
        """Another project."""
        self.subject = subject
        self.question.forget()
        self._maps, self._token = {}, None
        self.grid.show_pictures([])
        self.matrix.clear()
        self.trouble.hide()

    def ask(self, arguments: dict[str, Any]) -> None:
        """Ask about a sample; waits while nobody looks."""
        self.question.ask(**arguments)

    def look_from(self, token: int) -> None:
        """Show where a token looks."""
        self._token = token
        self._show()

    @property
    def token(self) -> int:
        """The token that looks: the last one until another is clicked."""
        queries = self.heads().shape[1] if self._maps else 1
        return queries - 1 if self._token is None else min(self._token, queries - 1)

    def heads(self) -> Floats:
        """Weights of the chosen layer, (heads, T, S)."""
        key = self.layer.currentData()
        return self._maps.get(key, np.zeros((0, 1, 1), np.float32))

    def showEvent(self, event: Any) -> None:
        """Ask what waited."""
        super().showEvent(event)
        self.question.wake()

    def _take(self, result: Mapping[str, Any] | None, error: str) -> None:
        found = {} if result is None else dict(result["maps"])
        if not found:
            error = error or "No layer attends on the way from the data to the answer."
        self.trouble.setText(error)
        self.trouble.setVisible(not found)
        if result is None or not found:
            return
        self._maps = {k: np.asarray(v, np.float32) for k, v in found.items()}
        self._sample = np.asarray(result["fields"][self.subject.field])[0]
        chosen = self.layer.currentData()
        self.layer.set_choices([(k.removesuffix(".weights"), k) for k in self._maps])
        self.layer.show_value(chosen if chosen in self._maps else next(iter(self._maps)))
        self.layer.setToolTip(self.layer.currentText())
        self._offer_heads()
        self._show()

    def _layer_chosen(self) -> None:
        self._offer_heads()
        self._show()

    def _offer_heads(self) -> None:
        chosen = self.head_choice.currentData()
        count = len(self.heads())
        choices: list[tuple[str, object]] = [("all heads", ALL), ("mean", MEAN)]
        choices += [(f"head {i + 1}", i) for i in range(count)]
        self.head_choice.set_choices(choices)
        self.head_choice.show_value(chosen if chosen in range(-2, count) else self._first())

    def _first(self) -> int:
        return ALL if self.subject.kind == "picture" else MEAN

    def _show(self) -> None:
        heads = self.heads()
        if not len(heads):
            return
        which = self.head_choice.currentData()
        which = MEAN if which is None else int(which)
        mean = heads.mean(0)
        grid = patches(heads.shape[2], self.subject.shape) if self._squares() else None
        chosen = [mean] if which == MEAN else [heads[which]] if which >= 0 else list(heads)
        names = ["mean"] if which == MEAN else [f"Head {which + 1}"]
        names = [f"Head {i + 1}" for i in range(len(heads))] if which == ALL else names
        over = grid is not None and heads.shape[1] == heads.shape[2]
        tokens = self.subject.kind == "tokens" and heads.shape[2] == len(self._sample)
        self.grid.setVisible(over or (which == ALL and not tokens))
        self.bar.setVisible(not self.grid.isHidden())
        self.matrix.setVisible(not over and (which != ALL or tokens))
        self._scroll.setVisible(tokens)
        if over and grid is not None:
            self._show_over(chosen, names, grid)
        elif which == ALL and not tokens:
            self.grid.show_pictures([to_rgba(m, "amount", (0, 1)) for m in chosen], names)
        if not over:
            shown = mean if which == ALL else chosen[0]
            top = float(np.percentile(shown, 99.5)) or 1.0
            self.matrix.set_image(to_rgba(shown, "amount", (0.0, top)))
            self.matrix.set_caption("a row looks at the columns")
            self.matrix.set_colour_bar(ColourBar("amount", "0", "most"))
        if tokens:
            self._show_text(mean if which == ALL else chosen[0])
        if not over and not tokens:
            self.note.setText(f"{heads.shape[1]} × {heads.shape[2]}")

    def _squares(self) -> bool:
        return self.subject.kind == "picture"

    def _show_over(self, maps: list[Floats], names: list[str], grid: tuple[int, int, int]) -> None:
        rows, columns, extra = grid
        plane = grey(self._sample)
        across, up = plane.shape[1] // columns, plane.shape[0] // rows
        token = max(self.token, extra)
        pictures = []
        for one in maps:
            looked = one[token, extra:].reshape(rows, columns)
            large = np.kron(looked, np.ones((up, across), np.float32))
            pictures.append(over_picture(large, plane, "amount", levels(looked)))
        self.grid.show_pictures(pictures, names)
        row, column = divmod(token - extra, columns)
        self.grid.set_mark(QRect(column * across, row * up, across, up))
        self.note.setText(f"of token {row}, {column}")

    def _patch_clicked(self, index: int, x: int, y: int) -> None:
        heads = self.heads()
        grid = patches(heads.shape[2], self.subject.shape) if len(heads) else None
        if grid is None:
            return
        rows, columns, extra = grid
        height, width = self.subject.shape[1:]
        column, row = x * columns // width, y * rows // height
        self.look_from(extra + min(row, rows - 1) * columns + min(column, columns - 1))

    def _show_text(self, weights: Floats) -> None:
        names = self.subject.tokens
        words = [names[int(t)] if int(t) < len(names) else "?" for t in self._sample]
        token = self.token
        row = weights[token]
        self.text.show_tokens(words, row, "amount", levels(row))
        self.text.set_chosen(token)
        self.note.setText(f"of token {token}")
