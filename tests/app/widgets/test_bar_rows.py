from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.widgets import BarRows
from netbuilder.app.widgets.bar_rows import ROW

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def rows(qtbot: QtBot, qapp: QApplication) -> BarRows:
    theme.apply(qapp, "dark")
    widget = BarRows()
    qtbot.addWidget(widget)
    widget.set_values([("0", 0.0), ("3", 0.9), ("7", 0.1)], highlight=1)
    widget.resize(300, widget.sizeHint().height())
    return widget


def colours(widget: BarRows, row: int) -> list[str]:
    image = widget.grab().toImage()
    return [image.pixelColor(x, row * ROW + ROW // 2).name() for x in range(image.width())]


def test_the_bars_are_as_long_as_their_values(rows: BarRows) -> None:
    tokens = theme.current()
    lit, other = colours(rows, 1), colours(rows, 2)
    track = lit.count(tokens.vector) + lit.count(tokens.hover)
    assert lit.count(tokens.vector) / track == pytest.approx(0.9, abs=0.02)
    assert other.count(tokens.text3) / track == pytest.approx(0.1, abs=0.02)
    assert tokens.vector not in other


def test_it_is_readable_without_eyes(rows: BarRows) -> None:
    assert rows.accessibleName() == "Answer"
    assert "3 90.0%" in rows.accessibleDescription()


def test_its_height_follows_the_rows(rows: BarRows) -> None:
    rows.set_values([("a", 1.0)])
    assert rows.sizeHint().height() == ROW


def test_it_marks_where_the_values_were(rows: BarRows) -> None:
    rows.set_values(rows.values(), 1, previous=[0.0, 0.5, 0.0])
    image = rows.grab().toImage()
    above_the_bar = [image.pixelColor(x, ROW + 6).name() for x in range(100, 200)]
    assert theme.current().text in above_the_bar
    with pytest.raises(ValueError, match="as many"):
        rows.set_values(rows.values(), previous=[0.1])


def test_values_outside_the_range_stay_in_their_track(rows: BarRows) -> None:
    rows.set_values([("a", 1.7), ("b", -1.0)])
    assert theme.current().text3 in colours(rows, 0)
    assert theme.current().text3 not in colours(rows, 1)
