"""Middle drag, or Space and drag."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

MIDDLE = Qt.MouseButton.MiddleButton


def test_middle_drag_moves_the_paper_with_the_pointer(canvas):
    under = canvas.view.mapToScene(QPoint(200, 200))
    with canvas.no_step():
        canvas.drag(QPoint(200, 200), QPoint(290, 155), button=MIDDLE)
    assert canvas.view.mapToScene(QPoint(290, 155)) == under


def test_space_turns_the_left_button_into_a_hand_even_over_a_node(canvas):
    start = canvas.head("relu_1")
    under = canvas.view.mapToScene(start)
    with canvas.no_step():
        QTest.keyPress(canvas.view, Qt.Key.Key_Space)
        canvas.drag(start, start + QPoint(50, 40))
        QTest.keyRelease(canvas.view, Qt.Key.Key_Space)
    assert canvas.view.mapToScene(start + QPoint(50, 40)) == under
    assert canvas.view.selected == ()


def test_escape_puts_the_paper_back(canvas):
    under = canvas.view.mapToScene(QPoint(0, 0))
    canvas.carry(QPoint(200, 200), QPoint(300, 300), button=MIDDLE)
    canvas.key(Qt.Key.Key_Escape)
    assert canvas.view.mapToScene(QPoint(0, 0)) == under
    canvas.release(QPoint(300, 300), button=MIDDLE)
