"""The page of the project: name, notes, and how it is trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.canvas.node_face import make_face
from netbuilder.app.document import Document
from netbuilder.app.panels.form.row import line_of
from netbuilder.app.panels.inspector import Inspector
from netbuilder.app.panels.training_settings import TrainingSettings
from netbuilder.app.panels.training_settings.declared import (
    steps_per_epoch,
    training_params,
    with_algorithm,
)
from netbuilder.graph import Optimiser, Schedule, Training
from netbuilder.training.schedules import rates
from netbuilder.training.settings import ALGORITHMS, checked

Typing = Callable[[QWidget, str], None]


@pytest.fixture
def inspector(qtbot: QtBot, document: Document) -> Inspector:
    """The inspector with nothing selected."""
    made = Inspector(document)
    qtbot.addWidget(made)
    made.resize(280, 900)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def settings(inspector: Inspector) -> TrainingSettings:
    """The settings of training on that page."""
    return inspector.project.training


@pytest.fixture
def typing(qtbot: QtBot) -> Typing:
    """Replace what stands in a field, key by key."""

    def put(control: QWidget, text: str) -> None:
        line = line_of(control)
        assert line is not None
        control.setFocus()
        line.selectAll()
        qtbot.keyClicks(control, text)

    return put


def test_name_and_notes_are_written_as_one_step_each(
    inspector: Inspector, document: Document, qtbot: QtBot, typing: Typing
) -> None:
    page = inspector.project
    assert inspector.page is page
    typing(page.name, "my net")
    qtbot.keyClick(page.name, Qt.Key.Key_Return)
    assert document.project.name == "my net"
    page.notes.setFocus()
    qtbot.keyClicks(page.notes, "try 3x3")
    assert document.project.notes == "try 3x3"
    assert document.stack.count() == 2
    document.undo()
    document.undo()
    assert page.name.text() == "digits"
    assert page.notes.toPlainText() == ""


def test_an_empty_name_is_refused(inspector: Inspector, document: Document, qtbot: QtBot) -> None:
    page = inspector.project
    page.name.setFocus()
    page.name.selectAll()
    qtbot.keyClick(page.name, Qt.Key.Key_Backspace)
    assert page.name_row.message.text() == "A project needs a name."
    assert document.project.name == "digits"


def test_totals_follow(inspector: Inspector, document: Document) -> None:
    assert inspector.project.totals.texts()["Nodes"] == "8"
    document.edit_graph("Cut", document.project.graph.remove(["linear_2"]))
    assert inspector.project.totals.texts()["Nodes"] == "7"


def test_every_setting_of_training_is_in_the_form(settings: TrainingSettings) -> None:
    declared = {p.name for p in training_params((), "auto")}
    assert declared | {"optimisers", "settings"} == set(Training.__dataclass_fields__)
    defaults = {p.name: p.default for p in training_params((), "auto")}
    assert Training(**{**defaults, "optimisers": Training().optimisers}) == Training()


def test_epochs_are_set_in_one_step(
    settings: TrainingSettings, document: Document, typing: Typing
) -> None:
    typing(settings.form.rows["epochs"].control, "25")
    assert document.project.training.epochs == 25
    assert document.stack.count() == 1
    document.undo()
    assert document.project.training.epochs == 10


def test_shares_must_leave_something_to_train_on(
    settings: TrainingSettings, document: Document, typing: Typing
) -> None:
    row = settings.form.rows["validation"]
    typing(row.control, "0.9")
    assert "nothing would be left" in row.message.text()
    assert document.project.training.validation == 0.2
    typing(row.control, "0.3")
    assert document.project.training.validation == 0.3


def test_devices_of_the_engine_are_offered(settings: TrainingSettings) -> None:
    settings.set_devices(("cpu", "cuda:0"))
    combo = settings.form.rows["device"].control
    assert [combo.itemText(i) for i in range(combo.count())] == ["auto", "cpu", "cuda:0"]


def test_the_learning_rate_is_set(
    settings: TrainingSettings, document: Document, typing: Typing
) -> None:
    typing(settings.boxes[0].form.rows["lr"].control, "3e-4")
    optimiser = document.project.training.optimisers[0]
    assert optimiser.settings["lr"] == 3e-4
    assert document.stack.undoText() == "Set learning rate of main"


def test_another_algorithm_brings_its_own_settings(
    settings: TrainingSettings, document: Document
) -> None:
    box = settings.boxes[0]
    box.algorithm.chosen.emit("sgd")
    assert document.project.training.optimisers[0].algorithm == "sgd"
    assert "momentum" in box.form.rows
    assert "beta1" not in box.form.rows
    document.undo()
    assert "beta1" in box.form.rows


def test_settings_that_do_not_go_together_are_refused(
    settings: TrainingSettings, document: Document, qtbot: QtBot
) -> None:
    settings.boxes[0].algorithm.chosen.emit("sgd")
    row = settings.boxes[0].form.rows["nesterov"]
    qtbot.mouseClick(row.control, Qt.MouseButton.LeftButton)
    assert "momentum" in row.message.text()
    assert not row.control.isChecked()
    assert "nesterov" not in document.project.training.optimisers[0].settings


@pytest.mark.parametrize("name", sorted(ALGORITHMS))
def test_a_changed_rate_survives_another_algorithm(name: str) -> None:
    after = with_algorithm(Optimiser(settings={"lr": 0.5, "amsgrad": True}), name)
    assert checked(after.algorithm, after.settings)["lr"] == 0.5
    fresh = with_algorithm(Optimiser(), name)
    assert fresh.settings["lr"] == ALGORITHMS[name].setting("lr").default


def test_optimisers_are_added_named_and_removed(
    settings: TrainingSettings, document: Document, qtbot: QtBot, typing: Typing
) -> None:
    assert settings.boxes[0].remove.isHidden()
    qtbot.mouseClick(settings.add, Qt.MouseButton.LeftButton)
    assert [o.name for o in document.project.training.optimisers] == ["main", "optimiser_2"]
    box = settings.boxes[1]
    typing(box.name, "main")
    assert "already an optimiser called main" in box.name_row.message.text()
    typing(box.name, "critic")
    qtbot.keyClick(box.name, Qt.Key.Key_Return)
    assert document.project.training.optimisers[1].name == "critic"
    qtbot.mouseClick(settings.boxes[0].remove, Qt.MouseButton.LeftButton)
    assert [o.name for o in document.project.training.optimisers] == ["critic"]
    document.undo()
    assert [box.name.text() for box in settings.boxes] == ["main", "critic"]


def test_losses_and_weights_are_assigned(settings: TrainingSettings, document: Document) -> None:
    box = settings.boxes[0]
    assert box.losses.list.isHidden()
    box.updates.which.chosen.emit("some")
    names = document.project.training.optimisers[0].updates
    assert names == ("conv2d_1", "linear_1", "linear_2")
    assert not box.updates.list.isHidden()
    box.updates.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert document.project.training.optimisers[0].updates == ("linear_1", "linear_2")
    box.losses.which.chosen.emit("some")
    assert document.project.training.optimisers[0].losses == ("cross_entropy_1",)
    box.updates.which.chosen.emit("all")
    assert document.project.training.optimisers[0].updates is None
    document.undo()
    assert box.updates.list.item(0).checkState() == Qt.CheckState.Unchecked


def test_an_algorithm_of_a_newer_version_is_kept(
    settings: TrainingSettings, document: Document
) -> None:
    odd = Optimiser(algorithm="lion", settings={"lr": 1.0})
    training = replace(document.project.training, optimisers=(odd,))
    document.edit("Load", replace(document.project, training=training))
    assert settings.boxes[0].algorithm.currentIndex() == -1
    assert document.project.training.optimisers == (odd,)


def test_the_other_theme_is_worn_at_once(inspector: Inspector, qapp: QApplication) -> None:
    dark = inspector.grab().toImage()
    theme.apply(qapp, "light")
    qapp.processEvents()
    light = inspector.grab().toImage()
    assert light.pixelColor(4, 400).lightness() > 200 > 60 > dark.pixelColor(4, 400).lightness()
    heading = inspector.project.header.title
    assert heading.palette().windowText().color().name() == theme.LIGHT.text


def test_a_schedule_is_chosen_and_its_curve_drawn_before_the_run(
    settings: TrainingSettings, document: Document, typing: Typing
) -> None:
    rows = settings.boxes[0].schedule
    rows.kind.chosen.emit("one_cycle")
    typing(rows.form.rows["warmup"].control, "20")
    optimiser = document.project.training.optimisers[0]
    assert optimiser.schedule == Schedule("one_cycle", {"warmup": 20})
    each = steps_per_epoch(document.project) or 100
    curve = rows.curve
    assert not curve.isHidden()
    assert curve.steps[-1] == 10 * each - 1
    drawn = rates(optimiser.schedule, 1e-3, each, 10, curve.steps)
    assert curve.rates.tolist() == drawn.tolist()
    curve.log.click()
    assert not curve.grab().isNull()
    document.undo()
    document.undo()
    assert document.project.training.optimisers[0].schedule == Schedule()


def test_parts_of_training_are_set(
    settings: TrainingSettings, document: Document, typing: Typing
) -> None:
    typing(settings.parts["early_stopping"].form.rows["patience"].control, "4")
    typing(settings.parts["ema"].form.rows["decay"].control, "0.99")
    assert document.project.training.settings == {
        "early_stopping": {"patience": 4},
        "ema": {"decay": 0.99},
    }
    settings.parts["ema"].form.reset.emit("decay")
    assert document.project.training.settings == {"early_stopping": {"patience": 4}}


def test_a_node_is_frozen_in_its_page_and_wears_a_snowflake(
    inspector: Inspector, document: Document
) -> None:
    before = document.project.training
    page = inspector.node.weights
    page.show_node("linear_1", True)
    page.form.edited.emit("frozen", True, object())
    (optimiser,) = document.project.training.optimisers
    assert optimiser.weights_of("linear_1") == {"frozen": True}
    assert inspector.project.training.boxes[0].own.text() == "linear_1: frozen"
    after = document.project
    assert make_face(after.graph["linear_1"], after.graph, after, {}, ()).frozen
    page.form.reset.emit("frozen")
    assert document.project.training == before
