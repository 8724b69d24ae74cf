"""The row of one parameter: what is typed is checked at once, and only a right value leaves.

Bad text stays where it is, with the reason beneath it, until it is mended or Escape
brings back what was there. Keystrokes of one visit share a `session`, so that they
become one undo step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from netbuilder.app.panels.form.controls import (
    SEVERAL,
    ChoiceField,
    PathField,
    StepField,
    TextField,
)
from netbuilder.app.panels.form.row import FormRow, line_of
from netbuilder.app.panels.form.text import Scope, read, shown, stepped
from netbuilder.app.panels.form.toggle import Toggle
from netbuilder.compiler.report import Fix, Problem
from netbuilder.graph import Value
from netbuilder.layers import Param, ParamError

if TYPE_CHECKING:
    from netbuilder.app.panels.form.code_field import CodeField

TextControl: TypeAlias = "TextField | StepField | PathField | CodeField"


class Mixed:
    """Stands for the value of several nodes that differ."""


MIXED = Mixed()


class ParamRow(FormRow):
    """A parameter with its control; see `show_value`."""

    edited = Signal(str, object, object)
    """Name, new value, session: equal sessions belong to one undo step."""
    reset = Signal(str)
    fix_wanted = Signal(object)

    def __init__(self, param: Param, scope: Scope | None = None, parent: QWidget | None = None):
        control = _control(param)
        self._text_field: TextControl | None = None
        super().__init__(param.label, control, param.help, parent)
        self.param = param
        self.scope: Scope = scope or {}
        self._value: Value | Mixed = param.default
        self._begin()
        self._bad = ""
        self._problem: Problem | None = None
        #: Says why a value that fits its own range cannot be used, or an empty text.
        self.check: Callable[[Value], str] = lambda value: ""
        self.link.connect(self._link_clicked)
        self.reset_wanted.connect(lambda: self.reset.emit(param.name))
        if isinstance(control, (ChoiceField, Toggle)):
            control.chosen.connect(self._chosen)
        else:
            self._text_field = control
            control.typed.connect(self._typed)
            control.finished.connect(self._finished)
            control.reverted.connect(self._revert)
        if isinstance(control, StepField):
            control.stepped.connect(self._stepped)

    # --- from the document -------------------------------------------------------------

    def show_value(self, value: Value | Mixed, problem: Problem | None = None) -> None:
        """Show the document's value and what the compiler says of it; tells nobody."""
        differs = value is not self._value and value != self._value
        self._value, self._problem = value, problem
        if differs:
            # Undo, redo or another panel: what was typed here is overtaken.
            self._bad = ""
            self._begin()
        if self.param.default is not None or self.param.optional:
            usual = shown(self.param, self.param.default) or "none"
            if self.param.type == "code":
                usual = "the example"
            self.show_changed(value is MIXED or value != self.param.default, usual)
        if isinstance(self.control, (ChoiceField, Toggle)):
            self.control.show_value(None if value is MIXED else value)
            if isinstance(self.control, Toggle):
                self.control.setText(SEVERAL if value is MIXED else "")
        elif not self._bad and not self._still_meant():
            self._show_text()
        self._speak()

    def show_note(self, words: str) -> None:
        """A few words beside a switch, such as what turning it on costs."""
        if isinstance(self.control, Toggle) and self._value is not MIXED:
            self.control.setText(words)
            self.control.updateGeometry()

    def mark_line(self, line: int | None) -> None:
        """Mark the line of several in which something is wrong."""
        mark = getattr(self.control, "mark_error", None)
        if mark is not None:
            mark(line)

    def draft(self) -> str | None:
        """Text that could not be applied, or None."""
        return self._text() if self._bad else None

    def restore(self, draft: str) -> None:
        """Put back a text that could not be applied, with the reason."""
        if self._text_field is not None:
            self._text_field.show_text(draft)
            self._judge(draft)

    def forget_draft(self) -> None:
        """Leave bad text behind and begin a new session, for another node."""
        self._bad = ""
        self._begin()
        self._show_text()

    @property
    def sentence(self) -> str:
        """What is wrong with the text, or empty."""
        return self._bad

    # --- from the person ---------------------------------------------------------------

    def _typed(self, text: str) -> None:
        ok, value = self._judge(text)
        if ok:
            self._apply(value)
        else:
            self._restore()

    def _begin(self) -> None:
        """Begin a session: what is typed from now on is one undo step of its own."""
        self._session = object()
        self._start: Value | Mixed = MIXED

    def _apply(self, value: Value) -> None:
        if value != self._value:
            if self._start is MIXED:
                self._start = self._value
            self._value = value
            self.edited.emit(self.param.name, value, self._session)

    def _restore(self) -> None:
        """Take back what the beginning of a bad text meant: of ``0.9`` also ``0``."""
        if not isinstance(self._start, Mixed):
            self._apply(self._start)

    def _judge(self, text: str) -> tuple[bool, Value]:
        try:
            value = read(self.param, text, self.scope)
            self._bad = self.check(value)
        except ParamError as error:
            value, self._bad = None, str(error)
        self._speak()
        return not self._bad, value

    def _chosen(self, value: Any) -> None:
        self._bad = self.check(value)
        if not self._bad and value != self._value:
            self.edited.emit(self.param.name, value, object())
            return
        if self._bad and isinstance(self.control, (ChoiceField, Toggle)):
            self.control.show_value(None if self._value is MIXED else self._value)
        self._speak()

    def _stepped(self, steps: int) -> None:
        try:
            now = read(self.param, self._text(), self.scope)
        except ParamError:
            return
        value = stepped(self.param, now, steps)
        if isinstance(now, str) or value == now:
            return
        if self._text_field is not None:
            self._text_field.show_text(shown(self.param, value))
            self._typed(self._text())

    def _finished(self) -> None:
        if not self._bad:
            self._begin()
            self._show_text()

    def _revert(self) -> None:
        self._bad = ""
        self._restore()
        self._begin()
        self._show_text()
        line = line_of(self.control)
        if line is not None:
            line.selectAll()
        self._speak()

    def _link_clicked(self, place: int) -> None:
        if self._problem is not None and not self._bad:
            fix: Fix = self._problem.fixes[place]
            self.fix_wanted.emit(fix)

    # --- what is seen ------------------------------------------------------------------

    def _text(self) -> str:
        return "" if self._text_field is None else self._text_field.value_text()

    def _still_meant(self) -> bool:
        """Whether the text being typed already means the value, so that it may stay as it is."""
        if not self.control.hasFocus() or self._value is MIXED:
            return False
        try:
            return bool(read(self.param, self._text(), self.scope) == self._value)
        except ParamError:
            return False

    def _show_text(self) -> None:
        if self._text_field is None:
            return
        if isinstance(self._value, Mixed):
            self._text_field.show_text("", SEVERAL)
        else:
            empty = "none" if self.param.optional else ""
            self._text_field.show_text(shown(self.param, self._value), empty)

    def _speak(self) -> None:
        if self._bad:
            self.say(self._bad)
        elif self._problem is not None:
            links = tuple(fix.label for fix in self._problem.fixes)
            self.say(self._problem.message, self._problem.severity, links)
        else:
            self.say("")


def _control(param: Param) -> TextControl | ChoiceField | Toggle:
    if param.type == "bool":
        return Toggle()
    if param.type == "choice":
        choices: list[tuple[str, object]] = [(c.replace("_", " "), c) for c in param.choices]
        return ChoiceField([("none", None), *choices] if param.optional else choices)
    if param.type == "path":
        return PathField(folder=param.folder)
    if param.type == "code":
        from netbuilder.app.panels.form.code_field import CodeField  # its package needs this one

        return CodeField()
    if param.type == "text":
        return TextField()
    return StepField()
