"""Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y in a whole window: a gesture is one step, there and back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.app.preferences import Preferences
from netbuilder.graph import Edge
from tests.app.canvas.conftest import Canvas

pytestmark = pytest.mark.slow
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


def key(key, keys):
    """A key as the window system would deliver it, shortcuts and all."""
    QTest.keyClick(QApplication.focusWidget(), key, keys)


def test_each_gesture_is_undone_and_redone_by_its_keys(open_window, blobs):
    window = open_window(blobs())
    canvas = Canvas(window.canvas)
    window.canvas.frame_all()
    start = canvas.graph
    head = canvas.head("tanh_1")
    canvas.drag(head, head + QPoint(0, 90))
    moved = canvas.graph
    canvas.drag(canvas.port("linear_1", "y", True), canvas.port("linear_2", "x"))
    wired = canvas.graph
    canvas.click(canvas.head("accuracy_1"))
    key(Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier)
    deleted = canvas.graph
    assert Edge("linear_1", "y", "linear_2", "x") in wired.edges
    assert len({*map(id, (start, moved, wired, deleted))}) == 4
    assert canvas.document.stack.count() == 3
    for graph in (wired, moved, start):
        key(Qt.Key.Key_Z, CTRL)
        assert canvas.graph == graph
        canvas.check_picture()
    for graph, redo in ((moved, Qt.Key.Key_Y), (wired, Qt.Key.Key_Z), (deleted, Qt.Key.Key_Y)):
        key(redo, CTRL | SHIFT if redo == Qt.Key.Key_Z else CTRL)
        assert canvas.graph == graph
        canvas.check_picture()


def test_undo_in_the_middle_of_a_drag_ends_it_and_goes_one_step_back(open_window, blobs):
    window = open_window(blobs())
    canvas = Canvas(window.canvas)
    window.canvas.frame_all()
    before = canvas.graph
    head = canvas.head("tanh_1")
    canvas.drag(head, head + QPoint(0, 90))
    head = canvas.head("tanh_1")
    canvas.carry(head, head + QPoint(60, 0))
    key(Qt.Key.Key_Z, CTRL)
    assert window.canvas.gesture is None
    assert canvas.graph == before
    canvas.check_picture()
    canvas.release(head + QPoint(60, 0))
    assert canvas.graph == before


def test_a_drag_can_end_outside_of_the_canvas(open_window, blobs):
    window = open_window(blobs())
    canvas = Canvas(window.canvas)
    window.canvas.frame_all()
    head = canvas.head("tanh_1")
    outside = QPoint(head.x(), -30)
    with canvas.one_step():
        canvas.drag(head, outside)
    assert canvas.graph["tanh_1"].position[1] < 0


def test_whether_shaking_detaches_is_remembered(open_window, blobs):
    window = open_window(blobs())
    action = window.canvas.actions_by_name["shake"]
    assert action in window.menus.menus["View"].actions()
    assert not action.isChecked()
    action.trigger()
    assert window.canvas.shaking
    assert Preferences().flag("shake", False)
    again = open_window(blobs())
    assert again.canvas.shaking
