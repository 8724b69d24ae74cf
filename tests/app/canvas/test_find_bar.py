"""Finding nodes by their words."""

import pytest
from PySide6.QtCore import Qt

CTRL = Qt.KeyboardModifier.ControlModifier


def ask(canvas, words):
    canvas.view.setFocus()
    canvas.key(Qt.Key.Key_F, CTRL)
    canvas.type(words)
    return canvas.view.finder


def test_enter_goes_from_one_to_the_next_and_counts(canvas):
    with canvas.no_step():
        finder = ask(canvas, "conv")
        assert finder.count.text() == "2 found"
        seen = []
        for place in ("1 of 2", "2 of 2", "1 of 2"):
            canvas.key(Qt.Key.Key_Return)
            assert finder.count.text() == place
            seen += canvas.view.selected
            middle = canvas.scene.nodes[seen[-1]].box.center()
            assert (canvas.view.camera.seen.center() - middle).manhattanLength() < 3
        assert seen == ["conv2d_1", "conv2d_2", "conv2d_1"]
        canvas.key(Qt.Key.Key_Escape)
    assert not finder.isVisible()
    assert canvas.view.hasFocus()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("linear_1", {"linear_1"}),
        ("flatten", {"flatten_1"}),
        ("cross_entropy", {"cross_entropy_1"}),
        ("b × 10", {"linear_1", "output_1"}),
        ("no such thing", set()),
    ],
)
def test_ids_titles_kinds_and_shapes_are_found(canvas, words, found):
    finder = ask(canvas, words)
    assert found <= set(finder.found)
    assert bool(finder.found) == bool(found)
    assert finder.count.text() == (f"{len(finder.found)} found" if found else "Nothing found")


def test_problems_are_found(canvas):
    canvas.document.edit_graph("Cut", canvas.graph.remove(edges=canvas.graph.incoming["linear_1"]))
    troubled = {i for i, item in canvas.scene.nodes.items() if item.face.problem == "error"}
    assert troubled <= set(ask(canvas, "error").found)
    message = next(p.message for p in canvas.scene.check.problems if p.node == "linear_1")
    assert "linear_1" in ask(canvas, message).found


def test_what_is_gone_is_not_found_again(canvas):
    finder = ask(canvas, "linear")
    canvas.document.edit_graph("Remove", canvas.graph.remove(["linear_1"]))
    canvas.key(Qt.Key.Key_Return)
    assert finder.found == ()
    assert finder.count.text() == "0 found" or finder.count.text() == "Nothing found"


def test_a_question_mark_asks_for_the_sheet_of_keys(canvas, qtbot):
    with canvas.no_step(), qtbot.waitSignal(canvas.view.keys_wanted, timeout=500):
        canvas.key(Qt.Key.Key_Question)
