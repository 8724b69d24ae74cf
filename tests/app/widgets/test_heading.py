from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.widgets import Heading, ThemedLabel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_a_label_keeps_its_token_when_the_theme_changes(qtbot: QtBot, qapp: QApplication) -> None:
    label = ThemedLabel("42", "text3")
    qtbot.addWidget(label)
    for mode in ("dark", "light"):
        theme.apply(qapp, mode)
        assert label.palette().color(QPalette.ColorRole.WindowText).name() == theme.current().text3
    label.set_token("error")
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == theme.current().error
    theme.apply(qapp, "dark")


def test_a_heading_shows_a_note_only_if_it_has_one(qtbot: QtBot) -> None:
    heading = Heading("Feature maps")
    qtbot.addWidget(heading)
    heading.show()
    note = heading.findChildren(QLabel)[1]
    assert not note.isVisible()
    heading.set_note("16 × 14 × 14")
    assert note.isVisible()
    heading.set_text("Heads")
    assert heading.accessibleName() == heading.text() == "Heads"


def test_numbers_that_run_do_not_move_what_is_beside_them(qtbot: QtBot) -> None:
    label = ThemedLabel("", steady=True)
    qtbot.addWidget(label)
    label.setText("Epoch 9 of 20")
    nine = label.width()
    label.setText("Epoch 10 of 20")
    ten = label.width()
    assert ten > nine
    label.setText("Epoch 1 of 20")
    assert label.width() == ten
    label.setText("Ready")
    assert label.width() < nine
