"""A slider and a field for a number whose decades matter: the learning rate."""

from __future__ import annotations

from math import isfinite, log10

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSlider, QWidget

from netbuilder.app.theme import fonts, sizes

STEPS_PER_DECADE = 50
KEY_STEP = 5
"""A press of an arrow key: a tenth of a decade, 26 % more."""


def written(value: float) -> str:
    """Two figures and a short exponent: ``4.0e-4``."""
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


class LogSlider(QWidget):
    """Slides over decades and takes an exact number in its field.

    ``valueChanged`` is emitted for every change, while dragging too.
    """

    valueChanged = Signal(float)

    def __init__(
        self,
        minimum: float = 1e-6,
        maximum: float = 1.0,
        value: float = 1e-3,
        *,
        name: str = "Learning rate",
        parent: QWidget | None = None,
    ) -> None:
        if not 0 < minimum < maximum:
            raise ValueError("A logarithmic slider needs 0 < minimum < maximum.")
        super().__init__(parent)
        self._minimum, self._maximum = minimum, maximum
        self._value = min(max(value, minimum), maximum)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        """The slider itself."""
        self.field = QLineEdit()
        """The field for an exact number."""
        self.slider.setRange(0, round(log10(maximum / minimum) * STEPS_PER_DECADE))
        self.slider.setSingleStep(KEY_STEP)
        self.slider.setPageStep(STEPS_PER_DECADE)
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.slider.setTickInterval(STEPS_PER_DECADE)
        self.slider.setMinimumWidth(100)
        self.slider.setAccessibleName(name)
        self.field.setFont(fonts.panel_mono())
        self.field.setFixedWidth(72)
        self.field.setAccessibleName(f"{name}, exact")
        self.setAccessibleName(name)
        self.setFocusProxy(self.field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(sizes.GAPS[1])
        row.addWidget(self.slider, 1)
        row.addWidget(self.field)
        self._show()
        self.slider.valueChanged.connect(self._slid)
        self.field.editingFinished.connect(self._typed)
        self.field.textEdited.connect(self._judge)

    def value(self) -> float:
        """The number in force."""
        return self._value

    def setValue(self, value: float) -> None:
        """Set the number, kept within the range."""
        self._take(value)

    @property
    def held(self) -> bool:
        """Whether a person is about to choose: the slider is down, or something was typed."""
        return self.slider.isSliderDown() or (self.field.hasFocus() and self.field.isModified())

    def minimum(self) -> float:
        """The least number."""
        return self._minimum

    def maximum(self) -> float:
        """The greatest number."""
        return self._maximum

    def _take(self, value: float) -> None:
        value = min(max(value, self._minimum), self._maximum)
        changed = value != self._value
        self._value = value
        self._show()
        if changed:
            self.valueChanged.emit(value)

    def _show(self) -> None:
        place = round(log10(self._value / self._minimum) * STEPS_PER_DECADE)
        # The slider has coarser steps than the field: it must not round the value.
        with QSignalBlocker(self.slider):
            self.slider.setValue(place)
        self.field.setText(self._text())
        self._mark(wrong=False)

    def _text(self) -> str:
        text = written(self._value)
        # A number typed with more figures is shown with them.
        return text if abs(float(text) / self._value - 1) < 1e-9 else f"{self._value:.4g}"

    def _slid(self, place: int) -> None:
        value = self._minimum * 10 ** (place / STEPS_PER_DECADE)
        # Two figures, as shown: what is written is what is used.
        self._take(float(f"{value:.1e}"))

    def _parsed(self) -> float | None:
        try:
            value = float(self.field.text().strip().replace(",", "."))
        except ValueError:
            return None
        return value if isfinite(value) and value > 0 else None

    def _typed(self) -> None:
        value = self._parsed()
        if value is None:
            self._show()
        elif self.field.text() != self._text():
            self._take(value)

    def _judge(self) -> None:
        self._mark(wrong=self._parsed() is None)

    def _mark(self, *, wrong: bool) -> None:
        problem = "error" if wrong else None
        if self.field.property("problem") != problem:
            self.field.setProperty("problem", problem)
            self.field.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down step the number, Escape forgets what was typed."""
        if event.key() == Qt.Key.Key_Up:
            self.slider.triggerAction(QSlider.SliderAction.SliderSingleStepAdd)
        elif event.key() == Qt.Key.Key_Down:
            self.slider.triggerAction(QSlider.SliderAction.SliderSingleStepSub)
        elif event.key() == Qt.Key.Key_Escape and self.field.text() != self._text():
            self._show()
        else:
            super().keyPressEvent(event)
