from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.widgets import Toasts
from netbuilder.app.widgets.toast import EDGE, MOST

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def over(qtbot: QtBot, qapp: QApplication) -> Iterator[QWidget]:
    theme.apply(qapp, "dark")
    theme.motion.set_reduced(True)
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(800, 500)
    widget.show()
    yield widget
    theme.motion.set_reduced(False)


@pytest.fixture
def toasts(over: QWidget) -> Toasts:
    return Toasts(over)


def test_it_stands_at_the_bottom_right_and_stays_there(toasts: Toasts, over: QWidget) -> None:
    toast = toasts.show("info", "3 nodes deleted")
    assert toast.geometry().right() == over.width() - EDGE - 1
    assert toast.geometry().bottom() == over.height() - EDGE - 1
    over.resize(600, 300)
    QApplication.processEvents()
    assert toast.geometry().bottom() == over.height() - EDGE - 1


def test_a_newer_one_pushes_the_older_up(toasts: Toasts) -> None:
    first, second = toasts.show("info", "one"), toasts.show("ok", "two")
    assert first.geometry().bottom() < second.y()


def test_the_link_acts_once_and_closes(toasts: Toasts, qtbot: QtBot) -> None:
    done: list[int] = []
    toast = toasts.show("info", "3 nodes deleted", "Undo", lambda: done.append(1))
    assert toast.link is not None
    qtbot.mouseClick(toast.link, Qt.MouseButton.LeftButton)
    assert done == [1]
    assert toasts.visible() == []


def test_it_goes_by_itself_but_an_error_stays(toasts: Toasts, qtbot: QtBot) -> None:
    note, error = toasts.show("info", "saved"), toasts.show("error", "out of memory")
    note._timer.setInterval(1)
    note.start()
    error._timer.setInterval(1)
    error.start()
    qtbot.waitUntil(lambda: toasts.visible() == [error])
    qtbot.mouseClick(error.close_button, Qt.MouseButton.LeftButton)
    assert toasts.visible() == []


def test_it_waits_while_the_pointer_is_on_it(toasts: Toasts, qtbot: QtBot, over: QWidget) -> None:
    toast = toasts.show("info", "saved")
    assert toast._timer.isActive()
    qtbot.mouseMove(toast, QPoint(10, 10))
    qtbot.waitUntil(lambda: not toast._timer.isActive())
    qtbot.mouseMove(over, QPoint(5, 5))
    qtbot.waitUntil(toast._timer.isActive)


def test_escape_closes_it(toasts: Toasts, qtbot: QtBot) -> None:
    toast = toasts.show("error", "out of memory")
    qtbot.keyClick(toast.close_button, Qt.Key.Key_Escape)
    assert toasts.visible() == []


def test_the_same_words_are_shown_once_and_errors_outlive_the_rest(toasts: Toasts) -> None:
    toasts.show("error", "first")
    for index in range(MOST + 2):
        toasts.show("info", f"note {index}")
        toasts.show("info", f"note {index}")
    shown = [toast.text() for toast in toasts.visible()]
    assert len(shown) == MOST
    assert shown[0] == "first"
    assert len(set(shown)) == MOST


def test_a_long_message_has_its_link_below(toasts: Toasts) -> None:
    toast = toasts.show(
        "error",
        "The GPU ran out of memory at step 212. Restarted from epoch 7; nothing is lost.",
        "Halve batch to 64",
    )
    assert toast.link is not None
    assert toast.link.geometry().top() > toast._words.geometry().bottom()
    assert toast.height() > 50


def test_it_slides_in(toasts: Toasts, qtbot: QtBot, over: QWidget) -> None:
    theme.motion.set_reduced(False)
    toast = toasts.show("info", "saved")
    assert toast.geometry().bottom() > over.height() - EDGE - 1
    qtbot.waitUntil(lambda: toast.geometry().bottom() == over.height() - EDGE - 1)
