"""The playground: who races is ticked, where from is clicked, and the race is played."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.train import TrainPanel
from netbuilder.app.panels.train.asides import RACE
from netbuilder.app.panels.train.playground_view import STEPS, PlaygroundView
from netbuilder.cli.output import plain
from netbuilder.graph import Project
from netbuilder.playground.race import race

Make = Callable[[Project], Any]


@pytest.fixture
def view(qtbot: QtBot, make_session: Make) -> Iterator[PlaygroundView]:
    """The opened playground of a panel whose session runs races as the engine does."""
    session = make_session(Project())

    def raced(arguments: Any) -> Any:
        given = dict(arguments)
        return {"racers": plain(race(given.pop("surface"), given.pop("optimisers"), **given))}

    session.answers["race"] = raced
    panel = TrainPanel(session)
    panel.resize(1200, 420)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.mouseClick(panel.asides.links[RACE], Qt.MouseButton.LeftButton)
    yield panel.asides.playground
    panel.close()  # until here it must live, or its view is gone


def last(view: PlaygroundView) -> Any:
    return view._session.asked[-1].arguments  # type: ignore[attr-defined]


def test_it_races_when_opened_and_plays_to_the_end(view: PlaygroundView, qtbot: QtBot) -> None:
    assert [o.name for o in last(view)["optimisers"]] == ["SGD", "Momentum", "Adam"]
    assert view.callout.text().startswith("Steep one way, flat the other")
    assert {p.name for p in view.map.paths} == {"SGD", "Momentum", "Adam"}
    view._timer.setInterval(1)
    qtbot.waitUntil(lambda: view.map.shown == STEPS, timeout=20_000)
    assert not view._timer.isActive()
    image = view.map.grab().toImage()
    adam = next(p for p in view.map.paths if p.name == "Adam")
    end = view.map.at(adam.points[-1], float(adam.losses[-1])).toPoint()
    assert image.pixelColor(end).name() != view.map._image.pixelColor(0, 0).name()


def test_a_click_chooses_where_to_begin(view: PlaygroundView) -> None:
    place = view.map.at((2.0, 1.0), 0.0).toPoint()
    QTest.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=place)
    assert last(view)["start"] == pytest.approx((2.0, 1.0), abs=0.05)
    assert view.map.start == last(view)["start"]


def test_racers_and_rates_are_chosen(view: PlaygroundView) -> None:
    box, _ = view.racers["Adagrad"]
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=_left(box))
    assert [o.name for o in last(view)["optimisers"]][-1] == "Adagrad"
    _, rate = view.racers["SGD"]
    rate.setFocus()
    rate.selectAll()
    QTest.keyClicks(rate, "3")
    QTest.keyClick(rate, Qt.Key.Key_Return)
    assert last(view)["optimisers"][0].settings["lr"] == 3
    assert "SGD: It diverged at step" in view.callout.text()
    rate.selectAll()
    QTest.keyClicks(rate, "much")
    QTest.keyClick(rate, Qt.Key.Key_Return)
    assert view.callout.text() == "The learning rate of SGD is a number, not “much”."


def _left(box: Any) -> Any:
    from PySide6.QtCore import QPoint

    return QPoint(8, box.height() // 2)


def test_another_surface_brings_rates_that_suit_it(view: PlaygroundView) -> None:
    view.surfaces.setCurrentIndex(view.surfaces.findData("parabola"))
    view.surfaces.chosen.emit("parabola")
    assert last(view)["surface"] == "parabola"
    assert last(view)["start"] == (-3.5,)
    assert view.racers["SGD"][1].text() == "0.1"
    for box, _ in view.racers.values():
        box.setChecked(False)
    assert view.callout.text() == "Nobody races: tick an optimiser."
