"""The density of first weights in the inspector: of this node, and as it is set."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from netbuilder.app.document import Document
from netbuilder.app.panels.inspector import Inspector
from netbuilder.app.panels.inspector.density_view import DensityView
from netbuilder.app.theme import colour
from netbuilder.layers import REGISTRY


@pytest.fixture
def view(qtbot: QtBot) -> DensityView:
    made = DensityView()
    qtbot.addWidget(made)
    made.resize(260, made.sizeHint().height())
    return made


def heights(view: DensityView) -> list[int]:
    """How far the curve rises over the axis, column by column."""
    picture = view.grab().toImage()
    wanted = colour("accent")
    found = []
    for x in range(picture.width()):
        rows = [
            y
            for y in range(30, 74)
            if all(
                abs(a - b) < 90
                for a, b in zip(
                    picture.pixelColor(x, y).getRgb()[:3],  # type: ignore[arg-type, index]
                    wanted.getRgb()[:3],  # type: ignore[arg-type, index]
                    strict=True,
                )
            )
        ]
        found.append(74 - min(rows) if rows else 0)
    return found


def test_a_uniform_law_is_a_box_and_a_normal_one_a_bell(view: DensityView) -> None:
    weights = {"weight": (32, 16, 3, 3), "bias": (32,)}
    view.show_weights(REGISTRY["conv2d"](), weights)
    assert view.text == "weight: uniform within ±0.0833\nfan-in 144, fan-out 288"
    box = heights(view)
    assert max(box[60:200]) - min(box[60:200]) <= 2
    assert box[130] > 30
    assert box[10] < 5
    view.show_weights(REGISTRY["conv2d"].from_params({"weight_init": "kaiming_normal"}), weights)
    bell = heights(view)
    assert bell[130] > bell[90] > bell[50] >= bell[10]


def test_weights_that_are_all_alike_are_a_line(view: DensityView) -> None:
    view.show_weights(REGISTRY["linear"].from_params({"weight_init": "zeros"}), {"weight": (4, 8)})
    assert "all 0" in view.text
    line = heights(view)
    assert sum(height > 30 for height in line) <= 4
    view.show_weights(REGISTRY["batch_norm"](), {"weight": (8,), "bias": (8,)})
    assert view.text == "weight: all 1\n8 numbers"


def test_the_largest_tensor_is_shown(view: DensityView) -> None:
    layer = REGISTRY["lstm"].from_params({"hidden_size": 16})
    view.show_weights(layer, {"weight_ih_l0": (64, 3), "weight_hh_l0": (64, 16)})
    assert view.text.startswith("weight_hh_l0: uniform within ±0.25")


def test_what_learns_nothing_or_is_not_known_has_no_density(view: DensityView) -> None:
    view.show_weights(REGISTRY["relu"](), {})
    assert view.isHidden()
    view.show_weights(REGISTRY["torch_layer"](), {"weight": (3, 4)})
    assert view.isHidden()
    view.show_weights(None, {})
    assert view.isHidden()


def test_it_follows_the_method_chosen_in_the_inspector(qtbot: QtBot, document: Document) -> None:
    inspector = Inspector(document)
    qtbot.addWidget(inspector)
    inspector.resize(280, 900)
    inspector.show()
    inspector.set_selection((), ("conv2d_1",))
    page = inspector.node
    assert page.density.isVisible()
    assert page.density.text.startswith("weight: uniform within ±0.333")
    choice = page.form.rows["weight_init"].control
    assert isinstance(choice, QComboBox)
    place = choice.findText("orthogonal")
    choice.setCurrentIndex(place)
    choice.activated.emit(place)
    assert document.project.graph["conv2d_1"].params["weight_init"] == "orthogonal"
    assert page.density.text == "weight: orthogonal, σ = 0.204\nfan-in 9, fan-out 216"
    assert page.density.accessibleDescription() == page.density.text.replace("\n", "; ")
    inspector.set_selection((), ("relu_1",))
    assert page.density.isHidden()
