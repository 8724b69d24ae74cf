"""The curve of an activation or a loss in the inspector."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from netbuilder.app.document import Document
from netbuilder.app.panels.inspector import Inspector
from netbuilder.app.panels.inspector.curve_view import CurveView
from netbuilder.app.theme import colour
from netbuilder.layers import REGISTRY
from netbuilder.layers.curve import Curved


@pytest.fixture
def view(qtbot: QtBot) -> CurveView:
    made = CurveView()
    qtbot.addWidget(made)
    made.resize(260, made.sizeHint().height())
    return made


def accented(view: CurveView) -> list[tuple[int, int]]:
    """Where the function is drawn, legend left out."""
    picture: QImage = view.grab().toImage()
    wanted = colour("accent")

    def near(found: QColor) -> bool:
        pairs = zip(found.getRgb()[:3], wanted.getRgb()[:3], strict=True)  # type: ignore[arg-type, index]
        return all(abs(a - b) < 24 for a, b in pairs)

    places = ((x, y) for x in range(picture.width()) for y in range(20, picture.height()))
    return [(x, y) for x, y in places if near(picture.pixelColor(x, y))]


def test_the_line_rises_as_the_function_does(view: CurveView) -> None:
    view.show_curve(REGISTRY["relu"]())
    line = accented(view)
    left = [y for x, y in line if x < 120]
    right = [y for x, y in line if x > 250]
    assert left
    assert right
    assert max(left) - min(left) <= 3  # flat below zero
    assert max(right) < min(left)


def test_the_numbers_under_the_pointer_are_read_off(qtbot: QtBot, view: CurveView) -> None:
    view.show_curve(REGISTRY["leaky_relu"].from_params({"negative_slope": 0.5}))
    view.show()
    assert view.reading == ""
    qtbot.mouseMove(view, QPoint(0, 60))
    assert view.reading == "−4  →  −2,  slope 0.5"
    qtbot.mouseMove(view, QPoint(view.width() - 1, 60))
    assert view.reading == "4  →  4,  slope 1"


@pytest.mark.parametrize("kind", sorted(k for k, c in REGISTRY.items() if issubclass(c, Curved)))
def test_every_curve_can_be_drawn(kind: str, view: CurveView) -> None:
    view.show_curve(REGISTRY[kind]())
    assert accented(view)
    assert "slope" in view.accessibleDescription()


def test_it_follows_the_selected_node_and_its_parameters(qtbot: QtBot, document: Document) -> None:
    inspector = Inspector(document)
    qtbot.addWidget(inspector)
    inspector.show()
    curve = inspector.node.help.curve
    inspector.set_selection((), ("conv2d_1",))
    assert curve.isHidden()
    inspector.set_selection((), ("relu_1",))
    assert not curve.isHidden()
    loss = next(n.id for n in document.project.graph if n.kind == "cross_entropy")
    inspector.set_selection((), (loss,))
    before = curve.accessibleDescription()
    graph = document.project.graph.set_param(loss, "label_smoothing", 0.4)
    document.edit_graph("Smooth", graph)
    assert curve.accessibleDescription() != before
    document.undo()
    assert curve.accessibleDescription() == before
