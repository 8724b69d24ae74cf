from __future__ import annotations

import gc
import sys

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.theme import fonts, palette

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_changed_is_said_once_and_only_when_it_did(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, "dark")
    with qtbot.waitSignal(theme.changed):
        theme.apply(qapp, "light")
    with qtbot.assertNotEmitted(theme.changed):
        theme.apply(qapp, "light")
    assert theme.theme.mode == "light"
    assert theme.current() is theme.LIGHT


def test_the_system_decides_when_asked(qapp: QApplication) -> None:
    theme.apply(qapp, "system")
    assert theme.theme.mode == "system"
    assert theme.current() in (theme.DARK, theme.LIGHT)
    theme.apply(qapp, "dark")


def test_the_person_or_the_desktop_can_ask_for_contrast(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme.apply(qapp, "dark", contrast=True)
    assert theme.current() == theme.high_contrast(theme.DARK)
    theme.apply(qapp, "light")
    assert theme.current() == theme.high_contrast(theme.LIGHT)
    strong = theme.current()
    assert qapp.palette().placeholderText().color().name() == strong.text
    assert qapp.palette().mid().color().name() == strong.line_strong
    with qtbot.waitSignal(theme.changed):
        theme.apply(qapp, "light", contrast=False)
    assert theme.current() is theme.LIGHT
    monkeypatch.setattr(palette, "_asked_for_contrast", lambda app: True)
    theme.apply(qapp, "dark")
    assert theme.current() == theme.high_contrast(theme.DARK)
    assert theme.current().image == theme.DARK.image, "data keeps its colours"
    monkeypatch.undo()
    theme.apply(qapp, "dark")
    assert theme.current() is theme.DARK


def test_the_style_survives_the_collector(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    gc.collect()
    assert isinstance(qapp.style(), theme.NetBuilderStyle)
    assert qapp.style().standardPalette().window().color().name() == theme.DARK.window


def test_the_shipped_fonts_are_used(qapp: QApplication) -> None:
    assert -1 not in fonts.load()
    assert QFontInfo(fonts.body()).family() == "Inter"
    assert QFontInfo(fonts.panel_mono()).family() == "JetBrains Mono"
    assert fonts.section().pixelSize() == 13
    assert fonts.title().weight() == QFont.Weight.DemiBold
    assert fonts.node_mono().pointSizeF() > 0, "a half pixel can only be asked for in points"


def test_numbers_keep_their_width(qapp: QApplication) -> None:
    metrics = QFontMetricsF(fonts.body())
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("0000")


def test_code_has_no_ligatures(qapp: QApplication) -> None:
    metrics = QFontMetricsF(fonts.mono(11))
    assert metrics.horizontalAdvance("->") == pytest.approx(2 * metrics.horizontalAdvance("-"))


def test_the_signs_of_the_look_exist(qapp: QApplication) -> None:
    for font in (fonts.body(), fonts.panel_mono()):
        metrics = QFontMetricsF(font)
        for sign in "×·→−Σμσθ∂≤√↓↑":
            assert metrics.inFontUcs4(ord(sign)), sign


def test_none_keeps_its_references(qapp: QApplication) -> None:
    # PySide 6.12.0 loses one with every call on Python 3.11, and aborts at zero.
    before = sys.getrefcount(None)
    for _ in range(1000):
        theme.colour("text")
        qapp.processEvents()
    assert sys.getrefcount(None) > before - 100
