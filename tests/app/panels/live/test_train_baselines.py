"""The table of baselines fills row by row, the best on top, and says what that means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.train import TrainPanel
from netbuilder.app.panels.train.asides import BASELINES as LINK
from netbuilder.baselines import BASELINES
from netbuilder.building import Network
from netbuilder.graph import Project

Make = Callable[[Project], Any]


def small() -> Project:
    net = Network("small")
    data = net.iris()
    logits = net.linear(data.features, out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    return net.project()


def row(name: str, accuracy: float, title: str = "") -> Mapping[str, Any]:
    figures = {"train": {"accuracy": accuracy}, "validation": {"accuracy": accuracy}}
    shown = title or BASELINES[name].title
    return {"row": {"name": name, "title": shown, "figures": figures, "seconds": 0.5, "note": ""}}


@pytest.fixture
def panel(qtbot: QtBot, make_session: Make) -> TrainPanel:
    made = TrainPanel(make_session(small()))
    made.resize(1200, 320)
    qtbot.addWidget(made)
    made.show()
    return made


def press(qtbot: QtBot, panel: TrainPanel) -> None:
    qtbot.mouseClick(panel.asides.links[LINK], Qt.MouseButton.LeftButton)


def column(panel: TrainPanel, place: int) -> list[str]:
    table = panel.baselines.table
    return [table.item(line, place).text() for line in range(table.rowCount())]  # type: ignore[union-attr]


def test_one_after_the_other_and_the_best_on_top(qtbot: QtBot, panel: TrainPanel) -> None:
    session: Any = panel._session
    assert session.count("baseline") == 0  # nothing is computed unasked
    press(qtbot, panel)
    assert panel.baselines.callout.text() == "This network … 0 of 9 fitted."
    session.give(session.asked[-1], {"row": None})  # nothing has been trained
    scores = {"majority": 0.3, "svm": 0.97, "tree": 0.9}
    for done, name in enumerate(BASELINES):
        question = session.asked[-1]
        assert question.arguments == {"name": name}
        assert panel.baselines.callout.text().endswith(f"{done} of 9 fitted.")
        session.give(question, row(name, scores.get(name, 0.5)))
    assert column(panel, 0)[:2] == ["SVM with RBF kernel", "Decision tree"]
    assert column(panel, 2)[0] == "0.97"
    assert column(panel, 0)[-1] == "Majority or mean"
    assert panel.baselines.callout.text().startswith("SVM with RBF kernel is best so far")
    press(qtbot, panel)
    assert not panel.baselines.isVisible()
    assert panel.empty.isVisible()
    press(qtbot, panel)
    assert session.count("baseline") == 10  # the same network is not fitted again


@pytest.mark.parametrize(
    ("network", "said"),
    [
        (0.98, "The network is better than every baseline."),
        (0.97, "SVM with RBF kernel is as good as the network or better, and simpler."),
    ],
)
def test_a_network_has_to_be_better(
    qtbot: QtBot, panel: TrainPanel, network: float, said: str
) -> None:
    session: Any = panel._session
    session.answers["baseline"] = lambda a: (
        row("network", network, "This network")
        if a["name"] == "network"
        else row(a["name"], 0.97 if a["name"] == "svm" else 0.4)
    )
    press(qtbot, panel)
    assert panel.baselines.callout.text() == said


def test_what_cannot_be_compared_is_said_once(qtbot: QtBot, panel: TrainPanel) -> None:
    session: Any = panel._session
    session.answers["baseline"] = "This network is asked something else."
    press(qtbot, panel)
    assert panel.baselines.callout.text() == "This network is asked something else."
    assert not panel.baselines.table.isVisible()
    assert session.count("baseline") == 2
