from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.widgets import LogSlider
from netbuilder.app.widgets.log_slider import written

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def rate(qtbot: QtBot, qapp: QApplication) -> LogSlider:
    theme.apply(qapp, "dark")
    widget = LogSlider(1e-5, 1e-1, 4e-4)
    qtbot.addWidget(widget)
    widget.resize(260, 26)
    widget.show()
    return widget


def test_it_writes_two_figures(rate: LogSlider) -> None:
    assert rate.field.text() == "4.0e-4"
    assert written(12.0) == "1.2e1"


def test_typing_sets_the_exact_number(rate: LogSlider, qtbot: QtBot) -> None:
    rate.field.selectAll()
    with qtbot.waitSignal(rate.valueChanged) as changed:
        qtbot.keyClicks(rate.field, "0.00123")
        qtbot.keyClick(rate.field, Qt.Key.Key_Return)
    assert changed.args == [0.00123]
    assert rate.value() == 0.00123
    assert rate.field.text() == "0.00123"


def test_nonsense_is_marked_and_then_forgotten(rate: LogSlider, qtbot: QtBot) -> None:
    rate.field.selectAll()
    with qtbot.assertNotEmitted(rate.valueChanged):
        qtbot.keyClicks(rate.field, "fast")
        assert rate.field.property("problem") == "error"
        qtbot.keyClick(rate.field, Qt.Key.Key_Return)
    assert rate.field.text() == "4.0e-4"
    assert rate.field.property("problem") is None


def test_arrow_keys_step_by_a_tenth_of_a_decade(rate: LogSlider, qtbot: QtBot) -> None:
    qtbot.keyClick(rate.slider, Qt.Key.Key_Right)
    assert rate.value() == pytest.approx(4e-4 * 10**0.1, rel=0.03)
    qtbot.keyClick(rate.field, Qt.Key.Key_Down)
    assert rate.value() == pytest.approx(4e-4, rel=0.03)


def test_the_ends_of_the_slider_are_the_ends_of_the_range(rate: LogSlider, qtbot: QtBot) -> None:
    qtbot.keyClick(rate.slider, Qt.Key.Key_End)
    assert rate.value() == pytest.approx(1e-1)
    qtbot.keyClick(rate.slider, Qt.Key.Key_Home)
    assert rate.value() == pytest.approx(1e-5)


def test_a_click_on_the_groove_goes_there(rate: LogSlider, qtbot: QtBot) -> None:
    middle = rate.slider.rect().center()
    qtbot.mouseClick(rate.slider, Qt.MouseButton.LeftButton, pos=middle)
    assert rate.value() == pytest.approx(1e-3, rel=0.1)


def test_setting_the_same_number_is_silent(rate: LogSlider, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(rate.valueChanged):
        rate.setValue(4e-4)
    rate.setValue(50.0)
    assert rate.value() == rate.maximum()


def test_a_range_through_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="0 < minimum"):
        LogSlider(0.0, 1.0)
