from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.widgets import Callout

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

TEXT = "Bias has no effect: the batch norm after it removes the mean."


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def callout(qtbot: QtBot, qapp: QApplication, done: list[str]) -> Callout:
    theme.apply(qapp, "dark")
    widget = Callout(
        "warning",
        TEXT,
        [("Turn bias off", lambda: done.append("fix")), ("Ignore", lambda: done.append("ignore"))],
    )
    qtbot.addWidget(widget)
    widget.resize(220, widget.heightForWidth(220))
    widget.show()
    return widget


def test_a_link_does_what_it_says(callout: Callout, qtbot: QtBot, done: list[str]) -> None:
    fix, ignore = callout.links()
    qtbot.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert done == ["fix"]
    ignore.setFocus()
    qtbot.keyClick(ignore, Qt.Key.Key_Space)
    assert done == ["fix", "ignore"]


def test_the_words_wrap_instead_of_being_cut(callout: Callout) -> None:
    assert callout.heightForWidth(200) > callout.heightForWidth(600)


def test_it_says_how_serious_it_is_without_colour(callout: Callout) -> None:
    assert callout.accessibleName() == f"Warning: {TEXT}"
    callout.set_message("error", "Worse")
    assert callout.accessibleName() == "Error: Worse"
    assert callout.links() == []


def test_it_follows_the_theme(callout: Callout, qapp: QApplication) -> None:
    for mode in ("dark", "light"):
        theme.apply(qapp, mode)
        image = callout.grab().toImage()
        middle = image.width() // 2
        assert image.pixelColor(middle, 0).name() == theme.current().warn
        assert image.pixelColor(4, image.height() // 2).name() == theme.current().warn_bg
    theme.apply(qapp, "dark")


def test_links_that_do_not_fit_go_to_another_line(callout: Callout, qapp: QApplication) -> None:
    words = ["Project the skip", "Give left_branch 4 channels", "Give right_branch 6 channels"]
    callout.set_message("error", TEXT, [(text, lambda: None) for text in words])
    qapp.processEvents()
    callout.resize(230, callout.heightForWidth(230))
    qapp.processEvents()
    links = callout.links()
    assert all(callout.rect().contains(link.geometry()) for link in links)
    assert all(link.width() >= link.sizeHint().width() for link in links)
    assert len({link.y() for link in links}) > 1
    callout.resize(700, callout.heightForWidth(700))
    qapp.processEvents()
    assert len({link.y() for link in callout.links()}) == 1
