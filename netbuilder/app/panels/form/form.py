"""A form generated from declared parameters."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder.app.panels.form.param_row import Mixed, ParamRow
from netbuilder.app.panels.form.text import Scope
from netbuilder.compiler.report import Problem
from netbuilder.graph import Value
from netbuilder.layers import Param


class ParamForm(QWidget):
    """One row a parameter; rows are kept while the parameters stay the same.

    Text that could not be applied is remembered by `subject` (what the form is about), so
    that looking at another node in between loses nothing.
    """

    edited = Signal(str, object, object)
    reset = Signal(str)
    fix_wanted = Signal(object)
    promote_wanted = Signal(str)
    search_wanted = Signal(str)
    carried = Signal(str, object, bool)
    """A parameter by its label: where on the screen (None: put back), and whether let go."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, ParamRow] = {}
        self._params: tuple[Param, ...] = ()
        self._subject: Hashable = None
        self._drafts: dict[tuple[Hashable, str], tuple[str, Value | Mixed]] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)

    def show_params(
        self,
        subject: Hashable,
        params: Sequence[Param],
        values: Mapping[str, Value | Mixed],
        scope: Scope | None = None,
        problems: Mapping[str, Problem] | None = None,
    ) -> None:
        """Show these parameters of `subject` with the document's values; tells nobody."""
        moved = subject != self._subject
        if moved:
            self._keep_drafts()
        if tuple(params) != self._params:
            self._build(tuple(params))
        self._subject = subject
        for name, row in self.rows.items():
            row.scope = scope or {}
            if moved:
                row.forget_draft()
            row.show_value(values[name], (problems or {}).get(name))
            self._shown[name] = values[name]
            text, meant = self._drafts.pop((subject, name), ("", None))
            # A draft that was about another value has been overtaken.
            if moved and text and meant == values[name]:
                row.restore(text)

    def _build(self, params: tuple[Param, ...]) -> None:
        for row in self.rows.values():
            row.hide()
            row.setParent(None)
            row.deleteLater()
        self._params, self.rows = params, {}
        self._shown: dict[str, Value | Mixed] = {}
        for param in params:
            row = ParamRow(param)
            row.edited.connect(self.edited)
            row.reset.connect(self.reset)
            row.fix_wanted.connect(self.fix_wanted)
            row.promote_wanted.connect(partial(self.promote_wanted.emit, param.name))
            row.search_wanted.connect(partial(self.search_wanted.emit, param.name))
            row.carry.moved.connect(partial(self._carried, param.name, False))
            row.carry.dropped.connect(partial(self._carried, param.name, True))
            row.carry.ended.connect(partial(self.carried.emit, param.name, None, False))
            self.rows[param.name] = row
            self._layout.addWidget(row)

    def _carried(self, name: str, dropped: bool, at: QPoint) -> None:
        self.carried.emit(name, at, dropped)

    def _keep_drafts(self) -> None:
        for name, row in self.rows.items():
            draft = row.draft()
            if draft is not None:
                self._drafts[self._subject, name] = draft, self._shown[name]
