"""Formulas painted as mathtext laid them out: whole, in the colour of the theme, or as text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.formula_drawing import drawing
from netbuilder.app.panels.inspector.formula_box import FormulaBox
from netbuilder.layers import REGISTRY
from netbuilder.layers.formula import plain


@pytest.fixture
def box(qtbot: QtBot) -> FormulaBox:
    made = FormulaBox()
    qtbot.addWidget(made)
    return made


def inked(image: QImage) -> int:
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(image.pixelColor(x, y).alpha() > 40 for x, y in points)


@pytest.mark.parametrize("kind", sorted(k for k, c in REGISTRY.items() if c.tex))
def test_every_formula_is_drawn_inside_its_bounds(kind: str) -> None:
    found = drawing(REGISTRY[kind].tex)
    assert found is not None
    assert QRectF(-0.1, -0.1, found.width + 0.2, found.height + 0.2).contains(
        found.path.boundingRect()
    )


def test_a_line_of_a_fraction_lies_between_its_halves() -> None:
    found = drawing(REGISTRY["sigmoid"].tex)
    assert found is not None
    image = found.image(40, 1000, 1, QColor("black"))
    rows = [
        sum(image.pixelColor(x, y).alpha() > 128 for x in range(image.width()))
        for y in range(image.height())
    ]
    longest = max(range(len(rows)), key=lambda y: rows[y])
    assert 0.25 * len(rows) < longest < 0.75 * len(rows)
    assert rows[longest] > 2 * sorted(rows)[len(rows) // 2]


def test_a_picture_is_as_fine_as_the_screen() -> None:
    found = drawing(REGISTRY["lstm"].tex)
    assert found is not None
    coarse, fine = (found.image(15, 1000, ratio, QColor("black")) for ratio in (1, 2))
    assert fine.width() == pytest.approx(2 * coarse.width(), abs=1)
    assert fine.devicePixelRatio() == 2
    assert inked(fine) > 2.5 * inked(coarse)
    assert found.image(15, 60, 1, QColor("black")).width() <= 60


def test_a_narrow_panel_makes_letters_smaller_and_clips_nothing(box: FormulaBox) -> None:
    box.show_formula(REGISTRY["gru"].tex)
    heights = [box.heightForWidth(wide) for wide in (420, 260, 150)]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > heights[2]


def test_the_formula_takes_the_colour_of_the_theme(box: FormulaBox, qapp: QApplication) -> None:
    box.show_formula(REGISTRY["linear"].tex)
    box.resize(260, box.heightForWidth(260))
    middles = []
    for mode in ("dark", "light"):
        theme.apply(qapp, mode)  # type: ignore[arg-type]
        image = box.grab().toImage()
        row = [
            image.pixelColor(x, y).lightness()
            for x in range(12, image.width() - 12)
            for y in range(12, image.height() - 12)
        ]
        middles.append((min(row), max(row)))
    assert middles[0][1] > 200  # light letters on dark
    assert middles[1][0] < 60  # dark letters on light


def test_it_is_read_aloud_and_copied(box: FormulaBox, qtbot: QtBot) -> None:
    tex = REGISTRY["layer_norm"].tex
    box.show_formula(tex)
    assert box.accessibleName() == f"Formula: {plain(tex)}"
    box.show()
    place = box.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, box.mapToGlobal(place))
    QApplication.sendEvent(box, event)
    menu = box.findChild(QMenu)
    assert menu is not None
    latex, text = menu.actions()
    latex.trigger()
    assert r"\dfrac" in QGuiApplication.clipboard().text()
    text.trigger()
    assert QGuiApplication.clipboard().text() == plain(tex)
    qtbot.keyClick(menu, Qt.Key.Key_Escape)


def test_what_was_never_laid_out_is_told_as_text(box: FormulaBox) -> None:
    assert drawing(r"y = \mathrm{unheard}(x)") is None
    box.show_formula(r"y_t = \mathrm{unheard}(x)")
    assert not box.drawn
    assert box.words.text() == "y<sub>t</sub> = unheard(x)"
    assert box.heightForWidth(260) >= 30
    box.show_formula("")
    assert box.isHidden()
