"""One optimiser: how it steps, which losses it minimises, which weights it may change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from netbuilder.app.panels.form import ChoiceField, FormRow, ParamForm, TextField
from netbuilder.app.panels.form.checklist import Checklist
from netbuilder.app.panels.training_settings import declared
from netbuilder.app.panels.training_settings.schedule_rows import ScheduleRows
from netbuilder.app.theme import colour, fonts, icons, sizes
from netbuilder.app.widgets import ThemedLabel
from netbuilder.graph import Optimiser, Value
from netbuilder.training.settings import ALGORITHMS, SettingError, checked

_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")


class OptimiserBox(QWidget):
    """Shows one optimiser; every change is told as the whole new value."""

    changed = Signal(object, str, object)
    """The new `Optimiser`, what was changed in words, session (None: a step of its own)."""
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._optimiser = Optimiser()
        self._taken: frozenset[str] = frozenset()
        self._alone = True
        self.heading = ThemedLabel(token="text", font=fonts.title())
        self.remove = QToolButton()
        self.remove.setIcon(icons.icon("delete", size=16))
        self.remove.setAutoRaise(True)
        self.remove.setFixedSize(sizes.HIT_AREA, sizes.HIT_AREA)
        self.remove.setToolTip("Remove this optimiser")
        self.remove.setAccessibleName("Remove this optimiser")
        self.remove.clicked.connect(self.removed)
        self.name = TextField()
        self.name_row = FormRow("Name", self.name, "Names its objective in the code.")
        self.algorithm = ChoiceField([(a.title, a.name) for a in ALGORITHMS.values()])
        self.algorithm_row = FormRow(
            "Algorithm", self.algorithm, "How a step follows the gradient."
        )
        self.form = ParamForm()
        self.schedule = ScheduleRows()
        self.own = ThemedLabel(token="text2", font=fonts.caption())
        self.own.setWordWrap(True)
        self.losses = Checklist("all losses", "these losses")
        self.updates = Checklist("all weights", "weights of")
        self.losses_row = FormRow("Minimises", self.losses, "The losses whose sum it minimises.")
        self.updates_row = FormRow(
            "Changes", self.updates, "The nodes whose weights it may change."
        )
        self._lay_out()
        self.name.typed.connect(self._judge_name)
        self.name.finished.connect(self._name_done)
        self.name.reverted.connect(self._revert_name)
        self.algorithm.chosen.connect(self._algorithm_chosen)
        self.form.edited.connect(self._edited)
        self.form.reset.connect(self._reset)
        self.schedule.changed.connect(self.changed)
        self.losses.chosen.connect(lambda ids: self._assign("losses", ids))
        self.updates.chosen.connect(lambda ids: self._assign("updates", ids))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.heading, 1)
        head.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(0)
        layout.addLayout(head)
        for row in (
            self.name_row,
            self.algorithm_row,
            self.schedule,
            self.form,
            self.losses_row,
            self.updates_row,
            self.own,
        ):
            layout.addWidget(row)

    # --- from the document -------------------------------------------------------------

    def show_optimiser(
        self,
        optimiser: Optimiser,
        alone: bool,
        taken: frozenset[str],
        losses: Sequence[str],
        weighted: Sequence[str],
        epochs: int = 10,
        steps: int | None = None,
    ) -> None:
        """Show an optimiser as it is; tells nobody.

        taken: names of the others. losses, weighted: ids that can be ticked. epochs, steps:
        how many there are, and how many steps one has, if that is known.
        """
        renamed = optimiser.name != self._optimiser.name
        self._optimiser, self._taken = optimiser, taken
        self._alone = alone
        self.heading.setText(f"Optimiser {optimiser.name}")
        for part in (self.heading, self.remove):
            part.setVisible(not alone)
        self.remove.setAccessibleName(f"Remove the optimiser {optimiser.name}")
        self.name_row.setVisible(not alone)
        if renamed or (not self.name.hasFocus() and self.name_row.message.isHidden()):
            self._revert_name()
        self.algorithm.show_value(optimiser.algorithm)
        known = ALGORITHMS.get(optimiser.algorithm)
        self.algorithm.setToolTip(known.help if known is not None else "")
        self.form.show_params(
            optimiser.name,
            declared.optimiser_params(optimiser),
            declared.optimiser_values(optimiser),
        )
        for name, row in self.form.rows.items():
            row.check = partial(self._objection, name)
        self.schedule.show_optimiser(optimiser, epochs, steps)
        own = declared.groups_in_words(optimiser)
        self.own.setText(own)
        self.own.setVisible(bool(own))
        self.losses.show_choice(losses, optimiser.losses)
        self.updates.show_choice(weighted, optimiser.updates)

    # --- to the document ---------------------------------------------------------------

    def _objection(self, name: str, value: Value) -> str:
        after = declared.with_optimiser_setting(self._optimiser, name, value)
        try:
            checked(after.algorithm, after.settings)
        except SettingError as error:
            return str(error) if error.setting == name else ""
        return ""

    def _edited(self, name: str, value: Value, session: object) -> None:
        after = declared.with_optimiser_setting(self._optimiser, name, value)
        label = self.form.rows[name].param.label.lower()
        self.changed.emit(after, f"Set {label} of {after.name}", (name, session))

    def _reset(self, name: str) -> None:
        row = self.form.rows[name]
        after = declared.with_optimiser_setting(self._optimiser, name, row.param.default)
        self.changed.emit(after, f"Reset {row.param.label.lower()} of {after.name}", None)

    def _algorithm_chosen(self, algorithm: object) -> None:
        if algorithm != self._optimiser.algorithm:
            after = declared.with_algorithm(self._optimiser, str(algorithm))
            title = ALGORITHMS[after.algorithm].title
            self.changed.emit(after, f"Train {after.name} with {title}", None)

    def _assign(self, what: str, ids: object) -> None:
        changes: dict[str, object] = {what: ids}
        after = replace(self._optimiser, **changes)  # type: ignore[arg-type]
        words = "Choose losses of" if what == "losses" else "Choose weights of"
        self.changed.emit(after, f"{words} {after.name}", None)

    def _judge_name(self, text: str) -> str:
        name, problem = text.strip(), ""
        if name in self._taken:
            problem = f"There is already an optimiser called {name}."
        elif not _NAME.match(name):
            problem = "Use small letters, digits and _ for a name."
        self.name_row.say(problem)
        return "" if problem else name

    def _name_done(self) -> None:
        name = self._judge_name(self.name.text())
        if name and name != self._optimiser.name:
            after = replace(self._optimiser, name=name)
            self.changed.emit(after, f"Rename {self._optimiser.name} to {name}", None)

    def _revert_name(self) -> None:
        self.name.show_text(self._optimiser.name)
        self.name_row.say("")

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._alone:
            QPainter(self).fillRect(0, 0, self.width(), 1, colour("line"))
