"""The confusion matrix: sizes, colours, counts and words."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.panels.pictures.ink import luminance, mixed, readable
from netbuilder.app.panels.train.confusion import CELL, GAP, HEADER, ConfusionView


def made(qtbot: QtBot, counts: np.ndarray, height: int = 262) -> ConfusionView:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.show_counts(counts)
    view.resize(view.sizeHint().width(), height)
    return view


def test_ten_classes_have_cells_of_19_with_gaps_of_1(qtbot: QtBot) -> None:
    view = made(qtbot, np.eye(10) * 25)
    cells = view.cells()
    assert (cells[0].rect.width(), cells[0].rect.height()) == (CELL, CELL)
    assert cells[1].rect.left() - cells[0].rect.right() - 1 == GAP
    assert cells[-1].rect.bottom() < 262 - 16
    assert cells[-1].rect.right() < view.width()


def test_every_count_that_is_not_zero_is_written(qtbot: QtBot) -> None:
    counts = np.diag([5, 50, 7]) + np.array([[0, 0, 2], [0, 0, 0], [0, 1, 0]])
    texts = [cell.text for cell in made(qtbot, counts).cells()]
    assert texts == ["5", "", "2", "", "50", "", "", "1", "7"]


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_right_is_blue_wrong_is_red_and_counts_can_be_read(
    qtbot: QtBot, qapp: QApplication, mode: str
) -> None:
    theme.apply(qapp, mode)  # type: ignore[arg-type]
    view = made(qtbot, np.array([[30, 9], [1, 2]]))
    right, often, once, few = view.cells()
    accent, error = theme.colour("accent_fill"), theme.colour("error")
    assert right.ground.rgb() == accent.rgb()
    assert often.ground.rgb() == error.rgb()
    assert _distance(few.ground, accent) < _distance(few.ground, error)
    assert _distance(once.ground, error) > _distance(often.ground, error)
    for cell in (right, often, once, few):
        light, dark = sorted((luminance(cell.ground), luminance(cell.ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.0


def test_the_picture_shows_the_colours(qtbot: QtBot) -> None:
    view = made(qtbot, np.array([[30, 0], [0, 30]]))
    view.show()
    image = view.grab().toImage()
    cell = view.cells()[0].rect
    assert image.pixelColor(cell.left() + 1, cell.top() + 1) == theme.colour("accent_fill")
    wrong = view.cells()[1].rect
    assert image.pixelColor(wrong.center()) == theme.colour("raised")


def test_few_classes_are_larger_many_are_smaller_and_fit(qtbot: QtBot) -> None:
    assert made(qtbot, np.eye(2) * 1234).cells()[0].rect.width() > CELL
    many = made(qtbot, np.eye(60) * 3)
    assert many.cells()[-1].rect.bottom() <= 262
    assert many.cells()[0].text == ""


def test_hovering_says_it_in_words(qtbot: QtBot) -> None:
    view = made(qtbot, np.array([[5, 1], [0, 7]]))
    view.show_counts(np.array([[5, 1], [0, 7]]), ("cat", "dog"))
    first, wrong = view.cells()[0].rect.center(), view.cells()[1].rect.center()
    assert view.words_at(first.x(), first.y()) == "cat was recognised 5 times"
    assert view.words_at(wrong.x(), wrong.y()) == "cat was taken for dog once"
    assert view.words_at(wrong.x(), HEADER - 3) == ""
    assert "12 of 13 right" in view.accessibleDescription()


def test_what_is_not_square_is_refused(qtbot: QtBot) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    with pytest.raises(ValueError, match="square"):
        view.show_counts(np.zeros((2, 3)))


def test_mixing_and_reading() -> None:
    assert mixed(QColor("#000000"), QColor("#ffffff"), 0.5).red() in (127, 128)
    assert readable(QColor("#101010")).name() == "#ffffff"
    assert readable(QColor("#f0f0f0")).name() == "#15171a"


def _distance(a: QColor, b: QColor) -> float:
    return abs(a.red() - b.red()) + abs(a.green() - b.green()) + abs(a.blue() - b.blue())
