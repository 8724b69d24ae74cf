"""The train panel draws what the events say, once, and only what exists."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.panels.train import History, TrainPanel
from netbuilder.building import Network
from netbuilder.graph import Optimiser, Project
from netbuilder.training.events import EpochDone, Failed, Finished, Started, Steps

Make = Callable[[Project], object]
HEIGHT = 278
"""What the lower dock leaves for a panel."""


def started(project: Project, *objectives: str, steps: int = 20) -> Started:
    return Started(
        "run-1",
        "/runs/run-1",
        project.training.epochs,
        steps,
        64,
        "cpu",
        0,
        100,
        objectives or ("main",),
        {},
    )


def steps(first: int, **losses: np.ndarray) -> Steps:
    found = {name: np.asarray(values, np.float32) for name, values in losses.items()}
    return Steps(first, 1 + first // 20, found, 1000.0, 5.0)


def epoch(number: int, tables: dict[str, np.ndarray] | None = None, **figures: float) -> EpochDone:
    return EpochDone(number, number * 20 - 1, {}, figures, tables or {})


@pytest.fixture
def panel(qtbot: QtBot, digits: Project, make_session: Make) -> TrainPanel:
    made = TrainPanel(make_session(digits))  # type: ignore[arg-type]
    made.resize(1400, HEIGHT)
    qtbot.addWidget(made)
    made.show()
    return made


def tell(panel: TrainPanel, *events: object) -> None:
    panel._session.events.emit(list(events))
    panel.redraw()


def curve(panel: TrainPanel, name: str) -> tuple[np.ndarray, np.ndarray]:
    x, y = panel.loss.plot._series[name].curve.getOriginalDataset()
    return x, y


def test_before_the_first_run_one_sentence(panel: TrainPanel) -> None:
    assert panel.empty.isVisible()
    assert not panel.loss.isVisible()
    assert panel.empty.text() == "Nothing has been trained yet."


def test_curves_legend_and_axis(panel: TrainPanel, digits: Project) -> None:
    losses = np.geomspace(2.3, 0.2, 40)
    tell(
        panel,
        started(digits),
        steps(0, main=losses),
        epoch(1, main=1.0, accuracy=0.7),
        epoch(2, main=0.4, accuracy=0.942),
    )
    assert not panel.empty.isVisible()
    x, y = curve(panel, "main raw")
    assert len(x) == 40
    assert x[-1] == 2.0
    np.testing.assert_allclose(y, losses, rtol=1e-6)
    x, y = curve(panel, "validation")
    assert list(x) == [1, 2]
    assert list(y) == [1.0, 0.4]
    assert panel.loss.legend()["validation"] == "0.400"
    assert 0.2 < float(panel.loss.legend()["train"]) < 0.5
    assert panel.loss.span() == pytest.approx((0, digits.training.epochs))
    (accuracy,) = panel.figures
    assert accuracy.plot._series["validation"].value == "94.2 %"
    assert accuracy.plot.getPlotItem().viewRange()[1][1] == pytest.approx(1.0, abs=0.05)


def test_each_plot_has_a_frame_of_its_own(panel: TrainPanel, digits: Project, qtbot: QtBot) -> None:
    tell(panel, started(digits), steps(0, main=np.ones(20)), epoch(1, main=1.0, accuracy=0.5))
    (accuracy,) = panel.figures
    events = [steps(20, main=np.ones(20)), epoch(2, main=1.0, accuracy=0.6)]
    panel._session.events.emit(events)
    panel._draw_on()
    assert len(curve(panel, "main raw")[0]) == 40
    assert len(accuracy.plot._series["validation"].curve.getOriginalDataset()[0]) == 1
    qtbot.waitUntil(
        lambda: len(accuracy.plot._series["validation"].curve.getOriginalDataset()[0]) == 2
    )


def test_the_axis_stays_while_curves_fit_and_tightens_again(
    panel: TrainPanel, digits: Project, qapp: QApplication
) -> None:
    def seen(first: int, values: list[float]) -> tuple[float, float]:
        tell(panel, steps(first, main=np.array(values)))
        panel.loss.grab()
        low, high = panel.loss.plot.getPlotItem().viewRange()[1]
        drawn = np.log10(curve(panel, "main raw")[1])
        assert low <= drawn.min()
        assert drawn.max() <= high
        return low, high

    tell(panel, started(digits))
    before = seen(0, [10.0, 0.01])
    assert seen(2, [0.0095, 5.0, 10.5]) == before
    wider = seen(5, [0.0001])
    assert wider[0] < before[0]
    assert seen(0, [10.0, 9.0, 1.0, 1.0, 1.0, 1.0])[0] > wider[0]  # a resumed run is shorter


def test_a_long_run_is_drawn_from_few_points(panel: TrainPanel, digits: Project) -> None:
    tell(panel, started(digits, steps=25_000))
    tell(panel, steps(0, main=np.random.default_rng(0).random(200_000) + 0.1))
    x, _ = curve(panel, "main raw")
    assert 500 < len(x) < 8 * panel.loss.columns()


def test_confusion_appears_with_its_counts(panel: TrainPanel, digits: Project) -> None:
    tell(panel, started(digits), epoch(1, {"confusion": np.eye(10) * 25}, main=1.0, accuracy=0.7))
    assert panel.confusion.isVisible()
    assert panel.confusion.cells()[0].text == "25"
    tell(panel, started(digits), epoch(1, main=1.0))
    assert not panel.confusion.isVisible()


def test_nothing_is_clipped_in_the_lower_dock(
    panel: TrainPanel, digits: Project, qapp: QApplication
) -> None:
    tell(
        panel,
        started(digits),
        steps(0, main=np.ones(10)),
        epoch(1, {"confusion": np.eye(10) * 25}, main=1.0, accuracy=0.7),
    )
    qapp.processEvents()
    panel.redraw()
    shown = [panel.loss, panel.confusion, panel.sample, *panel.figures]
    for part in shown:
        corner = part.mapTo(panel, part.rect().bottomRight())
        assert part.isVisible()
        assert corner.y() <= HEIGHT
        assert corner.x() <= panel.width()
    assert panel.confusion.cells()[-1].rect.bottom() + 16 < panel.confusion.height()


def test_several_objectives_go_by_their_names(panel: TrainPanel, digits: Project) -> None:
    tell(
        panel,
        started(digits, "judge", "forger"),
        steps(0, judge=np.ones(5), forger=2 * np.ones(5)),
        epoch(1, judge=0.9, forger=1.8),
    )
    assert list(panel.loss.legend()) == ["judge", "forger"]
    assert list(curve(panel, "forger validation")[1]) == [1.8]
    assert panel.loss.legend()["forger"] == "2.000"


def test_divergence_is_marked_and_said(panel: TrainPanel, digits: Project) -> None:
    tell(
        panel,
        started(digits),
        steps(0, main=np.array([1.0, 3.0, 9.0, math.nan])),
        Failed("The loss became NaN at step 3; lower the learning rate.", step=3),
    )
    ((cross, word),) = panel.loss.plot._marks
    assert cross.getData()[0][0] == pytest.approx(4 / 20)
    assert cross.getData()[1][0] == pytest.approx(math.log10(9.0))
    assert word.toPlainText() == "diverged"
    assert panel.callout.isVisible()
    assert "became NaN" in panel.callout.text()
    tell(panel, started(digits), steps(0, main=np.ones(3)))
    assert panel.loss.plot._marks == []
    assert not panel.callout.isVisible()


def test_parts_of_a_loss_share_a_plot(qtbot: QtBot, make_session: Make) -> None:
    net = Network("vae")
    data = net.digits()
    flat = net.flatten(data.image)
    mu, log_variance = (net.linear(flat, out_features=2, id=i) for i in ("mu", "log_variance"))
    z = net.reparameterise(mu, log_variance)
    image = net.reshape(net.sigmoid(net.linear(z, out_features=64)), sizes=(1, 8, 8))
    net.output(image, name="image")
    net.mse(image, data.image)
    net.gaussian_kl(mu, log_variance)
    project = net.project(epochs=3, optimisers=(Optimiser("main"),))
    session = make_session(project)
    made = rng = np.random.default_rng(0)
    made = {"outputs": {"image": rng.random((16, 1, 8, 8), np.float32)}}
    pair = rng.random((8, 1, 8, 8), np.float32)
    session.answers = {  # type: ignore[attr-defined]
        "samples": made,
        "reconstruction": {"inputs": pair, "outputs": pair / 2, "errors": np.zeros(8)},
    }
    panel = TrainPanel(session)  # type: ignore[arg-type]
    panel.resize(1400, HEIGHT)
    qtbot.addWidget(panel)
    panel.show()
    tell(panel, started(project), epoch(1, main=1.0, mse_1=0.1, gaussian_kl_1=12.0))
    (parts,) = panel.figures
    assert parts.names == ("mse_1", "gaussian_kl_1")
    assert parts.plot._is_log()
    _, samples, again, _, sample = panel.tiles
    assert len(samples.grid) == 16  # type: ignore[attr-defined]
    assert len(again.grid) == 16  # type: ignore[attr-defined]
    bright = samples.grid.image(3).pixelColor(2, 5).red()  # type: ignore[attr-defined]
    assert bright == round(float(made["outputs"]["image"][3, 0, 5, 2]) * 255)
    assert again.grid.image(4).pixelColor(0, 0).red() == round(float(pair[0, 0, 0, 0]) / 2 * 255)  # type: ignore[attr-defined]
    assert sample.isHidden()


def test_the_boundary_is_asked_four_times_a_second_at_most(
    qtbot: QtBot, make_session: Make
) -> None:
    net = Network("moons")
    data = net.moons()
    logits = net.linear(data.point, out_features=2)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    project = net.project(epochs=3)
    session = make_session(project)
    axis = np.linspace(-1, 1, 9, dtype=np.float32)
    left = np.tile((axis < 0).astype(np.float32), (9, 1))
    points = np.array([[-0.5, 0.0], [0.5, 0.5]], np.float32)
    session.answers = {  # type: ignore[attr-defined]
        "boundary": {"x": axis, "y": axis, "probabilities": np.stack([left, 1 - left])},
        "data": {"samples": {"point": points, "label": np.array([0, 1])}},
    }
    panel = TrainPanel(session)  # type: ignore[arg-type]
    panel.resize(1200, HEIGHT)
    qtbot.addWidget(panel)
    panel.show()
    begin = time.monotonic()
    for first in range(30):
        tell(panel, *([started(project)] if not first else []), steps(first, main=np.ones(1)))
    qtbot.wait(300)
    seconds = time.monotonic() - begin
    assert 1 < session.count("boundary") <= 2 + 4 * seconds  # type: ignore[attr-defined]
    plane = panel.tiles[0].plane  # type: ignore[attr-defined]
    image = plane.image()
    blue, orange = image.pixelColor(0, 4), image.pixelColor(8, 4)
    assert blue.blue() > blue.red()
    assert orange.red() > orange.blue()
    assert len(plane.points()) == 2
    assert plane.place(0.5, 0.5).x() > plane.place(-0.5, 0.0).x()
    assert plane.place(0.5, 0.5).y() < plane.place(-0.5, 0.0).y()


def test_unseen_it_neither_draws_nor_asks(panel: TrainPanel, digits: Project) -> None:
    panel.hide()
    tell(panel, started(digits), steps(0, main=np.ones(10)))
    assert panel._session.count("saliency") == 0  # type: ignore[attr-defined]
    assert panel.loss._shown is None
    panel.show()
    assert len(curve(panel, "main raw")[0]) == 10
    assert panel._session.count("saliency") == 1  # type: ignore[attr-defined]


def test_the_sample_shows_the_likeliest_answers(panel: TrainPanel, digits: Project) -> None:
    tell(panel, started(digits), steps(0, main=np.ones(1)))
    scores = np.zeros(10, np.float32)
    scores[3] = 5
    image = np.random.default_rng(0).random((1, 1, 8, 8)).astype(np.float32)
    question = panel._session.last("saliency")  # type: ignore[attr-defined]
    assert question.arguments["part"] == "validation"
    panel._session.give(
        question,
        {  # type: ignore[attr-defined]
            "method": "integrated_gradients",
            "map": image[0] - 0.5,
            "scores": scores,
            "fields": {"image": image},
            "weights": {"origin": "training", "step": 41},
        },
    )
    name, share = panel.sample.bars.values()[0]
    assert name == "3"
    assert share == pytest.approx(math.exp(5) / (math.exp(5) + 9))
    assert len(panel.sample.bars.values()) == 3
    assert panel.sample.note.text() == "at step 41"


def test_a_run_of_the_past_and_back(panel: TrainPanel, digits: Project, qtbot: QtBot) -> None:
    tell(panel, started(digits), steps(0, main=np.ones(10)))
    past = History(4, 10, ("main",))
    past.run, past.seed, past.revision = "run-0", 5, 1
    past.losses["main"].put(0, np.full(40, 0.5))
    with qtbot.waitSignal(panel.shown) as said:
        panel.show_run(past)
    assert said.args == ["run-0 · seed 5"]
    assert len(curve(panel, "main raw")[0]) == 40
    assert panel.back.isVisible()
    assert panel.sample.isHidden()
    panel.back.click()
    assert len(curve(panel, "main raw")[0]) == 10
    panel.show_run(past)
    tell(panel, started(digits), steps(0, main=np.ones(5)))
    assert len(curve(panel, "main raw")[0]) == 5


def test_zooming_is_kept_and_a_double_click_goes_back(panel: TrainPanel, digits: Project) -> None:
    tell(panel, started(digits), steps(0, main=np.ones(10)))
    box = panel.loss.plot.getPlotItem().getViewBox()
    box.setXRange(1, 2, padding=0)
    box.sigRangeChangedManually.emit([True, True])
    tell(panel, steps(10, main=np.ones(10)))
    assert panel.loss.span() == pytest.approx((1, 2))
    panel.loss.reset()
    assert panel.loss.span() == pytest.approx((0, 8))


def test_test_figures_stand_in_the_title(panel: TrainPanel, digits: Project) -> None:
    tell(
        panel,
        started(digits),
        epoch(1, main=1.0, accuracy=0.7),
        Finished("run-1", "", False, 20, 1, {"main": 1.0, "accuracy": 0.75}),
    )
    (accuracy,) = panel.figures
    assert accuracy.plot._note == "test 75.0 %"


def test_both_themes(panel: TrainPanel, digits: Project, qapp: QApplication) -> None:
    tell(
        panel,
        started(digits),
        steps(0, main=np.geomspace(2, 0.1, 100)),
        epoch(1, {"confusion": np.eye(10) * 5}, main=1.0, accuracy=0.7),
    )
    dark = panel.grab().toImage()
    theme.apply(qapp, "light")
    qapp.processEvents()
    light = panel.grab().toImage()
    assert dark.pixelColor(3, 3) == theme.DARK.panel
    assert light.pixelColor(3, 3) == theme.LIGHT.panel
    inside = panel.loss.mapTo(panel, panel.loss.rect().center())
    assert light.pixelColor(inside).lightness() > 128 > dark.pixelColor(inside).lightness()


def test_another_sample_can_be_followed(panel: TrainPanel, digits: Project, qtbot: QtBot) -> None:
    tell(panel, started(digits), steps(0, main=np.ones(1)))
    session = panel._session
    panel.sample.set_sample(7)
    session.give(session.last("saliency"), "No.")  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: session.last("saliency").arguments["sample"] == 7)  # type: ignore[attr-defined]
    assert panel.sample.title.text() == "Sample 7"


def test_a_flat_curve_still_has_numbers_at_its_axis(
    panel: TrainPanel, digits: Project, qapp: QApplication
) -> None:
    tell(panel, started(digits), steps(0, main=np.linspace(2.3, 2.1, 20)))
    qapp.processEvents()
    low, high = panel.loss.plot.getPlotItem().viewRange()[1]
    assert high - low >= 0.69
    inside = [tick for tick in (0.0, math.log10(3), 1.0) if low <= tick <= high]
    assert inside
