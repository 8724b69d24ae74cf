"""Which schedule an optimiser's rate follows, its settings, and the curve they make."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder.app.panels.form import ChoiceField, FormRow, ParamForm
from netbuilder.app.panels.training_settings.rate_curve import RateCurve
from netbuilder.graph import Optimiser, Schedule, Value
from netbuilder.training.algorithm import SettingError
from netbuilder.training.schedules import SCHEDULES, checked_schedule
from netbuilder.training.settings import algorithm


class ScheduleRows(QWidget):
    """Shows the schedule of one optimiser; every change is told as the whole optimiser."""

    changed = Signal(object, str, object)
    """The new `Optimiser`, what was changed in words, session (None: a step of its own)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._optimiser = Optimiser()
        self.kind = ChoiceField([(s.title, s.name) for s in SCHEDULES.values()])
        self.kind_row = FormRow("Schedule", self.kind, "How the learning rate moves in a run.")
        self.form = ParamForm()
        self.curve = RateCurve()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.kind_row, self.form, self.curve):
            layout.addWidget(part)
        self.kind.chosen.connect(self._chosen)
        self.form.edited.connect(self._edited)
        self.form.reset.connect(self._reset)

    def show_optimiser(self, optimiser: Optimiser, epochs: int, steps: int | None) -> None:
        """Show its schedule over so many epochs; steps: in one of them, None if unknown."""
        self._optimiser = optimiser
        schedule = optimiser.schedule
        self.kind.show_value(schedule.name)
        known = SCHEDULES.get(schedule.name)
        self.kind.setToolTip(known.help if known is not None else "")
        params = known.params if known is not None else ()
        values = {p.name: schedule.settings.get(p.name, p.default) for p in params}
        self.form.show_params((optimiser.name, schedule.name), params, values)
        for name, row in self.form.rows.items():
            row.check = partial(self._objection, name)
        rate = optimiser.settings.get("lr")
        if not isinstance(rate, (int, float)):
            try:
                rate = algorithm(optimiser.algorithm).setting("lr").default
            except SettingError:
                rate = 0.0
        self.curve.show_schedule(schedule, float(rate or 0.0), epochs, steps)

    def _with(self, name: str, value: Value) -> Optimiser:
        schedule = self._optimiser.schedule
        after = Schedule(schedule.name, {**schedule.settings, name: value})
        return replace(self._optimiser, schedule=after)

    def _objection(self, name: str, value: Value) -> str:
        try:
            checked_schedule(self._with(name, value).schedule)
        except SettingError as error:
            return str(error) if error.setting == name else ""
        return ""

    def _chosen(self, name: object) -> None:
        schedule = self._optimiser.schedule
        if name == schedule.name:
            return
        known = {p.name for p in SCHEDULES[str(name)].params}
        kept = {k: v for k, v in schedule.settings.items() if k in known and "warmup" in k}
        after = replace(self._optimiser, schedule=Schedule(str(name), kept))
        self.changed.emit(after, f"Schedule the rate of {after.name}", None)

    def _edited(self, name: str, value: Value, session: object) -> None:
        label = self.form.rows[name].param.label.lower()
        words = f"Set {label} of {self._optimiser.name}"
        self.changed.emit(self._with(name, value), words, ("schedule", name, session))

    def _reset(self, name: str) -> None:
        after = self._with(name, self.form.rows[name].param.default)
        self.changed.emit(after, f"Reset the schedule of {after.name}", None)
