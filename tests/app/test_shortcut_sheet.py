"""The sheet of keys is made of the actions themselves."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from netbuilder.app.shortcut_sheet import ShortcutSheet


def test_it_lists_what_has_a_key_and_finds_by_words_and_keys(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    actions = []
    for text, keys in (("Mute", "M"), ("Group", "Ctrl+G"), ("Nothing", "")):
        action = QAction(text, owner)
        action.setShortcut(keys)
        actions.append(action)
    sheet = ShortcutSheet(owner, {"Graph": actions, "Empty": []})
    assert sheet.commands.shown() == [("Mute", "M"), ("Group", "Ctrl+G")]
    assert sheet.commands.tree.topLevelItemCount() == 1
    sheet.commands.field.setText("ctrl+g")
    assert sheet.commands.shown() == [("Group", "Ctrl+G")]
    sheet.commands.field.setText("mut")
    assert sheet.commands.shown() == [("Mute", "M")]
    sheet.commands.field.setText("no such thing")
    assert sheet.commands.shown() == []
