"""Bookmarks by number."""

import pytest
from PySide6.QtCore import Qt

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize("number", [1, 9])
def test_ctrl_and_a_number_sets_what_the_number_goes_to(canvas, number):
    key = Qt.Key(Qt.Key.Key_0.value + number)
    before = canvas.view.camera.seen.center(), canvas.view.camera.scale
    with canvas.one_step():
        canvas.key(key, CTRL)
    canvas.view.camera.set_zoom(0.4)
    canvas.view.centerOn(2000, 900)
    with canvas.no_step():
        canvas.key(key)
    seen = canvas.view.camera.seen.center()
    assert (seen - before[0]).manhattanLength() < 2
    assert canvas.view.camera.scale == pytest.approx(before[1])


def test_a_bookmark_that_was_never_set_says_how(canvas):
    with canvas.no_step():
        canvas.key(Qt.Key.Key_4)
    assert canvas.refusals == ["There is no bookmark 4: Ctrl+4 sets it here."]


def test_numbers_in_a_field_are_numbers(canvas):
    canvas.view.select(["relu_1"])
    canvas.view.start_rename()
    with canvas.no_step():
        canvas.type("19")
        canvas.key(Qt.Key.Key_1, CTRL)
        assert canvas.view.renaming.text() == "19"
        canvas.key(Qt.Key.Key_Escape)
