"""Which keys do which command: those it is declared with, unless a person chose others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from netbuilder.app.preferences import Preferences
from netbuilder.app.theme.keycaps import caps

Keys = tuple[QKeySequence, ...]
#: What these do is no command, and is done everywhere.
_FIXED = {"Esc": "Esc ends what is going on", "Space": "Space and dragging moves the view"}


class Keymap(QObject):
    """Gives the actions of a window their keys, and remembers what was chosen.

    A command is called by the object name of its action. Its first keys are those that the
    action came with. What a person chose goes before: a first key that another command was
    given is not done twice, and comes back as soon as that one lets go of it.
    """

    changed = Signal()

    def __init__(
        self, groups: Mapping[str, Sequence[QAction]], preferences: Preferences, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.groups = {
            title: [a for a in actions if a.objectName()] for title, actions in groups.items()
        }
        self._actions = {a.objectName(): a for group in self.groups.values() for a in group}
        self._first: dict[str, Keys] = {n: tuple(a.shortcuts()) for n, a in self._actions.items()}
        self._preferences = preferences
        self._chosen: dict[str, Keys] = {}
        #: Entries of the file for commands that are not known here; they stay in it.
        self._unknown: dict[str, Any] = {}
        #: What of the file could not be used, as one sentence.
        self.trouble = self._read(preferences.table("keys"))
        self._apply()

    # --- asking ------------------------------------------------------------------------------

    def words(self, name: str) -> str:
        """What a command is called in the menus."""
        return self._actions[name].text().replace("&", "").rstrip(" …")

    def keys(self, name: str) -> Keys:
        """The keys that do a command now."""
        if name in self._chosen:
            return self._chosen[name]
        taken = {key for keys in self._chosen.values() for key in keys}
        return tuple(key for key in self._first[name] if key not in taken)

    def text(self, name: str) -> str:
        """The same for the screen; "" for none."""
        return caps(self.keys(name))

    def first(self, name: str) -> Keys:
        """The keys a command is declared with."""
        return self._first[name]

    def is_changed(self, name: str) -> bool:
        """Whether a command's keys are others than at first."""
        return self.keys(name) != self._first[name]

    def holders(self, name: str, keys: Keys) -> list[str]:
        """The other commands that one of these keys does now."""
        return [n for n in self._actions if n != name and set(self.keys(n)) & set(keys)]

    @staticmethod
    def refusal(key: QKeySequence) -> str:
        """Why a key cannot be given to a command, as one sentence; "" if it can."""
        text = key.toString()
        if key.count() != 1 or not text:
            return "This is no key that a command can have: press another one."
        return f"{_FIXED[text]}, and does so always: press another key." if text in _FIXED else ""

    # --- choosing ------------------------------------------------------------------------------

    def choose(self, name: str, keys: Keys) -> None:
        """Give a command exactly these keys; whoever has them loses them."""
        for other in self.holders(name, keys):
            if other in self._chosen:
                self._chosen[other] = _without(self._chosen[other], keys)
        self._chosen.pop(name, None)
        if self.keys(name) != keys:
            self._chosen[name] = keys
        self._changed()

    @property
    def chosen(self) -> Mapping[str, Keys]:
        """What was chosen, by command."""
        return dict(self._chosen)

    def set_chosen(self, chosen: Mapping[str, Keys]) -> None:
        """Choose all of this and nothing else."""
        self._chosen = dict(chosen)
        self._changed()

    # --- showing ------------------------------------------------------------------------------

    def follow(self, name: str, show: Callable[[str], object]) -> None:
        """Tell the keys of a command now, and whenever they are others."""
        self.changed.connect(lambda: show(self.text(name)))
        show(self.text(name))

    def tip(self, name: str, widget: QWidget) -> None:
        """Let a tooltip end with the keys of a command."""
        words = widget.toolTip()
        self.follow(name, lambda keys: widget.setToolTip(f"{words} ({keys})" if keys else words))

    # --- the file ------------------------------------------------------------------------------

    def _read(self, table: Mapping[str, Any]) -> str:
        found: list[str] = []
        for name, texts in table.items():
            if name not in self._actions:
                self._unknown[name] = texts
                found.append(f"there is no command {name}")
                continue
            if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
                found.append(f"{self.words(name)} has no list of keys")
                continue
            keys = tuple(QKeySequence(t) for t in texts)
            wrong = [t for t, key in zip(texts, keys, strict=True) if self.refusal(key)]
            others = {key for chosen in self._chosen.values() for key in chosen}
            if wrong:
                found.append(f"{wrong[0]} is no key for {self.words(name)}")
            elif others & set(keys):
                found.append(f"the key of {self.words(name)} is another command's too")
            else:
                self._chosen[name] = keys
        return f"Some keys that you chose were left out: {'; '.join(found)}." if found else ""

    def _changed(self) -> None:
        self._apply()
        portable = {n: [k.toString() for k in keys] for n, keys in self._chosen.items()}
        self._preferences.keep(keys=self._unknown | portable)
        self.changed.emit()

    def _apply(self) -> None:
        # Letting go first: at no moment do two actions have one key.
        wanted = {name: list(self.keys(name)) for name in self._actions}
        changed = [n for n, keys in wanted.items() if self._actions[n].shortcuts() != keys]
        for name in changed:
            self._actions[name].setShortcuts([])
        for name in changed:
            self._actions[name].setShortcuts(wanted[name])


def _without(keys: Keys, gone: Keys) -> Keys:
    return tuple(key for key in keys if key not in gone)
