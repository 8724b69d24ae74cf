"""Look inside: what is asked, when, and what is made of the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.panels.look_inside import LookInside
from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.building import Network
from netbuilder.graph import Project
from netbuilder.training.events import EpochDone, Steps

Make = Callable[[Project], Any]
ROWS = 30
RNG = np.random.default_rng(0)
IMAGES = RNG.random((ROWS, 1, 8, 8)).astype(np.float32)
LABELS = np.arange(ROWS) % 10


def data(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"rows": 100, "parts": {"train": 60, "validation": ROWS}, "samples": {},
            "fields": {"image": {"columns": ()}}}  # fmt: skip


def predict(arguments: Mapping[str, Any]) -> dict[str, Any]:
    rows = list(arguments["rows"])
    scores = 4 * np.eye(10, dtype=np.float32)[LABELS[rows]]
    scores[1] = 4 * np.eye(10)[7]  # sample 1 is taken for a 7
    return {"outputs": {"digit": scores}, "weights": {"origin": "training", "step": 34},
            "fields": {"image": IMAGES[rows], "label": LABELS[rows]}}  # fmt: skip


def saliency(arguments: Mapping[str, Any]) -> dict[str, Any]:
    found = np.zeros((1, 8, 8), np.float32)
    found[0, 0, 0], found[0, 7, 7] = 1.0, -1.0
    return {"map": found, "field": "image", "method": arguments["method"], "target": 0,
            "scores": np.zeros(10), "fields": {"image": IMAGES[[arguments["sample"]]]},
            "weights": {"origin": "training", "step": 34}}  # fmt: skip


def channels(arguments: Mapping[str, Any]) -> dict[str, Any]:
    maps = np.linspace(0, 1, 4 * 64, dtype=np.float32).reshape(4, 8, 8)
    return {"key": arguments["key"], "maps": maps, "shape": (4, 8, 8), "total": 4}


ANSWERS = {"data": data, "predict": predict, "saliency": saliency, "channels": channels}


@pytest.fixture
def panel(qtbot: QtBot, digits: Project, make_session: Make) -> LookInside:
    session = make_session(digits)
    session.answers = dict(ANSWERS)
    made = LookInside(session)
    made.resize(1400, 278)
    qtbot.addWidget(made)
    made.show()
    return made


def asked(panel: LookInside) -> Any:
    return panel._session


def test_it_works_on_fresh_weights(panel: LookInside) -> None:
    assert len(panel.predictions) == ROWS
    assert asked(panel).last("predict").arguments["part"] == "validation"
    assert panel.strip.model.rowCount() == ROWS
    assert panel.why.title.text() == "Why 0?"
    assert panel.answer.outcome.words.text() == "Right: the label is 0"
    assert panel.answer.updated.text() == "updated at step 34"


def test_the_picture_shows_the_signs(panel: LookInside) -> None:
    view = panel.why.methods[0]
    image = view.image._image
    plus, minus = image.pixelColor(0, 0), image.pixelColor(7, 7)
    assert plus.red() > plus.blue()
    assert minus.blue() > minus.red()
    assert view.image._bar is not None
    assert (view.image._bar.low, view.image._bar.high) == ("against", "for")
    # The sample itself is as large as its explanation.
    assert panel.why.input.scale() == view.image.scale()


def test_another_sample_by_the_keyboard(panel: LookInside, qtbot: QtBot) -> None:
    panel.strip.view.setFocus()
    with qtbot.waitSignal(panel.sample_chosen) as chosen:
        qtbot.keyClick(panel.strip.view, Qt.Key.Key_Right)
    assert chosen.args == [1]
    assert panel.answer.outcome.words.text() == "Wrong: the label is 1"
    assert panel.why.title.text() == "Why 7?"
    qtbot.waitUntil(lambda: asked(panel).last("saliency").arguments["sample"] == 1)


def test_only_what_is_wrong(panel: LookInside) -> None:
    assert panel.strip.wrong_chip.text() == "wrong 1"
    panel.strip.wrong_chip.click()
    assert panel.strip.model.rowCount() == 1
    assert panel.strip.model.caption(1) == "7 × 1"
    panel.strip.all_chip.click()
    assert panel.strip.model.rowCount() == ROWS


def test_a_class_of_ones_own_and_another_method(panel: LookInside, qtbot: QtBot) -> None:
    panel.why.target.show_value(5)
    panel.why.target.chosen.emit(5)
    qtbot.waitUntil(lambda: asked(panel).last("saliency").arguments.get("target") == 5)
    view = panel.why.methods[0]
    view.choice.show_value("grad_cam")
    view.choice.chosen.emit("grad_cam")
    assert asked(panel).last("saliency").arguments["method"] == "grad_cam"
    assert view.image._bar is not None
    assert view.image._bar.high == "most"


def test_the_epoch_before_leaves_a_tick(panel: LookInside, qtbot: QtBot) -> None:
    count = asked(panel).count("predict")
    asked(panel).events.emit([EpochDone(1, 16, {}, {})])
    qtbot.waitUntil(lambda: asked(panel).count("predict") == count + 1, timeout=2000)
    assert len(panel.answer.bars._previous) == len(panel.answer.bars.values())
    assert panel.answer._tick.isVisible()


def test_steps_alone_ask_nothing_and_epochs_at_most_three_times_a_second(
    panel: LookInside, qtbot: QtBot
) -> None:
    before = len(asked(panel).asked)
    asked(panel).events.emit([Steps(0, 1, {"main": np.ones(3, np.float32)}, 1.0, 1.0)])
    qtbot.wait(50)
    assert len(asked(panel).asked) == before
    count, begin = asked(panel).count("predict"), time.monotonic()
    for number in range(1, 30):
        asked(panel).events.emit([EpochDone(number, number, {}, {})])
        qtbot.wait(20)
    seconds = time.monotonic() - begin
    assert asked(panel).count("predict") - count <= 1 + 3.1 * seconds


def test_hidden_it_asks_nothing(panel: LookInside, qtbot: QtBot) -> None:
    panel.hide()
    before = len(asked(panel).asked)
    asked(panel).events.emit([EpochDone(1, 16, {}, {})])
    qtbot.wait(400)
    assert len(asked(panel).asked) == before
    panel.show()
    qtbot.waitUntil(lambda: len(asked(panel).asked) > before)


def test_feature_maps(panel: LookInside, qtbot: QtBot) -> None:
    grid = panel.maps.grid
    assert asked(panel).last("channels").arguments["key"] == "conv2d_1.y"
    assert len(grid) == 4
    assert grid.image(0).pixelColor(0, 0).lightness() < grid.image(3).pixelColor(7, 7).lightness()
    assert panel.maps.note.text() == "4 × 8 × 8"
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.rect_of(2).center())
    assert panel.maps.note.text().startswith("channel 2: max 0.7")
    panel.show_node("relu_1")
    assert asked(panel).last("channels").arguments["key"] == "relu_1.y"


def test_nothing_is_clipped(panel: LookInside, qtbot: QtBot) -> None:
    for part in (panel.strip, panel.why, panel.maps, panel.answer):
        corner = part.mapTo(panel, part.rect().bottomRight())
        assert part.isVisible()
        assert corner.x() <= panel.width()
        assert corner.y() <= panel.height()
    assert panel.answer.bars.geometry().bottom() < panel.answer.outcome.geometry().top() + 2
    panel.resize(1680, 900)
    qtbot.waitUntil(lambda: all(view.isVisible() for view in panel.why.methods))
    assert panel.answer.shown_classes() == list(range(10))


def test_a_refusal_is_said_in_its_place(panel: LookInside, qtbot: QtBot) -> None:
    asked(panel).answers["saliency"] = "Grad-CAM needs a convolution, and this model has none."
    panel.why.methods[0].choice.chosen.emit("grad_cam")
    view = panel.why.methods[0]
    assert view.trouble.text().startswith("Grad-CAM needs")
    assert view.stack.currentWidget() is view.trouble


def test_no_validation_rows_and_no_input(qtbot: QtBot, digits: Project, make_session: Make) -> None:
    session = make_session(digits)
    session.answers["data"] = {"rows": 9, "parts": {"train": 9}, "fields": {}, "samples": {}}
    panel = LookInside(session)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.empty.isVisible()
    assert "no validation samples" in panel.empty.text()
    net = Network("maker")
    made = net.linear(net.noise(size=(4,)), out_features=64)
    net.output(made, name="image")
    net.mse(made, net.flatten(net.digits().image))
    session.document.edit("another", net.project())
    qtbot.waitUntil(lambda: "takes nothing" in panel.empty.text())


def test_half_wired_networks_keep_what_was_shown(
    panel: LookInside, digits: Project, qtbot: QtBot
) -> None:
    graph = digits.graph.remove(edges=[digits.graph.edges[0]])
    with qtbot.waitSignal(asked(panel).document.settled):
        asked(panel).document.edit("cut", digits.with_graph(graph))
    assert panel.strip.model.rowCount() == ROWS
    assert not panel.empty.isVisible()


def test_both_themes(panel: LookInside, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    qapp.processEvents()
    image = panel.grab().toImage()
    assert image.pixelColor(2, 2) == theme.LIGHT.panel
    # Pictures do not follow the theme.
    view = panel.why.methods[0].image
    corner = view.mapTo(panel, view.image_rect().topLeft())
    assert image.pixelColor(corner.x() + 2, corner.y() + 2).red() > 150


# --- texts, with attention ---------------------------------------------------------------


@pytest.fixture
def reader(qtbot: QtBot, make_session: Make) -> LookInside:
    net = Network("reader")
    text = net.text(context=6)
    x = net.multihead_attention(net.embedding(text.tokens, embedding_dim=8), num_heads=2)
    logits = net.linear(x, out_features=75)
    net.output(logits, name="next")
    net.cross_entropy(logits, text.next)
    session = make_session(net.project())
    tokens = np.arange(5 * 6).reshape(5, 6) % 20
    weights = np.zeros((2, 6, 6), np.float32)
    weights[0, :, 0] = 1.0
    weights[1] = np.eye(6)

    def predicted(arguments: Mapping[str, Any]) -> dict[str, Any]:
        scores = np.zeros((len(arguments["rows"]), 6, 75), np.float32)
        scores[:, -1, 10] = 9
        return {"outputs": {"next": scores}, "weights": {},
                "fields": {"tokens": tokens, "next": tokens + 1}}  # fmt: skip

    session.answers = {
        "data": {"rows": 9, "parts": {"validation": 5}, "fields": {}, "samples": {}},
        "predict": predicted,
        "saliency": lambda a: {"map": np.linspace(-1, 1, 6), "method": a["method"],
                               "fields": {"tokens": tokens[:1]}, "weights": {}},
        "attention": {"maps": {"multihead_attention_1.weights": weights},
                      "fields": {"tokens": tokens[:1]}},
        "channels": "none",
    }  # fmt: skip
    panel = LookInside(session)
    panel.resize(1400, 278)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_tokens_carry_what_they_said(reader: LookInside) -> None:
    view = reader.why.methods[0]
    assert view.stack.currentWidget() is view.text
    assert len(view.text.tokens()) == 6
    assert view.text.ground(5).red() > view.text.ground(5).blue()
    assert reader.answer.bars.highlight() == 0


def test_a_token_shows_where_it_looks(reader: LookInside, qtbot: QtBot) -> None:
    attention = reader.attention
    assert attention.isVisible()
    assert attention.token == 5
    attention.head_choice.show_value(0)
    attention.look_from(3)
    assert attention.note.text() == "of token 3"
    strong, weak = attention.text.ground(0), attention.text.ground(3)
    assert strong.lightness() > 150 > weak.lightness()
    attention.head_choice.show_value(1)
    attention.look_from(3)
    assert attention.text.ground(3).lightness() > attention.text.ground(0).lightness()
    image = attention.matrix._image
    assert (image.width(), image.height()) == (6, 6)
    rect = attention.text.rects(attention.text.width())[2]
    qtbot.mouseClick(attention.text, Qt.MouseButton.LeftButton, pos=rect.center())
    assert attention.token == 2


def test_maps_or_attention(reader: LookInside) -> None:
    assert reader.attention.isVisible()
    assert not reader.maps.isVisible()
    reader.maps_chip.click()
    assert reader.maps.isVisible()
    assert not reader.attention.isVisible()
    reader.resize(1600, 900)
    assert reader.maps.isVisible()
    assert reader.attention.isVisible()


def test_neighbours_share_the_side_with_attention(reader: LookInside, qtbot: QtBot) -> None:
    assert not reader.neighbours.isVisible()
    qtbot.mouseClick(reader.neighbours_chip, Qt.MouseButton.LeftButton)
    assert reader.neighbours.isVisible()
    assert not reader.attention.isVisible()
    assert asked(reader).last("neighbours").arguments["node"] == "embedding_1"
    assert not reader.neighbours.node.isVisible()  # there is only one
    reader.resize(1400, 700)  # too narrow for all three
    qtbot.waitUntil(lambda: reader.why.height() < 400)
    assert reader.neighbours_chip.isVisible()
    assert not reader.attention.isVisible()
    reader.resize(1500, 700)
    qtbot.waitUntil(lambda: reader.attention.isVisible() and reader.neighbours.isVisible())
    assert reader.attention.head_choice.x() >= reader.attention.layer.geometry().right()


def test_a_data_file_that_breaks_meanwhile_leaves_what_was_shown(
    panel: LookInside, tmp_path: Path
) -> None:
    shown, broken = panel.subject, tmp_path / "rows.npz"
    np.savez(broken, x=np.zeros((30, 4), np.float32), y=np.arange(30) % 3)
    net = Network("rows")
    data = net.numpy_file(path=str(broken))
    logits = net.linear(data.x, out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.y)
    project = net.project(epochs=1)
    assert not Subject.of(project).trouble
    broken.write_bytes(broken.read_bytes()[:200])
    panel.look_at(project)
    assert panel.subject is shown
    assert "rows.npz" in Subject.of(project).trouble


def test_another_project_opened_during_a_run_is_not_taken_for_the_one_that_trains(
    qtbot: QtBot, digits: Project, make_session: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(digits)
    session.answers = dict(ANSWERS)
    panel = LookInside(session)
    qtbot.addWidget(panel)
    panel.show()
    net = Network("points")
    points = net.moons(points=60)
    logits = net.linear(points.point, out_features=2)
    net.output(logits)
    net.cross_entropy(logits, points.label)
    monkeypatch.setattr(type(session), "project", digits)  # in training
    session.document.new(net.project(epochs=1))
    session.events.emit([EpochDone(1, 16, {}, {})])
    assert panel.subject.field == "image"
    assert len(panel.predictions) == ROWS
    monkeypatch.undo()
    session.answers.clear()
    session.state_changed.emit("stopped")
    assert panel.subject.field == "point"
