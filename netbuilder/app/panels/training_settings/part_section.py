"""One part of the settings of a run under a heading of its own."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from netbuilder.app.panels.form import ParamForm, Section
from netbuilder.graph import Training, Value
from netbuilder.training.parts import Part


class PartSection(Section):
    """Shows a `Part` of `Training`; every change is told as the whole new value."""

    changed = Signal(object, str, object)
    """The new `Training`, what was changed in words, session (None: a step of its own)."""

    def __init__(self, part: Part, parent: QWidget | None = None) -> None:
        super().__init__(part.title, parent=parent)
        self.part = part
        self._training = Training()
        self.heading.setToolTip(f"{part.help} {part.cites}.")
        self.form = ParamForm()
        self.add(self.form)
        self.form.edited.connect(self._edited)
        self.form.reset.connect(self._reset)

    def show_training(self, training: Training) -> None:
        """Show what is set; tells nobody."""
        self._training = training
        own = training.settings.get(self.part.name, {})
        values = {p.name: own.get(p.name, p.default) for p in self.part.params}
        self.form.show_params(self.part.name, self.part.params, values)

    def _edited(self, name: str, value: Value, session: object) -> None:
        label = self.form.rows[name].param.label.lower()
        after = self._training.with_part(self.part.name, **{name: value})
        self.changed.emit(after, f"Set {label}", (self.part.name, name, session))

    def _reset(self, name: str) -> None:
        after = self._training.with_part(self.part.name, **{name: None})
        self.changed.emit(after, f"Reset {self.form.rows[name].param.label.lower()}", None)
