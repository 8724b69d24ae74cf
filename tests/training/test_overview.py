"""Runs in little: their figures, what was written about them, and finding them."""

from __future__ import annotations

import json
import math
import random

import pytest

from netbuilder.folders import runs
from netbuilder.graph import Project
from netbuilder.training import labels
from netbuilder.training.events import EpochDone, Finished
from netbuilder.training.labels import LabelError, Labels
from netbuilder.training.overview import Overview, overview
from netbuilder.training.record import Record
from netbuilder.training.run import Run, create
from netbuilder.training.search import SearchError, search, sorted_runs


def a_run(name: str, accuracy: float = 0.9, seed: int = 1) -> Run:
    run = create(Project(name), {"device": "cpu", "seed": seed}, runs() / name)
    with Record(run.folder / "run.sqlite", write=True) as record:
        for epoch, loss in ((1, 0.5), (2, 0.2), (3, 0.4)):
            figures = {"main": loss, "accuracy": accuracy - loss / 10}
            record.epoch(EpochDone(epoch, epoch * 5, {"main": loss}, figures))
        record.finished(Finished(name, "", False, 15, 3, {"main": 0.3, "accuracy": accuracy}))
        record.info(state="finished", seconds=12.5)
    return run


def found(text: str, *among: Run) -> list[str]:
    wanted = search(text)
    return [run.id for run in among if wanted(overview(run))]


def test_an_overview_has_the_figures_of_the_best_epoch() -> None:
    run = overview(a_run("digits"))
    assert (run.epochs, run.seed, run.seconds, run.state) == (3, 1, 12.5, "finished")
    assert run.best == {"main": 0.2, "accuracy": pytest.approx(0.88)}
    assert run.figure("loss") == 0.2
    assert run.figure("test.loss") == 0.3
    assert run.figure("test.accuracy") == 0.9
    assert run.figure("epochs") == 3
    assert math.isnan(run.figure("f1"))


def test_a_damaged_run_is_one_too() -> None:
    folder = runs() / "broken"
    folder.mkdir()
    (folder / "run.json").write_text("{")
    labels.write(folder, Labels(("keep",)))
    broken = overview(Run(folder))
    assert (broken.name, broken.state, broken.tags) == ("broken", "damaged", ("keep",))
    assert broken.created > 0
    (folder / "run.json").write_text(json.dumps({"project": "p"}))
    assert overview(Run(folder)).name == "p"


def test_runs_are_found_by_words_tags_and_figures() -> None:
    good, bad = a_run("digits_wide", 0.95), a_run("spirals", 0.6, seed=7)
    labels.write(good.folder, Labels(("best", "paper"), "Wider by half."))
    both = (good, bad)
    assert found("", *both) == ["digits_wide", "spirals"]
    assert found("HALF", *both) == ["digits_wide"]
    assert found("#pap", *both) == ["digits_wide"]
    assert found("tag:best state:finished", *both) == ["digits_wide"]
    assert found("accuracy>0.9", *both) == ["digits_wide"]
    assert found("test.accuracy<=60%", *both) == ["spirals"]
    assert found("loss<0.3 seed=7", *both) == ["spirals"]
    assert found("f1>0", *both) == []
    assert found('note:"by half', *both) == ["digits_wide"]  # still being typed
    with pytest.raises(SearchError, match="write it like"):
        search("accuracy>much")


def test_runs_without_a_figure_stand_last() -> None:
    folder = runs() / "empty"
    folder.mkdir()
    rows = [Overview(folder, "empty"), *map(overview, (a_run("a", 0.5), a_run("b", 0.9)))]
    assert [r.name for r in sorted_runs(rows, "accuracy")] == ["a", "b", "empty"]
    assert [r.name for r in sorted_runs(rows, "accuracy", descending=True)] == ["b", "a", "empty"]
    assert [r.name for r in sorted_runs(rows, "name")] == ["a", "b", "empty"]


def test_labels_are_words_and_a_note() -> None:
    folder = a_run("labelled").folder
    labels.write(folder, Labels(("#good", "good", " "), " Keep this. "))
    assert labels.read(folder) == Labels(("good",), "Keep this.")
    with pytest.raises(LabelError, match="one word"):
        labels.write(folder, Labels(("two words",)))
    assert labels.read(folder).tags == ("good",)
    labels.write(folder, Labels())
    assert not (folder / "labels.json").exists()
    (folder / "labels.json").write_text("[")
    assert labels.read(folder) == Labels()


@pytest.mark.parametrize("seed", range(8))
def test_the_best_epoch_is_that_of_all_figures_read(seed: int) -> None:
    """As found by hand from every figure of a record that has gaps, ties and no numbers."""
    draw = random.Random(seed)
    run = create(Project("any"), {}, runs() / "any")
    values = (0.5, 0.25, 0.25, math.nan, math.inf, -math.inf, *([-1.0] if seed % 2 else []))
    with Record(run.folder / "run.sqlite", write=True) as record:
        for epoch in range(1, 12):
            names = draw.sample(("main", "other", "f1"), draw.randint(0, 3))
            train = dict.fromkeys(("noise_scale", "main", "other")[: seed % 4], 1.0)
            figures = {name: draw.choice(values) for name in names}
            record.epoch(EpochDone(epoch, epoch, train, figures))
        validation, train = record.epochs("validation"), record.epochs("train")
    found = overview(run)
    assert found.objectives == tuple(n for n in train if not n.startswith("noise_scale"))
    name = next((n for n in found.objectives if n in validation), None)
    last = max((points[-1][0] for points in validation.values()), default=0)
    finite = [(v, e) for e, v in validation.get(name or "", []) if math.isfinite(v)]
    epoch = min(finite)[1] if finite else None if name else last
    best = {n: v for n, points in validation.items() for e, v in points if e == epoch}
    assert found.epochs == last
    assert [*map(repr, found.best.items())] == [*map(repr, best.items())]
