"""Neighbours of a token: which are asked for, what is shown, where a click goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.look_inside import LookInside
from netbuilder.app.widgets.bar_rows import ROW
from netbuilder.building import Network
from netbuilder.graph import Project
from netbuilder.training.events import EpochDone

WORDS = ("cat", "dog", "horse", "apple", "pear", "plum", "\n")
NEAR = {"cosine": (0.9, 0.25, -0.5), "euclid": (0.5, 1.0, 2.0)}


def near(arguments: Mapping[str, Any]) -> dict[str, Any] | str:
    """The three words behind the one that is asked for."""
    token = arguments["token"] or "cat"
    if token not in WORDS:
        return f"The data set has no token {token!r}."
    at = WORDS.index(token)
    found = tuple(WORDS[(at + i) % len(WORDS)] for i in (1, 2, 3))
    return {"node": arguments["node"], "token": token, "tokens": found,
            "values": NEAR[arguments["measure"]], "measure": arguments["measure"],
            "nodes": ("words", "around"), "vocabulary": WORDS}  # fmt: skip


def vectors() -> Project:
    net = Network("vectors")
    data = net.skip_gram(window=2, samples=500)
    words = net.embedding(data.center, embedding_dim=4, id="words")
    around = net.embedding(data.context, embedding_dim=4, id="around")
    wrong = net.embedding(data.negatives, embedding_dim=4, id="wrong", share="around")
    net.output(words)
    net.negative_sampling(words, around, wrong)
    return net.project()


@pytest.fixture
def panel(qtbot: QtBot, make_session: Callable[[Project], Any]) -> LookInside:
    session = make_session(vectors())
    session.answers = {"neighbours": near}
    made = LookInside(session)
    made.resize(1100, 278)
    qtbot.addWidget(made)
    made.show()
    return made


def last(panel: LookInside) -> Mapping[str, Any]:
    found: Mapping[str, Any] = panel._session.last("neighbours").arguments  # type: ignore[attr-defined]
    return found


def test_a_network_without_samples_to_explain_shows_its_vectors(panel: LookInside) -> None:
    view = panel.neighbours
    assert view.isVisible()
    assert not panel.empty.isVisible()
    assert not any(part.isVisible() for part in (panel.strip, panel.why, panel.answer))
    assert last(panel) == {"node": "words", "token": "", "measure": "cosine", "count": 10}
    assert view.field.text() == "cat"
    assert view.bars.values() == [("dog", 0.9), ("horse", 0.25), ("apple", -0.5)]
    assert view.bars.accessibleDescription() == "dog 0.900, horse 0.250, apple -0.500"
    corner = view.bars.mapTo(panel, QPoint(0, 3 * ROW))
    assert corner.y() < panel.height()


def test_a_token_is_typed_and_a_click_goes_to_a_neighbour(panel: LookInside, qtbot: QtBot) -> None:
    view = panel.neighbours
    view.field.selectAll()
    qtbot.keyClicks(view.field, "apple")
    qtbot.keyClick(view.field, Qt.Key.Key_Return)
    assert last(panel)["token"] == "apple"
    assert [name for name, _ in view.bars.values()] == ["pear", "plum", "↵"]
    qtbot.mouseClick(view.bars, Qt.MouseButton.LeftButton, pos=QPoint(30, 2 * ROW + 5))
    assert last(panel)["token"] == "\n"
    assert view.field.text() == "↵"
    qtbot.keyClick(view.bars, Qt.Key.Key_Up)
    qtbot.keyClick(view.bars, Qt.Key.Key_Return)
    assert last(panel)["token"] == "dog"  # the second of cat, dog, horse
    view.field.selectAll()
    qtbot.keyClicks(view.field, "zebra")
    qtbot.keyClick(view.field, Qt.Key.Key_Return)
    assert view.trouble.text() == "The data set has no token 'zebra'."
    assert view.trouble.isVisible()
    view.field.selectAll()
    view.field.insert("↵")  # as it is shown
    qtbot.keyClick(view.field, Qt.Key.Key_Return)
    assert last(panel)["token"] == "\n"
    assert not view.trouble.isVisible()


def test_distance_number_and_the_other_table(panel: LookInside, qtbot: QtBot) -> None:
    view = panel.neighbours
    view.measure.setFocus()
    qtbot.keyClick(view.measure, Qt.Key.Key_Down)
    assert last(panel)["measure"] == "euclid"
    assert [share for _, share in view.bars.values()] == [1.0, 0.5, 0.25]
    assert view.bars.accessibleDescription().startswith("dog 0.500")
    qtbot.keyClick(view.count, Qt.Key.Key_Down)
    assert last(panel)["count"] == 20
    assert [view.node.itemText(i) for i in range(view.node.count())] == ["words", "around", "wrong"]
    qtbot.keyClick(view.node, Qt.Key.Key_Down)
    assert last(panel)["node"] == "around"
    assert view.token == "cat"


def test_it_is_asked_again_after_each_epoch_while_somebody_looks(
    panel: LookInside, qtbot: QtBot
) -> None:
    session: Any = panel._session
    panel.neighbours.look_near("pear")
    count = session.count("neighbours")
    session.events.emit([EpochDone(1, 16, {}, {})])
    qtbot.waitUntil(lambda: session.count("neighbours") == count + 1, timeout=2000)
    assert last(panel)["token"] == "pear"
    panel.hide()
    session.events.emit([EpochDone(2, 32, {}, {})])
    qtbot.wait(400)
    assert session.count("neighbours") == count + 1
    panel.show()
    qtbot.waitUntil(lambda: session.count("neighbours") == count + 2, timeout=2000)
