from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.widgets import ColourBar, ImageView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> ImageView:
    theme.apply(qapp, "dark")
    widget = ImageView("one backward pass")
    qtbot.addWidget(widget)
    picture = np.zeros((4, 4), np.uint8)
    picture[1, 2] = 255
    widget.set_image(picture)
    widget.resize(50, 70)
    widget.show()
    return widget


def test_pixels_are_enlarged_by_a_whole_number_and_stay_sharp(view: ImageView) -> None:
    assert view.scale() == 12
    image = view.grab().toImage()
    assert image.pixelColor(24, 12).name() == "#ffffff"
    assert image.pixelColor(35, 23).name() == "#ffffff"
    assert image.pixelColor(23, 12).name() == "#000000"
    assert image.pixelColor(36, 12).name() == "#000000"


def test_a_click_names_the_pixel_of_the_array(view: ImageView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.pixelClicked) as clicked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(30, 15))
    assert clicked.args == [2, 1]
    with qtbot.waitSignal(view.pixelHovered) as hovered:
        qtbot.mouseMove(view, QPoint(2, 40))
    assert hovered.args == [0, 3]
    assert view.pixel_at(QPoint(49, 2)) is None


def test_a_large_picture_is_made_smaller(view: ImageView) -> None:
    view.set_image(np.zeros((500, 500, 4), np.uint8))
    assert view.scale() < 1
    assert view.image_rect().width() <= view.width()


def test_colours_come_out_as_they_went_in(view: ImageView) -> None:
    picture = np.zeros((2, 3, 4), np.uint8)
    picture[...] = (10, 20, 30, 255)
    view.set_image(picture)
    assert view.grab().toImage().pixelColor(3, 3).getRgb() == (10, 20, 30, 255)
    view.set_image(picture[..., :3])
    assert view.grab().toImage().pixelColor(3, 3).getRgb() == (10, 20, 30, 255)


def test_the_colour_bar_has_words(view: ImageView) -> None:
    view.set_colour_bar(ColourBar("signed", "against", "for"))
    assert view.accessibleName() == "one backward pass, from against to for"
    view.resize(200, 100)
    image = view.grab().toImage()
    blue = max(image.pixelColor(x, y).blue() for x in range(200) for y in range(68, 100))
    assert blue > 0xF0, "the end for negative numbers"
    assert any(
        image.pixelColor(x, y).red() > 0xD8 and image.pixelColor(x, y).blue() < 0x90
        for x in range(200)
        for y in range(68, 100)
    ), "the end for positive numbers"


def test_what_is_no_picture_is_refused(view: ImageView) -> None:
    with pytest.raises(ValueError, match="float64"):
        view.set_image(np.zeros((4, 4)))  # type: ignore[arg-type]


def test_without_a_picture_there_is_a_quiet_place(view: ImageView) -> None:
    view.clear()
    assert view.grab().toImage().pixelColor(5, 5).name() == theme.current().hover
