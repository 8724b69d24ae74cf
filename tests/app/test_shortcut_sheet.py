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
    assert sheet.shown() == [("Mute", "M"), ("Group", "Ctrl+G")]
    assert sheet.tree.topLevelItemCount() == 1
    sheet.field.setText("ctrl+g")
    assert sheet.shown() == [("Group", "Ctrl+G")]
    sheet.field.setText("mut")
    assert sheet.shown() == [("Mute", "M")]
    sheet.field.setText("no such thing")
    assert sheet.shown() == []
