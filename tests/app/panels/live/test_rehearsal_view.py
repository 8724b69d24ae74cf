"""Short trainings in the train panel, and the sentence that curves deserve."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.train import TrainPanel
from netbuilder.app.panels.train.asides import BATCH, RATE
from netbuilder.building import Network
from netbuilder.graph import Project
from netbuilder.training.events import EpochDone, Finished, Started, Steps

Make = Callable[[Project], Any]


def small() -> Project:
    net = Network("small")
    data = net.iris()
    logits = net.linear(data.features, out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    return net.project()


@pytest.fixture
def panel(qtbot: QtBot, make_session: Make) -> TrainPanel:
    made = TrainPanel(make_session(small()))
    made.resize(1200, 320)
    qtbot.addWidget(made)
    made.show()
    return made


def swept(suggestion: float | None) -> Mapping[str, Any]:
    rates = np.geomspace(1e-6, 10, 50)
    losses = 2 - np.exp(-((np.log10(rates) + 2) ** 2))
    said = "The loss falls fastest at about 0.003." if suggestion else "Nothing falls."
    return {
        "rates": rates, "losses": losses, "smoothed": losses, "suggestion": suggestion,
        "sentence": said,
    }  # fmt: skip


def test_the_suggested_rate_is_set_by_a_click(qtbot: QtBot, panel: TrainPanel) -> None:
    session: Any = panel._session
    session.answers["sweep"] = swept(0.003)
    qtbot.mouseClick(panel.asides.links[RATE], Qt.MouseButton.LeftButton)
    view = panel.asides.rate
    assert view.callout.text() == "The loss falls fastest at about 0.003."
    x, _ = view.plot._series["smoothed"].curve.getOriginalDataset()
    assert len(x) == 50
    qtbot.mouseClick(view.take, Qt.MouseButton.LeftButton)
    (optimiser,) = session.project.training.optimisers
    assert optimiser.settings["lr"] == 0.003
    assert session.count("sweep") == 1  # the curve is of any rate
    session.document.undo()
    assert session.project.training.optimisers[0].settings["lr"] == 1e-3
    qtbot.waitUntil(lambda: session.count("sweep") == 2)


def test_where_nothing_falls_nothing_is_offered(qtbot: QtBot, panel: TrainPanel) -> None:
    panel._session.answers["sweep"] = swept(None)  # type: ignore[attr-defined]
    qtbot.mouseClick(panel.asides.links[RATE], Qt.MouseButton.LeftButton)
    assert not panel.asides.rate.take.isVisible()
    assert panel.asides.rate.callout.kind() == "warning"


def test_one_batch(qtbot: QtBot, panel: TrainPanel) -> None:
    panel._session.answers["one_batch"] = {  # type: ignore[attr-defined]
        "losses": np.geomspace(1, 0.01, 40), "learned": True, "sentence": "It can learn.",
    }  # fmt: skip
    qtbot.mouseClick(panel.asides.links[BATCH], Qt.MouseButton.LeftButton)
    assert panel.asides.one_batch.callout.text() == "It can learn."
    assert panel.asides.one_batch.callout.kind() == "ok"


def test_overfitting_is_said_above_the_curves(qtbot: QtBot, panel: TrainPanel) -> None:
    rows = {"train": 90, "validation": 30, "test": 30}
    events: list[Any] = [Started("r", "f", 12, 2, 64, "cpu", 0, 15, ("main",), rows)]
    held = [2.0, 1.5, 1.0, 0.8, 0.9, 1.0, 1.1, 1.2]
    for epoch, value in enumerate(held, start=1):
        events.append(Steps(2 * epoch - 2, epoch, {"main": np.ones(2, np.float32)}, 1.0, 1.0))
        train = {"main": 2.0 * 0.8**epoch}
        events.append(EpochDone(epoch, 2 * epoch, train, {"main": value}))
    panel._session.events.emit(events)
    qtbot.waitUntil(panel.callout.isVisible)
    assert panel.callout.kind() == "warning"
    assert panel.callout.text().startswith("Overfitting since epoch 4: the validation loss rose")
    panel._session.events.emit([Finished("r", "f", False, 16, 8, {})])
    assert panel.callout.text().startswith("Overfitting since epoch 4")
