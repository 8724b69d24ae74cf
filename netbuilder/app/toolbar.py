"""The bar below the menu: run, pause, step, stop, progress, learning rate, undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from netbuilder.app.theme import fonts, icons, sizes
from netbuilder.app.widgets import LogSlider, ThemedLabel
from netbuilder.training.events import EpochDone, Event, Failed, Finished, Read, Started, Steps

#: Which button is the sensible one in each state, and which make sense at all.
_PRIMARY = {"idle": "run", "off": "run", "stopped": "run", "running": "pause", "paused": "run"}
_SENSIBLE = {
    "starting": {"run"},
    "off": {"run"},
    "idle": {"run", "step"},
    "stopped": {"run", "step"},
    "running": {"pause", "stop"},
    "paused": {"run", "step", "stop"},
}
#: What the progress says in states where there is no run to tell of.
_BEFORE_A_RUN = {
    "starting": "Engine is starting …",
    "off": "No engine",
    "idle": "Ready to train",
}
#: From these widths on there is room for a part.
_NARROWEST, _COMMANDS_FROM, _RATE_NAME_FROM, _WHERE_FROM = 1140, 1220, 1300, 1400


class Toolbar(QWidget):
    """Tells what is pressed; shows what the session and its events say."""

    run_pressed = Signal()
    pause_pressed = Signal()
    step_pressed = Signal()
    stop_pressed = Signal()
    device_chosen = Signal(str)
    rate_changed = Signal(float)
    undo_pressed = Signal()
    redo_pressed = Signal()
    commands_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(sizes.TOOLBAR_HEIGHT)
        # Below what its parts ask for: they make room one after the other.
        self.setMinimumWidth(_NARROWEST)
        self.setAutoFillBackground(True)
        self._started: Started | None = None
        self._epoch = 1
        self._state, self._begun = "starting", False
        self.buttons = {
            "run": self._button("run", "Run", self.run_pressed, "Train"),
            "pause": self._button("pause", "Pause", self.pause_pressed, "Wait after this step"),
            "step": self._button("step", "Step", self.step_pressed, "One batch, then wait"),
            "stop": self._button("stop", "Stop", self.stop_pressed, "End the run"),
        }
        # As wide as it gets, so that the others stay in their places.
        self.buttons["run"].setText("Resume")
        self.buttons["run"].setMinimumWidth(self.buttons["run"].sizeHint().width())
        self.device = QComboBox()
        self.device.setAccessibleName("Device")
        self.device.addItem(icons.icon("device"), "auto")
        self.device.setMinimumWidth(96)
        self.device.textActivated.connect(self.device_chosen)
        self.epoch = ThemedLabel("", token="text", font=fonts.ui(12, 500), steady=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the run")
        self.bar.setMinimumWidth(80)
        self.bar.setMaximumWidth(210)
        self.bar.setFixedHeight(6)
        self.where = ThemedLabel("", token="text2", font=fonts.panel_mono(), steady=True)
        self.left = ThemedLabel("", token="text2", font=fonts.panel_mono(), steady=True)
        self.rate_name = QLabel("Learning rate")
        self.rate = LogSlider(1e-6, 1.0, 1e-3)
        self.rate.setMaximumWidth(230)
        self.rate.setToolTip(
            "Learning rate, as it is now. Under a schedule, moving it multiplies all that follow, "
            "and the project's own rate by as much."
        )
        self.rate.valueChanged.connect(self.rate_changed)
        self.undo = self._tool("undo", "Undo", self.undo_pressed)
        self.redo = self._tool("redo", "Redo", self.redo_pressed)
        self.commands = QPushButton(icons.icon("search"), "Commands")
        self.commands.setAccessibleName("Commands")
        self.commands.setToolTip("Every command by its name")
        self.commands.clicked.connect(self.commands_pressed)
        self._lay_out()
        self.set_state("starting")

    def _button(self, icon: str, text: str, signal: object, tip: str) -> QPushButton:
        button = QPushButton(icons.icon(icon), text)
        button.setToolTip(tip)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(signal)
        return button

    def _tool(self, icon: str, text: str, signal: object) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon))
        button.setIconSize(QSize(18, 18))
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setAutoRaise(True)
        button.clicked.connect(signal)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addWidget(_separator())
        row.addWidget(self.device)
        row.addWidget(_separator())
        for widget in (self.epoch, self.bar, self.where, self.left):
            row.addWidget(widget)
        self.bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addStretch(1)
        row.addWidget(_separator())
        row.addWidget(self.rate_name)
        row.addWidget(self.rate)
        row.addWidget(_separator())
        row.addWidget(self.undo)
        row.addWidget(self.redo)
        row.addWidget(self.commands)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the least needed parts go first."""
        width = self.width()
        self.where.setVisible(width >= _WHERE_FROM)
        self.rate_name.setVisible(width >= _RATE_NAME_FROM)
        self.commands.setText("Commands" if width >= _COMMANDS_FROM else "")
        super().resizeEvent(event)

    # --- what the window says --------------------------------------------------------------

    def set_state(self, state: str) -> None:
        """Buttons that make sense in a state of the session; the sensible one is primary."""
        self._state = state
        for name, button in self.buttons.items():
            button.setEnabled(name in _SENSIBLE[state])
            button.setDefault(False)
            button.setDefault(name == _PRIMARY.get(state))
        self.buttons["run"].setText("Resume" if state == "paused" else "Run")
        if state in _BEFORE_A_RUN:
            self._started = None
            self.bar.setValue(0)
            self.where.setText("")
            self.left.setText("")
            self.epoch.setText(_BEFORE_A_RUN[state])
        elif state == "paused":
            self.left.setText("paused")

    def clear(self) -> None:
        """Another project is open: the last run was not its own."""
        self.set_state("idle")

    def set_devices(self, devices: Sequence[str], chosen: str) -> None:
        """Offer what the engine found."""
        self.device.clear()
        for name in dict.fromkeys(("auto", *devices)):
            self.device.addItem(icons.icon("device"), name)
        self.choose_device(chosen)

    def choose_device(self, name: str) -> None:
        """Show the device of the project."""
        index = self.device.findText(name)
        self.device.setCurrentIndex(max(index, 0))

    def set_rate(self, value: float) -> None:
        """Show a learning rate without telling that it changed."""
        if value > 0 and value != self.rate.value():
            self.rate.blockSignals(True)
            self.rate.setValue(value)
            self.rate.blockSignals(False)

    def follow(self, events: Sequence[Event]) -> None:
        """Show how far the run is."""
        for event in events:
            if isinstance(event, Read):
                self._read(event)
            elif isinstance(event, Started):
                self._started, self._begun = event, True
                self.bar.setRange(0, max(event.epochs * event.steps_per_epoch, 1))
                self._show(event.step, event.step // event.steps_per_epoch + 1)
            elif isinstance(event, Steps):
                self._show(event.last + 1, event.epoch)
                self._in_force(event.learning_rates)
                self.left.setText(f"{_clock(event.seconds_left)} left")
            elif isinstance(event, EpochDone):
                self._show(event.step, event.epoch)
                self._in_force(event.learning_rates)
            elif isinstance(event, Finished):
                self._begun = False
                self._show(event.step, event.epoch)
                self.left.setText("stopped" if event.stopped else f"took {_clock(event.seconds)}")
            elif isinstance(event, Failed):
                self._begun = False
                self.left.setText("failed")

    def _read(self, event: Read) -> None:
        """A run that is about to begin reads its data for the first time."""
        if self._state == "running" and not self._begun:
            self.bar.setRange(0, max(event.total, 1))
            self.bar.setValue(event.done)
            self.epoch.setText("Reading")
            self.where.setText(f"{event.done:,} / {event.total:,}")
            self.left.setText("")

    def _in_force(self, rates: Mapping[str, float]) -> None:
        """The rate that a schedule has come to, unless a person is choosing another."""
        if rates and not self.rate.held:
            self.set_rate(next(iter(rates.values())))

    def _show(self, step: int, epoch: int) -> None:
        if self._started is None:
            return
        each = self._started.steps_per_epoch
        self.bar.setValue(step)
        self.epoch.setText(f"Epoch {min(epoch, self._started.epochs)} of {self._started.epochs}")
        within = step - (epoch - 1) * each
        self.where.setText(f"step {max(0, min(within, each))} / {each}")


def _separator() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.VLine)
    line.setFixedSize(17, sizes.TOOLBAR_SEPARATOR)
    return line


def _clock(seconds: float) -> str:
    """0:41, 12:05, 1:02:09."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
