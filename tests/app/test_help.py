"""The guide in the program: pages, help of every kind of node, links that lead somewhere."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.help_page import HelpPage, kind_page
from netbuilder.layers import REGISTRY
from netbuilder.layers.formula import plain
from netbuilder.resources import help_page


@pytest.fixture
def guide(qtbot: QtBot) -> HelpPage:
    made = HelpPage()
    qtbot.addWidget(made)
    return made


def test_the_guide_opens_on_its_first_page(guide: HelpPage) -> None:
    guide.show_page("index")
    assert guide.isVisible()
    first = help_page("index").read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
    assert guide.browser.toPlainText().startswith(first)


def test_links_stay_inside_and_lead_somewhere(guide: HelpPage) -> None:
    seen, ahead = set[str](), ["index"]
    while ahead:
        name = ahead.pop()
        seen.add(name)
        guide.show_page(name)
        assert "has no page" not in guide.browser.toPlainText(), name
        html = guide.browser.toHtml()
        for target in re.findall(r'href="([^"#]+)', html):
            if "://" not in target:
                page = target.rpartition("/")[2].removesuffix(".md")
                if page not in seen and page not in ahead:
                    ahead.append(page)
    assert len(seen) > 3


def test_a_link_is_followed(guide: HelpPage) -> None:
    guide.show_page("index")
    guide.browser.anchorClicked.emit(QUrl("canvas.md"))
    text = help_page("canvas").read_text(encoding="utf-8")
    assert guide.browser.toPlainText().startswith(text.splitlines()[0].lstrip("# "))
    guide.browser.anchorClicked.emit(QUrl("https://example.org/index"))
    assert guide.browser.toPlainText().startswith(text.splitlines()[0].lstrip("# "))


def test_a_kind_of_the_catalogue_is_followed_to_its_part(guide: HelpPage) -> None:
    guide.show_page("catalogue")
    link = re.search(r'href="([^"]*#conv2d)"', guide.browser.toHtml())
    assert link is not None
    guide.browser.anchorClicked.emit(QUrl(link[1]))
    assert guide.browser.toPlainText().startswith("Convolution 2-D\nconv2d")


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_a_kind_is_shown_as_the_canvas_draws_it(
    guide: HelpPage, qapp: QApplication, mode: theme.Mode
) -> None:
    theme.apply(qapp, mode)
    guide.show_page("gelu")
    source, drawn = re.findall(r'<img src="([^"]+)"', guide.browser.toHtml())
    shown = guide.browser.loadResource(QTextDocument.ResourceType.ImageResource.value, source)
    assert shown.width() > 300
    assert (shown.pixelColor(2, 2).lightness() > 128) == (mode == "light")
    shown = guide.browser.loadResource(QTextDocument.ResourceType.ImageResource.value, drawn)
    inked = [
        shown.pixelColor(x, y).lightness()
        for x in range(shown.width())
        for y in range(shown.height())
        if shown.pixelColor(x, y).alpha() == 255
    ]
    assert inked
    assert all((light < 128) == (mode == "light") for light in inked)


def test_a_formula_is_one_picture_with_words(guide: HelpPage) -> None:
    guide.show_page("lstm")
    html = guide.browser.toHtml()
    assert "begin{aligned}" not in html
    assert html.count('src="formula:') == 1
    assert f'alt="{plain(REGISTRY["lstm"].tex)}"' in html
    guide.show_page("catalogue")
    drawn = sum(bool(kind.tex) for kind in REGISTRY.values())
    assert guide.browser.toHtml().count('src="formula:') == drawn


def test_a_formula_that_was_never_laid_out_is_told_as_text(guide: HelpPage) -> None:
    guide.browser.show_markdown("```math\ny = \\mathrm{unheard}(x)\n```")
    assert guide.browser.toPlainText() == "y = unheard(x)"


def test_every_kind_has_a_page() -> None:
    for kind, layer in REGISTRY.items():
        page = kind_page(kind)
        assert page.startswith(f"# {layer.title}\n")
        assert layer.help() in page.replace("\\*", "*")  # which Markdown would take for a mark
        for param in layer.params():
            assert param.label in page


def test_an_unknown_page_says_so(guide: HelpPage) -> None:
    guide.show_page("teleport")
    assert "no page teleport" in guide.browser.toPlainText()


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_a_picture_is_of_the_theme_and_fits_the_page(
    guide: HelpPage, qapp: QApplication, mode: theme.Mode
) -> None:
    theme.apply(qapp, mode)
    guide.show_page("problems")
    html = guide.browser.toHtml()
    (source,) = re.findall(r'<img src="([^"]+)"', html)
    shown = guide.browser.loadResource(QTextDocument.ResourceType.ImageResource.value, source)
    room = guide.browser.viewport().width()
    assert room - 64 < shown.width() / shown.devicePixelRatio() <= room - 32
    bright = shown.pixelColor(shown.width() // 2, 2).lightness() > 128
    assert bright == (mode == "light")
    bar = guide.browser.horizontalScrollBar()
    assert bar.maximum() == 0


def test_paragraphs_stand_apart(guide: HelpPage) -> None:
    guide.show_page("problems")
    block = guide.browser.document().begin()
    below = [block.blockFormat().bottomMargin()]
    while (block := block.next()).isValid():
        if QTextCursor(block).currentTable() is None:
            below.append(block.blockFormat().bottomMargin())
    assert min(below) > 0
