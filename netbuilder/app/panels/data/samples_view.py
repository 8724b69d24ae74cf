"""Samples of a data set, shown the way they are best read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QListWidget,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from netbuilder.app.panels.data.facts import label_field, shown_field, table_of, text_of
from netbuilder.app.panels.pictures.grid import PictureGrid
from netbuilder.app.panels.pictures.numbers import picture, span
from netbuilder.app.panels.pictures.plane import Plane
from netbuilder.app.theme import fonts, sizes
from netbuilder.app.theme.plots import default_levels, to_rgba

PICTURES = 40
TEXTS = 24


class SamplesView(QStackedWidget):
    """Pictures in a grid, points in the plane, texts as excerpts, anything else as a table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = PictureGrid("Samples", largest=72)
        self.plane = Plane("Samples")
        self.texts = QListWidget()
        self.texts.setFont(fonts.panel_mono())
        self.texts.setFrameShape(QListWidget.Shape.NoFrame)
        self.texts.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.texts.setUniformItemSizes(True)
        self.texts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.texts.setAccessibleName("Texts")
        self.table = QTableWidget()
        self.table.setFont(fonts.panel_mono())
        self.table.setFrameShape(QTableWidget.Shape.NoFrame)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(sizes.LIST_ROW - 2)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        self.table.setAccessibleName("Rows")
        for page in (self.grid, self.plane, self.texts, self.table):
            self.addWidget(page)

    def show_samples(
        self, samples: Mapping[str, np.ndarray], fields: Mapping[str, Mapping[str, Any]]
    ) -> str:
        """Show samples of an answer to ``data``; returns the name of the field that is shown."""
        found = shown_field(fields)
        name, kind = found if found is not None else ("", "table")
        label = label_field(fields, name)
        labels = samples[label] if label else None
        if kind == "pictures":
            array = samples[name][:PICTURES]
            low, high = span(array)
            captions = self._captions(labels, fields, label)[:PICTURES]
            self.grid.show_pictures([picture(one, low, high) for one in array], captions)
            self.setCurrentWidget(self.grid)
        elif kind == "series":
            array = samples[name][:PICTURES]
            levels = default_levels(array, "signed")
            captions = self._captions(labels, fields, label)[:PICTURES]
            self.grid.show_pictures([to_rgba(one, "signed", levels) for one in array], captions)
            self.setCurrentWidget(self.grid)
        elif kind == "points":
            self.plane.clear()
            self.plane.show_points(samples[name], labels if labels is not None else ())
            self.setCurrentWidget(self.plane)
        elif kind == "texts":
            names = tuple(fields[name].get("class_names") or ())
            self.texts.clear()
            self.texts.addItems([text_of(row, names) for row in samples[name][:TEXTS]])
            self.setCurrentWidget(self.texts)
        else:
            self._show_table(samples, fields)
            self.setCurrentWidget(self.table)
        return name

    def _captions(
        self, labels: np.ndarray | None, fields: Mapping[str, Mapping[str, Any]], label: str | None
    ) -> list[str]:
        if labels is None or label is None:
            return []
        names = tuple(fields[label].get("class_names") or ())
        return [names[int(i)] if int(i) < len(names) else str(int(i)) for i in labels]

    def _show_table(
        self, samples: Mapping[str, np.ndarray], fields: Mapping[str, Mapping[str, Any]]
    ) -> None:
        headings, rows = table_of(samples, fields)
        self.table.clear()
        self.table.setColumnCount(len(headings))
        self.table.setRowCount(len(rows))
        self.table.setHorizontalHeaderLabels(headings)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for r, row in enumerate(rows):
            for c, words in enumerate(row):
                item = QTableWidgetItem(words)
                item.setTextAlignment(side)
                self.table.setItem(r, c, item)
