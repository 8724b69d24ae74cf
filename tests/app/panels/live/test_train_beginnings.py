"""Before a run the train panel shows how the weights begin, and says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.train import History, TrainPanel
from netbuilder.app.panels.train.asides import BEGIN, CURVES
from netbuilder.app.panels.train.beginnings_view import WELL
from netbuilder.building import Network
from netbuilder.engine.answers import answer
from netbuilder.engine.messages import Ask
from netbuilder.engine.weights import Weights
from netbuilder.graph import Project
from netbuilder.training.events import Finished, Started, Steps

Make = Callable[[Project], Any]


def deep(**begin: Any) -> Project:
    """Four layers of tanh on digits."""
    net = Network("deep")
    data = net.digits()
    x: Any = net.flatten(data)
    for number in range(1, 5):
        x = net.place("linear", x, id=f"linear_{number}", out_features=32, **begin)
        x = net.tanh(x)
    scores = net.place("linear", x, id="head", out_features=10, **begin)
    net.output(scores)
    net.cross_entropy(scores, data.label)
    return net.project()


@pytest.fixture
def open_panel(qtbot: QtBot, make_session: Make) -> Callable[[Project], TrainPanel]:
    """A shown panel whose session answers as the engine does, of the project open then."""

    def make(project: Project) -> TrainPanel:
        session = make_session(project)

        def answered(arguments: Any) -> Any:
            given = answer(Ask(1, "beginnings", session.project, arguments), Weights())
            return given.error or given.result

        session.answers["beginnings"] = answered
        panel = TrainPanel(session)
        panel.resize(1400, 278)
        qtbot.addWidget(panel)
        panel.show()
        return panel

    return make


def click(qtbot: QtBot, panel: TrainPanel) -> None:
    qtbot.mouseClick(panel.begin, Qt.MouseButton.LeftButton)


def test_small_weights_are_seen_to_shrink(qtbot: QtBot, open_panel: Any) -> None:
    panel = open_panel(deep(weight_init="normal", init_value=0.01))
    assert panel._session.count("beginnings") == 0  # nothing is computed unasked
    click(qtbot, panel)
    view = panel.beginnings
    assert view.isVisible()
    assert not panel.empty.isVisible()
    assert view.callout.kind() == "warning"
    assert view.callout.text().startswith("Activations shrink by ")
    assert view.callout.text().endswith("Begin with Xavier.")
    assert [n["node"] for n in view.nodes][::2] == [*(f"linear_{n}" for n in range(1, 5)), "head"]
    x, y = view.forward.plot._series[""].curve.getOriginalDataset()
    assert len(x) == len(view.nodes)
    assert np.all(np.diff(y[::2]) < 0)
    assert view.backward.values[0] < 1e-3 * view.backward.values[-1]
    click(qtbot, panel)
    assert panel.empty.isVisible()
    assert not view.isVisible()


def test_an_edit_is_judged_anew(qtbot: QtBot, open_panel: Any) -> None:
    panel = open_panel(deep(weight_init="zeros"))
    click(qtbot, panel)
    assert "every unit learns the same" in panel.beginnings.callout.text()
    better = deep(weight_init="xavier_normal", bias_init=0.0)
    panel._session.document.edit("Begin with Xavier", better)
    qtbot.waitUntil(lambda: panel.beginnings.callout.text() == WELL, timeout=5000)
    assert panel.beginnings.callout.kind() == "ok"


def test_a_run_takes_the_room_and_gives_it_back(qtbot: QtBot, open_panel: Any) -> None:
    project = deep()
    panel = open_panel(project)
    click(qtbot, panel)
    begun = Started("run-1", "/runs/run-1", 2, 20, 64, "cpu", 0, 100, ("main",), {})
    panel._session.events.emit([begun])
    panel._session.events.emit([Steps(0, 1, {"main": np.ones(3, np.float32)}, 1000.0, 5.0)])
    panel.redraw()
    assert not panel.beginnings.isVisible()
    assert not panel.begin.isVisible()
    qtbot.waitUntil(panel.loss.isVisible)
    panel._session.events.emit([Finished("run-1", "/runs/run-1", False, 40, 2, {})])
    panel.redraw()
    assert panel.begin.text() == BEGIN
    click(qtbot, panel)
    assert panel.beginnings.isVisible()
    assert panel.begin.text() == CURVES
    click(qtbot, panel)
    qtbot.waitUntil(panel.loss.isVisible)


def test_a_run_of_the_past_takes_the_room(qtbot: QtBot, open_panel: Any) -> None:
    panel = open_panel(deep())
    click(qtbot, panel)
    panel.show_run(History())
    assert not panel.beginnings.isVisible()
    assert not panel.begin.isVisible()
    panel.show_live()
    assert panel.begin.isVisible()
    assert panel.begin.text() == BEGIN


def test_what_cannot_be_computed_is_said(qtbot: QtBot, make_session: Make) -> None:
    session = make_session(deep())
    session.answers["beginnings"] = "No loss reads any data; wire a data set to the network."
    panel = TrainPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    click(qtbot, panel)
    assert panel.beginnings.callout.text().startswith("No loss reads any data")
