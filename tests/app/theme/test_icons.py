from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QImage
from PySide6.QtWidgets import QApplication

from netbuilder.app import theme
from netbuilder.app.theme import icons


@pytest.fixture(autouse=True)
def _dark(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")


def inks(image: QImage) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


def test_every_name_is_in_the_set() -> None:
    for name in [*icons.FAMILY_ICON, *icons.ACTION_ICON]:
        assert not icons.glyph_path(name, 16).isEmpty(), name


def test_an_unknown_name_says_so() -> None:
    with pytest.raises(KeyError, match="no icon named 'nonsense'"):
        icons.icon("nonsense")
    assert not icons.family_icon("Family of a plug-in").isNull()


def test_the_names_of_the_set_work_with_and_without_prefix() -> None:
    assert icons.resolve("mdi6.play") == icons.resolve("play") == icons.resolve("run") == "play"


def test_the_outline_fills_its_square() -> None:
    box = icons.glyph_path("square", 24).boundingRect()
    assert (box.x(), box.y(), box.width(), box.height()) == (3, 3, 18, 18)
    assert icons.glyph_path("square", 12).boundingRect().width() == 9


def test_one_icon_follows_the_theme_and_its_state(qapp: QApplication) -> None:
    icon = icons.icon("stop")
    for mode in ("dark", "light"):
        theme.apply(qapp, mode)
        tokens = theme.current()
        assert tokens.text2 in inks(icon.pixmap(16).toImage())
        disabled = icon.pixmap(QSize(16, 16), QIcon.Mode.Disabled)
        assert tokens.disabled in inks(disabled.toImage())


def test_a_copy_of_an_icon_is_an_icon() -> None:
    copy = QIcon(icons.icon("stop", "accent"))
    copy.setIsMask(True)
    assert theme.current().accent in inks(copy.pixmap(16).toImage())


def test_pictures_for_the_canvas_are_cached_and_sharp() -> None:
    first = icons.pixmap("Convolution", "image", 15, 2.0)
    assert first.size() == QSize(30, 30)
    assert first.devicePixelRatio() == 2.0
    assert icons.pixmap("Convolution", "image", 15, 2.0) is first
    assert theme.current().image in inks(first.toImage())


def test_an_icon_can_be_kept_small() -> None:
    image = icons.icon("square", "text", 12).pixmap(QSize(24, 24), 1.0).toImage()
    filled = [x for x in range(24) if image.pixelColor(x, 12).alpha() == 255]
    assert len(filled) == pytest.approx(9, abs=1)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.5])
def test_an_icon_is_drawn_for_the_pixels_of_its_screen(qapp: QApplication, scale: float) -> None:
    picture = icons.icon("run", "text2").pixmap(QSize(16, 16), scale)
    assert picture.devicePixelRatio() == scale
    assert picture.width() == round(16 * scale)
    assert picture.toImage() == icons.pixmap("run", "text2", 16, scale).toImage()
    capped = icons.icon("run", "text2", 8).pixmap(QSize(16, 16), scale).toImage()
    ink = [
        (x, y)
        for x in range(capped.width())
        for y in range(capped.height())
        if capped.pixelColor(x, y).alpha()
    ]
    assert 0.2 * 16 * scale <= min(x for x, _ in ink)
    assert max(x for x, _ in ink) <= 0.8 * 16 * scale
