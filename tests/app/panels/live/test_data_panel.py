"""The data panel: facts, classes, samples of every kind, and faults in their place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.data import DataPanel
from netbuilder.app.panels.data.count_bars import CountBars
from netbuilder.app.panels.data.facts import field_facts, shown_field
from netbuilder.app.panels.data.panel import FACTS_WIDTH
from netbuilder.app.widgets import ThemedLabel
from netbuilder.building import Network
from netbuilder.graph import Project

Make = Callable[[Project], Any]


def summary(shape: tuple[int, ...], dtype: str = "float32", **more: Any) -> dict[str, Any]:
    return {
        "shape": shape,
        "dtype": dtype,
        "minimum": 0.0,
        "maximum": 9.0,
        "mean": 4.5,
        "deviation": 2.0,
        "counts": (),
        "class_names": (),
        "columns": (),
        **more,
    }


def pictures() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    names = tuple("0123456789")
    return {
        "node": "digits_1",
        "rows": 1797,
        "parts": {"train": 1079, "validation": 359, "test": 359},
        "fields": {
            "image": summary((1, 8, 8), minimum=0.0, maximum=1.0),
            "label": summary((), "int64", counts=tuple(range(170, 180)), class_names=names),
        },
        "samples": {
            "image": rng.random((50, 1, 8, 8)).astype(np.float32),
            "label": np.arange(50) % 10,
        },
    }


def shown(qtbot: QtBot, session: Any) -> DataPanel:
    panel = DataPanel(session)
    panel.resize(1400, 278)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_files_that_cannot_be_read_are_named(
    qtbot: QtBot, digits: Project, make_session: Make
) -> None:
    session = make_session(digits)
    bad = tuple((f"red/{i}.png", "it is cut off") for i in range(5))
    session.answers["data"] = {**pictures(), "bad": bad, "bad_count": 5}
    panel = shown(qtbot, session)
    said = panel.callout.accessibleName()
    assert "5 files cannot be used and are left out. red/0.png: it is cut off; " in said
    assert said.endswith("and 2 more.")
    assert "red/4.png: it is cut off" in panel.callout.toolTip()
    assert panel.rows.isVisible()


def test_pictures_with_facts_and_classes(qtbot: QtBot, digits: Project, make_session: Make) -> None:
    session = make_session(digits)
    result = session.answers["data"] = pictures()
    panel = shown(qtbot, session)
    assert panel.rows.text() == "1\u2009079 train, 359 validation, 359 test"
    assert panel.facts.note.text() == "1\u2009797 rows"
    assert panel.texts()[0] == ["image", "B × 1 × 8 × 8", "0 to 1", "4.5 ± 2"]
    assert panel.texts()[1] == ["label", "B", "0 to 9", "10 classes"]
    assert panel.view.currentWidget() is panel.view.grid
    assert len(panel.view.grid) == 40
    bright = panel.view.grid.image(7).pixelColor(3, 2).red()
    assert bright == round(float(result["samples"]["image"][7, 0, 2, 3]) * 255)
    assert panel.bars.shown()[3] == ("3", 173)
    assert not panel.choice.isVisible()


def test_facts_are_never_cut_short(qtbot: QtBot, digits: Project, make_session: Make) -> None:
    """A number without its last digits would read as another one."""
    session = make_session(digits)
    result = pictures()
    wide = {**result["fields"]["image"], "shape": (3, 1024, 1024), "deviation": 0.0271828}
    session.answers["data"] = {**result, "fields": {**result["fields"], "image": wide}}
    panel = shown(qtbot, session)
    assert panel.texts()[0] == ["image", "B × 3 × 1024 × 1024", "0 to 1", "4.5 ± 0.027"]
    qtbot.waitUntil(lambda: panel.facts.width() > FACTS_WIDTH)
    labels = panel.facts.findChildren(ThemedLabel)
    shape = next(label for label in labels if label.text() == "B × 3 × 1024 × 1024")
    qtbot.waitUntil(lambda: shape.width() >= shape.sizeHint().width())
    ends = [x for x in labels if x.text() == "4.5 ± 0.027"]
    assert all(x.geometry().left() + x.sizeHint().width() <= panel.facts.width() for x in ends)


def test_how_rows_are_split_is_chosen_here(
    qtbot: QtBot, digits: Project, make_session: Make
) -> None:
    session = make_session(digits)
    balance = {"train": tuple(range(100, 110)), "validation": (35,) * 10, "test": (35,) * 10}
    session.answers["data"] = {**pictures(), "balance": balance, "splits_by": ("writer", "label")}
    panel = shown(qtbot, session)
    assert panel.once.isVisible()
    assert panel.classes.note.text() == "train, validation, test"
    assert "3 103 + 35 + 35" in panel.bars.accessibleDescription()
    split = panel.split
    assert split.method.currentText() == "stratified"
    assert not split.by.isVisible()
    split.method.setFocus()
    qtbot.keyClick(split.method, Qt.Key.Key_Down)
    qtbot.keyClick(split.method, Qt.Key.Key_Down)
    assert session.document.project.training.split == "group"
    assert split.by.isVisible()
    assert [split.by.itemText(i) for i in range(split.by.count())] == ["writer", "label"]
    qtbot.keyClick(split.by, Qt.Key.Key_Down)
    assert session.document.project.training.split_by == "writer"
    session.document.undo()
    session.document.undo()
    assert session.document.project.training.split == "random"


def test_augmented_samples_are_shown_before_training(qtbot: QtBot, make_session: Make) -> None:
    net = Network("digits")
    data = net.digits()
    x = net.random_flip(data.image)
    net.output(net.linear(net.flatten(x), out_features=10), name="digit")
    project = net.project()
    session = make_session(project)
    session.answers["data"] = pictures()
    panel = shown(qtbot, session)
    assert not panel.again.isVisible()
    random = np.random.default_rng(0)
    made = random.random((4, 8, 1, 8, 8)).astype(np.float32)
    answer = {"node": "random_flip_1", "samples": made[:, 0], "made": made}
    session.answers["augmented"] = answer
    qtbot.mouseClick(panel.as_trained, Qt.MouseButton.LeftButton)
    asked = session.last("augmented").arguments
    assert asked["part"] == "train"
    assert len(panel.augmented.grid) == 4 * 9
    assert panel.augmented.grid.isVisible()
    assert not panel.view.isVisible()
    qtbot.mouseClick(panel.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.last("augmented").arguments["seed"] == asked["seed"] + 1)
    session.document.edit_graph("Remove", project.graph.remove(["random_flip_1"]))
    qtbot.waitUntil(lambda: not panel.as_trained.isVisible())
    assert panel.view.isVisible()


def test_points_texts_and_tables(qtbot: QtBot, digits: Project, make_session: Make) -> None:
    session = make_session(digits)
    panel = shown(qtbot, session)
    question = session.last("data")
    base = {"rows": 3, "parts": {}}
    points = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]], np.float32)
    label = summary((), "int64", counts=(1, 2), class_names=("in", "out"))
    session.give(
        question,
        {
            **base,
            "fields": {"point": summary((2,)), "label": label},
            "samples": {"point": points, "label": np.array([0, 1, 1])},
        },
    )
    assert panel.view.currentWidget() is panel.view.plane
    assert len(panel.view.plane.points()) == 3
    tokens = summary((4,), "int64", class_names=("a", "b", "\n"))
    session.give(
        question,
        {**base, "fields": {"tokens": tokens}, "samples": {"tokens": np.array([[0, 1, 2, 0]])}},
    )
    assert panel.view.texts.item(0).text() == "ab ↵ a"
    features = summary((2,), columns=("size", "age"))
    features["shape"] = (3,)
    session.give(
        question,
        {
            **base,
            "fields": {"features": features, "label": label},
            "samples": {"features": np.ones((2, 3)), "label": np.array([0, 1])},
        },
    )
    assert panel.view.currentWidget() is panel.view.table
    assert panel.view.table.horizontalHeaderItem(0).text() == "size"
    assert panel.view.table.horizontalHeaderItem(2).text() == "features 2"
    assert panel.view.table.item(1, 3).text() == "out"


def test_a_fault_is_a_callout_and_what_was_read_stays(
    qtbot: QtBot, digits: Project, make_session: Make
) -> None:
    session = make_session(digits)
    session.answers["data"] = pictures()
    panel = shown(qtbot, session)
    session.answers["data"] = "The file iris.csv has no column label in row 1."
    node = replace(digits.graph["digits_1"], title="Ziffern")
    training = replace(digits.training, seed=9)
    project = replace(digits.with_graph(digits.graph.put(node)), training=training)
    session.document.edit("seed", project)
    qtbot.waitUntil(panel.callout.isVisible)
    assert "iris.csv" in panel.callout.text()
    assert panel.texts()[0][0] == "image"
    with qtbot.waitSignal(panel.node_wanted) as wanted:
        panel.callout.links()[0].click()
    assert wanted.args == ["digits_1"]
    session.answers["data"] = pictures()
    session.document.undo()
    qtbot.waitUntil(lambda: not panel.callout.isVisible())


def test_edits_that_do_not_touch_the_data_ask_nothing(
    qtbot: QtBot, digits: Project, make_session: Make
) -> None:
    session = make_session(digits)
    session.answers["data"] = pictures()
    panel = shown(qtbot, session)
    assert session.count("data") == 1
    graph = digits.graph.move({"digits_1": (5.0, 5.0)}).set_param("conv2d_1", "out_channels", 9)
    session.document.edit("edit", digits.with_graph(graph))
    qtbot.wait(200)  # longer than the document waits for the hand to rest
    qtbot.wait(250)
    assert session.count("data") == 1
    assert panel.view.currentWidget() is panel.view.grid


def test_no_data_and_several_data_nodes(qtbot: QtBot, make_session: Make) -> None:
    session = make_session(Project())
    panel = shown(qtbot, session)
    assert panel.empty.isVisible()
    assert session.count("data") == 0
    net = Network("two")
    net.digits()
    net.iris()
    session.answers["data"] = pictures()
    session.document.edit("two", net.project())
    qtbot.waitUntil(lambda: not panel.empty.isVisible())
    assert panel.choice.isVisible()
    assert session.last("data").arguments["node"] == "digits_1"
    panel.choice.setCurrentIndex(1)
    panel.choice.chosen.emit("iris_1")
    qtbot.waitUntil(lambda: session.last("data").arguments["node"] == "iris_1")


def test_many_classes_show_the_most_frequent(qtbot: QtBot) -> None:
    bars = CountBars("classes")
    qtbot.addWidget(bars)
    bars.resize(200, 60)
    bars.show_counts([], [3, 50, 7, 20])
    assert bars.shown() == [("1", 50), ("3", 20)]
    bars.resize(200, 80)
    assert [name for name, _ in bars.shown()] == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("shape", "dtype", "names", "kind"),
    [
        ((1, 8, 8), "float32", (), "pictures"),
        ((2,), "float32", (), "points"),
        ((64,), "int64", ("a",), "texts"),
        ((50, 1), "float32", (), "series"),
        ((13,), "float32", (), "table"),
    ],
)
def test_how_a_field_is_shown(
    shape: tuple[int, ...], dtype: str, names: tuple[str, ...], kind: str
) -> None:
    fields = {"x": summary(shape, dtype, class_names=names), "label": summary((), "int64")}
    assert shown_field(fields) == ("x", kind)


def test_a_mean_that_is_nothing_but_rounding_is_zero() -> None:
    (facts,) = field_facts({"x": summary((3,), mean=1.2e-9, deviation=1.0)})
    assert facts.mean == "0 ± 1"
