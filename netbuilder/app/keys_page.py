"""Every command with its keys: click one and press the keys it shall have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.command_tree import CommandTree, action_of
from netbuilder.app.key_field import KeyField
from netbuilder.app.keymap import Keymap, Keys
from netbuilder.app.theme import fonts
from netbuilder.app.theme.keycaps import caps
from netbuilder.app.widgets import Callout, CalloutKind
from netbuilder.app.widgets.callout import LinkAction


class KeysPage(QDialog):
    """A change takes effect at once; a key that is another command's is asked about."""

    def __init__(self, parent: QWidget, keymap: Keymap) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keys")
        self.resize(520, 620)
        self._keymap = keymap
        self.commands = CommandTree(keymap.groups, keyless=True)
        self.tree = self.commands.tree
        self.recording: KeyField | None = None
        self.note = Callout("info", "")
        self.note.hide()
        self.another = self._button("Another key", "Give the command one key more")
        self.none = self._button("No key", "Leave the command without a key")
        self.reset = self._button("Reset", "The keys that the command had at first")
        self.reset_all = self._button("Reset all", "The keys that every command had at first")
        row = QHBoxLayout()
        for button in (self.another, self.none, self.reset):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.reset_all)
        layout = QVBoxLayout(self)
        layout.addWidget(self.commands, 1)
        layout.addWidget(self.note)
        layout.addLayout(row)
        self.tree.itemClicked.connect(self._clicked)
        self.tree.itemActivated.connect(self._clicked)
        self.tree.currentItemChanged.connect(self._chosen)
        self.another.clicked.connect(self._add)
        self.none.clicked.connect(self._take_off)
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._reset_all)
        keymap.changed.connect(self._refresh)
        self._refresh()
        self.say("info", "Click a command, or press Enter on it, and press the keys it shall have.")
        self.commands.setFocus()

    def _button(self, words: str, about: str) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.setToolTip(about)
        return button

    # --- recording ---------------------------------------------------------------------------

    def record(self, row: QTreeWidgetItem, more: bool = False) -> None:
        """Take the next keys for the command of a row; `more`: beside those it has."""
        self._end()
        self.tree.setCurrentItem(row)
        self.tree.scrollToItem(row)
        field = KeyField(self.tree)
        field.keySequenceChanged.connect(partial(self._pressed, row, more))
        field.left.connect(self._end)
        self.recording = field
        self.tree.setItemWidget(row, 1, field)
        field.setFocus()
        self.say("info", f"Press the keys for {self._words(row)}; Esc leaves it as it is.")

    def _clicked(self, row: QTreeWidgetItem, column: int) -> None:
        if action_of(row) is not None:
            self.record(row)

    def _end(self) -> None:
        field, self.recording = self.recording, None
        row = self.tree.currentItem()
        if field is not None and row is not None:
            had_focus = field.hasFocus()
            self.tree.removeItemWidget(row, 1)
            self.note.hide()
            if had_focus:
                self.tree.setFocus()

    def _pressed(self, row: QTreeWidgetItem, more: bool, key: QKeySequence) -> None:
        if key.isEmpty() or self.recording is None:
            return
        self._end()
        refusal = self._keymap.refusal(key)
        if refusal:
            self.say("error", refusal)
            return
        had = self._keymap.keys(self._name(row)) if more else ()
        self._give(row, (*(k for k in had if k != key), key))

    # --- changing ----------------------------------------------------------------------------

    def _give(self, row: QTreeWidgetItem, keys: Keys) -> None:
        """Give these keys to a command, if need be after asking for another one's."""
        name = self._name(row)
        holders = self._keymap.holders(name, keys)
        if not holders:
            self._keymap.choose(name, keys)
            shown = self._keymap.text(name) or "no key"
            self.say("ok", f"{self._words(row)} has {shown} now.")
            return
        use = ("Use it here", partial(self._use, row, keys))
        leave = ("Leave it there", self.note.hide)
        self.say("warning", self._question(holders, keys), use, leave)

    def _question(self, holders: list[str], keys: Keys) -> str:
        keymap = self._keymap
        taken = [k for k in keys if any(k in keymap.keys(n) for n in holders)]
        words = " and ".join(keymap.words(name) for name in holders)
        kept = caps(k for n in holders for k in keymap.keys(n) if k not in keys)
        rest = f"leave that with {kept}" if kept else "leave that without a key"
        return f"{caps(taken)} is {words}; use it here and {rest}?"

    def _use(self, row: QTreeWidgetItem, keys: Keys) -> None:
        self._keymap.choose(self._name(row), keys)
        self.say("ok", f"{self._words(row)} has {self._keymap.text(self._name(row))} now.")

    def _add(self) -> None:
        row = self.tree.currentItem()
        if row is not None and action_of(row) is not None:
            self.record(row, more=True)

    def _take_off(self) -> None:
        row = self.tree.currentItem()
        if row is not None and action_of(row) is not None:
            self._give(row, ())

    def _reset(self) -> None:
        row = self.tree.currentItem()
        if row is not None and action_of(row) is not None:
            self._give(row, self._keymap.first(self._name(row)))

    def _reset_all(self) -> None:
        chosen = self._keymap.chosen
        self._keymap.set_chosen({})
        if chosen:
            back = ("Take that back", partial(self._restore, chosen))
            self.say("ok", "Every command has the keys that it had at first.", back)

    def _restore(self, chosen: Mapping[str, Keys]) -> None:
        self._keymap.set_chosen(chosen)
        self.say("ok", "Your keys are back.")

    # --- showing -----------------------------------------------------------------------------

    def say(self, kind: CalloutKind, sentence: str, *links: LinkAction) -> None:
        """One sentence below the list, with what can be done about it."""
        self.note.set_message(kind, sentence, links)
        self.note.show()
        if (row := self.tree.currentItem()) is not None:
            QTimer.singleShot(0, self.tree, partial(self._show_row, row))  # the list is lower now

    def _show_row(self, row: QTreeWidgetItem) -> None:
        self.tree.scrollToItem(row)

    def _refresh(self) -> None:
        self.commands.refresh()
        for row in self.commands.rows():
            changed = self._keymap.is_changed(self._name(row))
            row.setFont(1, fonts.ui(11, fonts.SEMIBOLD if changed else fonts.REGULAR))
        self._chosen()

    def _chosen(self, *_: object) -> None:
        row = self.tree.currentItem()
        name = self._name(row) if row is not None and action_of(row) is not None else ""
        self.another.setEnabled(bool(name))
        self.none.setEnabled(bool(name) and bool(self._keymap.keys(name)))
        self.reset.setEnabled(bool(name) and self._keymap.is_changed(name))
        self.reset_all.setEnabled(bool(self._keymap.chosen))

    def _name(self, row: QTreeWidgetItem) -> str:
        action = action_of(row)
        return action.objectName() if action is not None else ""

    def _words(self, row: QTreeWidgetItem) -> str:
        return self._keymap.words(self._name(row))
