"""The strip of samples at the left: choose one with the mouse or the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from netbuilder.app.panels.look_inside.predictions import Predictions
from netbuilder.app.panels.look_inside.sample_model import Index, Role, SampleModel
from netbuilder.app.panels.pictures.tile import Tile
from netbuilder.app.theme import changed, colour, fonts
from netbuilder.app.widgets import Chip

SIDE = 38
CELL = QSize(46, 58)
ROW = 24
WIDTH = 4 * 46 + 14


class SampleStrip(Tile):
    """Thumbnails with what the model says; `chosen` carries the number of the sample."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Samples", parent=parent)
        self._predictions: Predictions | None = None
        self._sample = 0
        self.model = SampleModel()
        self.view = QListView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setFrameShape(QListView.Shape.NoFrame)
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName("Samples of the validation split")
        self.view.viewport().setAutoFillBackground(False)
        self.all_chip = Chip("all", checkable=True)
        self.wrong_chip = Chip("wrong", checkable=True)
        self.all_chip.setChecked(True)
        filters = QHBoxLayout()
        filters.setContentsMargins(0, 0, 0, 0)
        filters.setSpacing(6)
        filters.addWidget(self.all_chip)
        filters.addWidget(self.wrong_chip)
        filters.addStretch(1)
        self.body.addLayout(filters)
        self.body.addWidget(self.view, 1)
        self.setFixedWidth(WIDTH)
        self.all_chip.clicked.connect(lambda: self.filter_wrong(False))
        self.wrong_chip.clicked.connect(lambda: self.filter_wrong(True))
        self.view.selectionModel().currentChanged.connect(self._moved)
        changed.connect(self.view.viewport().update)

    @property
    def sample(self) -> int:
        """The sample that is chosen."""
        return self._sample

    def show_predictions(self, predictions: Predictions | None, rows: int = 0) -> None:
        """Show samples and what is said of them. rows: of the whole split."""
        self._predictions = predictions
        pictures = predictions is not None and predictions.subject.kind == "picture"
        mode = QListView.ViewMode.IconMode if pictures else QListView.ViewMode.ListMode
        if self.view.viewMode() != mode or self.view.movement() != QListView.Movement.Static:
            self.view.setViewMode(mode)
            self.view.setMovement(QListView.Movement.Static)
            self.view.setResizeMode(QListView.ResizeMode.Adjust)
            self.view.setWrapping(pictures)
        wrong = len(predictions.wrong()) if predictions is not None else 0
        count = len(predictions) if predictions is not None else 0
        self.note.setText(f"validation · {rows}" if rows else "")
        self.all_chip.set(f"first {count}" if rows > count else f"all {count}")
        self.wrong_chip.set(f"wrong {wrong}")
        judged = predictions is not None and predictions.verdict(0) is not None
        self.wrong_chip.setVisible(judged)
        self._refill()

    def filter_wrong(self, only: bool) -> None:
        """Show only what the model gets wrong, or all."""
        self.all_chip.setChecked(not only)
        self.wrong_chip.setChecked(only)
        self._refill()

    def choose(self, sample: int) -> None:
        """Choose a sample by its number."""
        row = self.model.row_of(sample)
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row))

    def _refill(self) -> None:
        with _Quiet(self.view.selectionModel()):
            self.model.show(self._predictions, self.wrong_chip.isChecked())
            row = self.model.row_of(self._sample)
            if row >= 0:
                self.view.setCurrentIndex(self.model.index(row))
        if row < 0 and self.model.rowCount():
            # The one that was looked at stays, even if the filter hides it.
            self.view.clearSelection()

    def _moved(self, current: Index, before: Index) -> None:
        sample = current.data(Role.SAMPLE)
        if sample is not None and sample != self._sample:
            self._sample = sample
            self.chosen.emit(sample)


class _Quiet:
    """Signals of a selection held back while its list is filled anew."""

    def __init__(self, model: QItemSelectionModel) -> None:
        self._model = model

    def __enter__(self) -> None:
        self._was = self._model.blockSignals(True)

    def __exit__(self, *exception: object) -> None:
        self._model.blockSignals(self._was)


class _Delegate(QStyledItemDelegate):
    """Draws a thumbnail with its verdict, or a line of words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return CELL if index.data(Role.IMAGE) is not None else QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        image: QImage | None = index.data(Role.IMAGE)
        ink = colour("text3" if index.data(Role.RIGHT) else "error")
        painter.setFont(fonts.ticks())
        metrics = QFontMetrics(fonts.ticks())
        caption = str(index.data(Role.CAPTION))
        if image is not None:
            painter.setRenderHint(
                QPainter.RenderHint.SmoothPixmapTransform, image.width() > SIDE // 2
            )
            box = QRect(rect.x() + 4, rect.y() + 3, SIDE, SIDE)
            painter.drawImage(box, image)
            if chosen:
                painter.setPen(colour("accent"))
                painter.drawRect(box.adjusted(-3, -3, 2, 2))
                painter.drawRect(box.adjusted(-2, -2, 1, 1))
            place = QRect(rect.x(), box.bottom() + 2, rect.width(), 14)
            painter.setPen(ink)
            shown = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)
        else:
            if chosen:
                painter.fillRect(rect, colour("sel_bg"))
            painter.setPen(ink)
            middle = Qt.AlignmentFlag.AlignVCenter
            wide = metrics.horizontalAdvance(caption) + 10
            width = min(wide, rect.width() // 2) if index.data() else rect.width() - 4
            shown = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, width - 6)
            painter.drawText(rect.adjusted(4, 0, 0, 0), middle, shown)
            painter.setPen(colour("text2"))
            rest = rect.adjusted(4 + width, 0, -4, 0)
            words = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, rest.width())
            painter.drawText(rest, middle, words)
        painter.restore()
