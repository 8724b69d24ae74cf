"""The samples of the strip as a list for a view: pictures, or rows of words."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from netbuilder.app.panels.look_inside.predictions import Predictions
from netbuilder.app.panels.pictures.numbers import is_picture, picture, span
from netbuilder.app.widgets.image_view import to_image
from netbuilder.layers.text_words import as_text

Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What the delegate asks for."""

    IMAGE = Qt.ItemDataRole.UserRole + 1
    CAPTION = Qt.ItemDataRole.UserRole + 2
    RIGHT = Qt.ItemDataRole.UserRole + 3
    SAMPLE = Qt.ItemDataRole.UserRole + 4


class SampleModel(QAbstractListModel):
    """Rows are samples that pass the filter; `SAMPLE` is the number within the strip."""

    def __init__(self) -> None:
        super().__init__()
        self._predictions: Predictions | None = None
        self._shown: list[int] = []
        self._images: list[QImage] = []
        self._pictures_of: Any = None

    def show(self, predictions: Predictions | None, only_wrong: bool) -> None:
        """Show the samples of an answer; views keep their place if the same rows are shown."""
        self._predictions = predictions
        shown: list[int] = []
        if predictions is not None:
            shown = predictions.wrong() if only_wrong else list(range(len(predictions)))
        if shown != self._shown:
            self.beginResetModel()
            self._shown = shown
            self._make_images()
            self.endResetModel()
        else:
            self._make_images()
            if shown:
                self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))

    def _make_images(self) -> None:
        found = self._predictions
        if found is None or not is_picture(found.inputs.shape[1:]):
            self._images = []
            return
        # The same samples come again with every answer; their pictures are made once.
        key = (found.inputs.shape, hash(found.inputs.tobytes()))
        if key != self._pictures_of:
            self._pictures_of = key
            low, high = span(found.inputs)
            self._images = [to_image(picture(one, low, high)) for one in found.inputs]

    def row_of(self, sample: int) -> int:
        """Row in which a sample is shown, -1 if the filter hides it."""
        return self._shown.index(sample) if sample in self._shown else -1

    def rowCount(self, parent: Index | None = None) -> int:
        """How many samples pass the filter."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Picture, words and verdict of a sample."""
        if not index.isValid() or self._predictions is None:
            return None
        sample = self._shown[index.row()]
        if role == Role.SAMPLE:
            return sample
        if role == Role.IMAGE:
            return self._images[sample] if sample < len(self._images) else None
        if role == Role.CAPTION:
            return self.caption(sample)
        verdict = self._predictions.verdict(sample)
        if role == Role.RIGHT:
            return verdict is None or verdict.right
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(sample)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            said = f"Sample {sample}: {self.caption(sample)}"
            return said if verdict is None or verdict.right else f"{said}, predicted × true"
        return None

    def caption(self, sample: int) -> str:
        """``3`` if the model is right, ``9 × 3`` if it says 9 of a 3."""
        found = self._predictions
        verdict = found.verdict(sample) if found is not None else None
        if found is None:
            return ""
        if verdict is None:
            value = found.value(sample)
            if value is None:
                return str(sample)
            number, true = value
            return f"{number:.2g}" if true is None else f"{number:.2g} for {true:.2g}"
        if found.subject.answers == "token":
            return str(sample)
        said = self._class(verdict.predicted)
        return said if verdict.right else f"{said} × {self._class(verdict.true)}"

    def words(self, sample: int) -> str:
        """One line for a sample that is no picture."""
        found = self._predictions
        if found is None:
            return ""
        row = found.inputs[sample]
        if found.subject.kind == "tokens":
            names = found.subject.tokens
            return as_text(map(int, row), names).replace("\n", "↵")
        if found.subject.answers == "number":
            return ""  # what was said and what is true need the whole line
        numbers = np.asarray(row, np.float64).ravel()[:6]
        return "  ".join(f"{n:+.2f}" for n in numbers)

    def _class(self, index: int) -> str:
        names = self._predictions.subject.classes if self._predictions is not None else ()
        return names[index] if 0 <= index < len(names) else str(index)
