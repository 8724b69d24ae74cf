from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.theme import fonts
from netbuilder.app.theme.plots import colour_map, over_picture, styled_plot, table, to_rgba

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def hex_of(pixel: np.ndarray) -> str:
    return "#{:02x}{:02x}{:02x}".format(*pixel[:3])


def test_the_signed_map_goes_through_its_stops() -> None:
    values = np.linspace(-1, 1, len(theme.SIGNED_STOPS))
    assert [hex_of(pixel) for pixel in to_rgba(values, "signed")] == list(theme.SIGNED_STOPS)


def test_zero_stays_in_the_middle_of_a_signed_map() -> None:
    for levels in (None, (-1.0, 3.0), (-5.0, 1.0)):
        zero = to_rgba(np.array([-1.0, 0.0, 3.0]), "signed", levels)[1]
        assert hex_of(zero) == theme.SIGNED_STOPS[8]


def test_amounts_are_black_at_zero_and_one_outlier_does_not_darken_the_rest() -> None:
    values = np.linspace(0, 1, 1000)
    values[-1] = 1000.0
    picture = to_rgba(values)
    assert picture[0, :3].sum() < 10
    assert picture[990, :3].sum() > 400


def test_fixed_levels_make_channels_comparable() -> None:
    weak = to_rgba(np.array([0.0, 0.1]), "grey", (0.0, 1.0))
    assert weak[1, 0] == pytest.approx(26, abs=1)
    assert to_rgba(np.array([0.0, 0.1]), "grey")[1, 0] == 255


@pytest.mark.parametrize("kind", ["amount", "signed", "grey"])
def test_what_is_not_a_number_and_what_is_flat_do_no_harm(kind: str) -> None:
    odd = to_rgba(np.array([[np.nan, np.inf], [-np.inf, 0.0]]), kind)  # type: ignore[arg-type]
    assert odd.shape == (2, 2, 4)
    assert odd.dtype == np.uint8
    assert to_rgba(np.zeros((3, 3)), kind).shape == (3, 3, 4)  # type: ignore[arg-type]
    assert to_rgba(np.full((2, 2), np.nan), kind).shape == (2, 2, 4)  # type: ignore[arg-type]


def test_the_maps_are_also_there_for_plots() -> None:
    signed = colour_map("signed").getLookupTable(nPts=257)[:, :3]
    assert np.abs(signed.astype(int) - table("signed")[:, :3]).max() <= 1
    assert colour_map("inferno") is not None


def test_a_map_over_a_picture_shows_the_picture_where_it_is_weak() -> None:
    picture, values = np.ones((1, 2)), np.array([[0.0, 1.0]])
    amount = over_picture(values, picture, "amount", (0.0, 1.0))
    assert amount[0, 0, 0] == pytest.approx(0.43 * 255, abs=1)
    assert hex_of(amount[0, 1]) == hex_of(table("amount")[-1])
    signed = over_picture(values, picture, "signed", (-1.0, 1.0))
    assert signed[0, 0, 0] > signed[0, 0].min() * 0.9


def test_what_the_window_needs_at_once_loads_without_what_it_needs_later() -> None:
    code = "import sys, netbuilder.app.theme, netbuilder.app.widgets; "
    code += "sys.exit(any(name in sys.modules for name in ('pyqtgraph', 'numpy', 'torch')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_plot_has_the_colours_of_the_theme_and_follows_it(
    qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, "dark")
    plot = styled_plot("Loss", "epoch", log_y=True, full_range=20)
    qtbot.addWidget(plot)
    plot.resize(400, 240)
    plot.add_series("raw", "image", faint=True)
    plot.add_series("train", "image", smooth=True)
    plot.add_series("validation", "sequence", markers=True)
    x = np.arange(1, 9)
    plot.set_data("raw", x, [1, 0, np.nan, -1, 1, 1, 1, 1])
    plot.set_data("train", x, np.exp(-x / 3), "0.200")
    plot.set_data("validation", x, np.exp(-x / 3), "0.293")
    plot.mark_divergence(8, 0.4)
    plot.show()
    assert plot.accessibleName() == "Loss"
    for mode in ("dark", "light"):
        theme.apply(qapp, mode)
        tokens = theme.current()
        image = plot.grab().toImage()
        names = {image.pixelColor(x, y).name() for x in range(400) for y in range(240)}
        assert {tokens.panel, tokens.image, tokens.sequence, tokens.line, tokens.error} <= names
    plot.clear_series()
    assert plot.listDataItems() == []
    theme.apply(qapp, "dark")
    plot.close()


def test_a_long_title_is_whole_before_the_names_of_the_curves(qtbot: QtBot) -> None:
    """In a narrow plot the note goes first, then the names; in a wide one all stand."""
    title = "Mean squared error of the critic"
    plot = styled_plot(title, "epoch", log_y=False, full_range=20)
    qtbot.addWidget(plot)
    for name, token in (("train", "image"), ("validation", "sequence")):
        plot.add_series(name, token)
        plot.set_data(name, np.arange(3), np.arange(3), "0.200")
    plot.set_note("test 0.3")
    wanted = QFontMetrics(fonts.title()).horizontalAdvance(title) + 12
    for width in (700, 380, 340):
        plot.resize(width, 240)
        picture = QPixmap(plot.size())
        painter = QPainter(picture)
        begins = plot._draw_legend(painter, wanted)
        painter.end()
        assert begins >= wanted, width
    plot.close()


def test_a_log_axis_has_few_round_numbers() -> None:
    from netbuilder.app.theme.plot_axis import log_ticks, short

    for low, high in ((-1.0, 0.5), (-6.0, 3.0), (-0.2, 0.2), (-12.0, 12.0), (0.31, 0.33)):
        ticks = log_ticks(low, high)
        assert len(ticks) <= 5, (low, high)
    assert [short(v) for v in (3.0, 0.03, 1e-5, 2e6)] == ["3", "0.03", "1e-5", "2e6"]
