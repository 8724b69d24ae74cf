from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.widgets import Chip

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture(autouse=True)
def _dark(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")


def test_a_filter_is_chosen_by_click_and_by_key(qtbot: QtBot) -> None:
    chip = Chip("wrong 21", checkable=True)
    qtbot.addWidget(chip)
    chip.show()
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert chip.isChecked()
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    assert not chip.isChecked()
    assert chip.sizeHint().height() >= theme.sizes.HIT_AREA


def test_a_tag_lets_clicks_through(qtbot: QtBot) -> None:
    chip = Chip("done", "ok")
    qtbot.addWidget(chip)
    assert chip.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert chip.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_the_tone_is_seen_in_both_themes(qtbot: QtBot, qapp: QApplication) -> None:
    chip = Chip("failed", "error")
    qtbot.addWidget(chip)
    chip.resize(chip.sizeHint())
    for mode in ("dark", "light"):
        theme.apply(qapp, mode)
        image = chip.grab().toImage()
        assert image.pixelColor(3, image.height() // 2).name() == theme.current().error_bg
    chip.set("done", "ok")
    assert chip.accessibleName() == "done"
    assert chip.tone() == "ok"
