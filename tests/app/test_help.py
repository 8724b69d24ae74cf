"""The guide in the program: pages, help of every kind of node, links that lead somewhere."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from netbuilder.app.help_page import HelpPage, kind_page
from netbuilder.layers import REGISTRY
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


def test_every_kind_has_a_page() -> None:
    for kind, layer in REGISTRY.items():
        page = kind_page(kind)
        assert page.startswith(f"# {layer.title}\n")
        assert layer.help() in page
        for param in layer.params():
            assert param.label in page


def test_an_unknown_page_says_so(guide: HelpPage) -> None:
    guide.show_page("teleport")
    assert "no page teleport" in guide.browser.toPlainText()
