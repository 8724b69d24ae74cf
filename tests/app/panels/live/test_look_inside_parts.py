"""Subjects, predictions, tokens, bars, pictures: the parts of Look inside one by one."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.look_inside.attention_view import levels, patches
from netbuilder.app.panels.look_inside.feature_bars import FeatureBars
from netbuilder.app.panels.look_inside.methods import is_amount, offered
from netbuilder.app.panels.look_inside.predictions import Predictions
from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.look_inside.token_text import TokenText
from netbuilder.app.panels.pictures.grid import PictureGrid
from netbuilder.app.panels.pictures.numbers import grey, picture, probabilities, span
from netbuilder.app.panels.pictures.plane import GROUND, class_map, class_rgb
from netbuilder.building import Network
from netbuilder.graph import Graph, Node, Project


def test_a_classifier_of_pictures(digits: Project) -> None:
    subject = Subject.of(digits)
    assert (subject.kind, subject.field, subject.shape) == ("picture", "image", (1, 8, 8))
    assert (subject.answers, subject.output, subject.label) == ("class", "digit", "label")
    assert subject.classes == tuple("0123456789")
    assert subject.convolutions == ("conv2d_1",)
    assert "conv2d_1.y" in subject.maps
    assert not subject.makes
    assert "grad_cam" in offered(subject)


def test_tables_points_and_what_is_made_from_noise() -> None:
    net = Network("table")
    data = net.diabetes()
    answer = net.linear(data.features, out_features=1)
    net.output(answer, name="progression")
    net.mse(answer, data.target)
    subject = Subject.of(net.project())
    assert (subject.kind, subject.answers, subject.label) == ("table", "number", "target")
    assert "grad_cam" not in offered(subject)
    net = Network("points")
    data = net.moons()
    logits = net.linear(data.point, out_features=2)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    assert Subject.of(net.project()).kind == "point"
    net = Network("maker")
    made = net.reshape(net.linear(net.noise(size=(4,)), out_features=64), sizes=(1, 8, 8))
    net.output(made, name="image")
    net.mse(made, net.digits().image)
    subject = Subject.of(net.project())
    assert subject.makes
    assert subject.kind == "none"


def test_texts_know_their_tokens() -> None:
    net = Network("text")
    data = net.text(context=8)
    x = net.multihead_attention(net.embedding(data.tokens, embedding_dim=8), num_heads=2)
    logits = net.linear(x, out_features=75)
    net.output(logits, name="next")
    net.cross_entropy(logits, data.next)
    subject = Subject.of(net.project())
    assert (subject.kind, subject.answers) == ("tokens", "token")
    assert subject.attends
    assert "e" in subject.tokens
    assert is_amount("gradient", subject)
    assert not is_amount("integrated_gradients", subject)


def test_a_project_that_cannot_run_says_why() -> None:
    broken = Project("x", Graph().add(Node("linear_1", "linear"), Node("output_1", "output")))
    assert Subject.of(broken).trouble


def subject() -> Subject:
    return Subject("picture", "image", (1, 2, 2), "class", "digit", (3,), "label", ("a", "b", "c"))


def answer(*rows: tuple[float, ...], labels: tuple[int, ...] = (0, 1)) -> dict[str, object]:
    return {
        "outputs": {"digit": np.array(rows, np.float32)},
        "fields": {"image": np.zeros((len(rows), 1, 2, 2), np.float32), "label": np.array(labels)},
    }


def test_predictions_and_those_of_the_epoch_before() -> None:
    found = Predictions(subject())
    found.take(answer((5, 0, 0), (5, 0, 0)), 1)
    first = found.verdict(0)
    assert first is not None
    assert first.right
    assert found.wrong() == [1]
    assert found.before(0) is None
    found.take(answer((0, 5, 0), (0, 5, 0)), 1)
    assert found.before(0) is None
    found.take(answer((0, 0, 5), (0, 5, 0)), 2)
    assert found.wrong() == [0]
    before = found.before(0)
    assert before is not None
    assert int(before.argmax()) == 1
    assert found.verdict(9) is None


def test_shares_of_scores() -> None:
    np.testing.assert_allclose(probabilities(np.array([0.0, 0.0])), [0.5, 0.5])
    np.testing.assert_allclose(probabilities(np.array([[0.2, 0.8]])), [[0.2, 0.8]])
    np.testing.assert_allclose(probabilities(np.array([[0.0]])), [[1.0, 0.0]])
    np.testing.assert_allclose(probabilities(np.array([[2.0]])), [[0.1192, 0.8808]], atol=1e-4)
    odd = probabilities(np.array([np.nan, np.inf, 0.0]))
    assert np.isfinite(odd).all()
    assert int(odd.argmax()) == 1


def test_numbers_as_pictures() -> None:
    assert span(np.array([0.0, 1.0])) == (0.0, 1.0)
    assert span(np.array([-2.0, 2.0])) == (-2.0, 2.0)
    made = picture(np.array([[[0.0, 1.0], [0.5, np.nan]]]))
    np.testing.assert_array_equal(made, [[0, 255], [128, 0]])
    assert picture(np.zeros((3, 4, 5))).shape == (4, 5, 3)
    assert grey(np.ones((3, 4, 5))).shape == (4, 5)


@pytest.mark.parametrize(
    ("tokens", "shape", "wanted"),
    [(49, (1, 28, 28), (7, 7, 0)), (50, (1, 28, 28), (7, 7, 1)), (12, (1, 8, 8), None),
     (16, (64,), None), (8, (1, 4, 8), (2, 4, 0))],
)  # fmt: skip
def test_which_tokens_are_patches(
    tokens: int, shape: tuple[int, ...], wanted: tuple[int, int, int] | None
) -> None:
    assert patches(tokens, shape) == wanted


def test_what_all_tokens_share_equally_is_not_bright() -> None:
    assert levels(np.full(16, 1 / 16, np.float32))[1] == pytest.approx(3 / 16)
    assert levels(np.eye(16, dtype=np.float32)[0])[1] == 1.0


def test_feature_bars_put_the_strongest_first(qtbot: QtBot) -> None:
    bars = FeatureBars("bars")
    qtbot.addWidget(bars)
    bars.show_values(("a", "b", "c"), np.array([0.1, -0.9, np.nan]))
    assert [name for name, _ in bars.rows()] == ["b", "a", "c"]
    bars.resize(300, 60)
    bars.show()
    image = bars.grab().toImage()
    # b is against: blue, left of the middle line.
    colour = image.pixelColor(90, 10)
    assert colour.blue() > colour.red()
    assert bars.fits() == 3
    bars.resize(300, 45)
    assert bars.fits() == 1


def test_tokens_are_coloured_wrapped_and_chosen(qtbot: QtBot) -> None:
    text = TokenText("tokens")
    qtbot.addWidget(text)
    words = tuple("so it goes\non")
    values = np.linspace(-1, 1, len(words))
    text.show_tokens(words, values, "signed")
    assert text.ground(0).blue() > text.ground(0).red()
    assert text.ground(len(words) - 1).red() > text.ground(len(words) - 1).blue()
    rects = text.rects(40)
    assert max(r.right() for r in rects) <= 40
    assert len({r.top() for r in rects}) > 2
    text.resize(400, 60)
    with qtbot.waitSignal(text.token_clicked) as clicked:
        qtbot.mouseClick(text, Qt.MouseButton.LeftButton, pos=text.rects(400)[3].center())
    assert clicked.args == [3]
    text.set_chosen(3)
    with qtbot.waitSignal(text.token_clicked) as moved:
        qtbot.keyClick(text, Qt.Key.Key_Right)
    assert moved.args == [4]
    with pytest.raises(ValueError, match="as many values"):
        text.show_tokens(words, values[:3], "signed")


def test_a_grid_uses_whole_pixels_and_tells_clicks(qtbot: QtBot) -> None:
    grid = PictureGrid("grid", largest=64)
    qtbot.addWidget(grid)
    shades = [np.full((8, 8), i * 20, np.uint8) for i in range(6)]
    shades[2][1, 5] = 255
    grid.show_pictures(shades, [str(i) for i in range(6)])
    grid.resize(300, 200)
    assert grid.rect_of(0).width() % 8 == 0
    for index in range(6):
        assert grid.rect().contains(grid.rect_of(index))
    grid.show()
    image = grid.grab().toImage()
    assert image.pixelColor(grid.rect_of(4).center()) == QColor(80, 80, 80)
    place = grid.rect_of(2)
    cell = place.width() // 8
    with qtbot.waitSignal(grid.clicked_at) as clicked:
        at = place.topLeft()
        at.setX(at.x() + 5 * cell + cell // 2)
        at.setY(at.y() + cell + cell // 2)
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=at)
    assert clicked.args == [2, 5, 1]
    assert image.pixelColor(at) == QColor(255, 255, 255)


def test_a_map_of_classes_is_faint_where_the_model_is_unsure() -> None:
    sure, unsure = np.array([[[1.0]], [[0.0]]]), np.array([[[0.5]], [[0.5]]])
    np.testing.assert_array_equal(class_map(unsure)[0, 0], GROUND)
    strong = class_map(sure)[0, 0].astype(int)
    assert np.abs(strong - np.array(class_rgb(0))).sum() < np.abs(strong - class_rgb(1)).sum()
