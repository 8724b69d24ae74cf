"""Baselines see the rows that the network sees, and are what scikit-learn makes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler

from netbuilder import load
from netbuilder.baselines import BASELINES, BaselineError
from netbuilder.baselines.compare import compare
from netbuilder.baselines.task import task_of
from netbuilder.building import Network
from netbuilder.data import divided_all
from netbuilder.graph import Optimiser, Project
from netbuilder.resources import example
from netbuilder.training.events import Finished
from netbuilder.training.feed import sources_of
from netbuilder.training.loop import train
from netbuilder.training.run import Run


def iris() -> Project:
    net = Network("iris")
    data = net.iris()
    logits = net.linear(data.features, out_features=3)
    net.output(logits, name="kind")
    net.cross_entropy(logits, data.label)
    adam = Optimiser("main", "adam", {"lr": 0.05})
    return net.project(epochs=20, batch_size=16, optimisers=(adam,), device="cpu")


def test_every_baseline_learns_flowers_and_beats_guessing() -> None:
    rows = {row.name: row for row in compare(iris())}
    assert list(rows) == list(BASELINES)
    for name, row in rows.items():
        assert not row.note
        assert set(row.figures) == {"train", "validation", "test"}
        if name != "majority":
            assert row.figures["validation"]["accuracy"] > 0.85, name
    assert rows["majority"].figures["train"]["accuracy"] == pytest.approx(1 / 3, abs=0.02)


def test_it_is_fitted_on_the_training_rows_of_the_run() -> None:
    project = iris()
    task = task_of(project)
    sources = sources_of(project, task.source)
    t = project.training
    parts = divided_all(sources, t)
    (node,) = sources
    for part, rows in parts.items():
        assert np.array_equal(task.answers[part], sources[node]["label"][rows[node]])
    scaler = StandardScaler().fit(task.inputs["train"])
    by_hand = LogisticRegression(max_iter=2000).fit(
        scaler.transform(task.inputs["train"]), task.answers["train"]
    )
    expected = by_hand.score(scaler.transform(task.inputs["test"]), task.answers["test"])
    (row,) = compare(project, ["logistic"])
    assert row.figures["test"]["accuracy"] == expected


def test_numbers_are_predicted_by_least_squares() -> None:
    project = load(example("diabetes_regression"))
    task = task_of(project)
    x, y = task.inputs, task.answers
    expected = LinearRegression().fit(x["train"], y["train"]).score(x["test"], y["test"])
    rows = {row.name: row for row in compare(project)}
    assert rows["logistic"].figures["test"]["r2"] == pytest.approx(expected)
    assert "naive_bayes" not in rows  # it only tells classes
    assert rows["majority"].figures["train"]["r2"] == pytest.approx(0)


@pytest.mark.slow
def test_the_network_stands_in_the_same_table(tmp_path: Path) -> None:
    project = iris()
    *_, end = train(project, folder=tmp_path / "run")
    assert isinstance(end, Finished), end
    network, *others = compare(project, ["majority"], run=Run(tmp_path / "run"))
    assert network.name == "network"
    assert network.figures["validation"]["accuracy"] > 0.85
    assert [row.name for row in others] == ["majority"]
    measured = replace(project, graph=task_of(project).project.graph)
    *_, again = train(measured, folder=tmp_path / "with_metric")
    assert isinstance(again, Finished)
    assert network.figures["test"]["accuracy"] == pytest.approx(again.test["accuracy"])


def test_settings_are_checked_and_reach_the_model() -> None:
    (one,) = compare(iris(), ["knn"], {"knn": {"n_neighbors": 1}})
    assert one.figures["train"]["accuracy"] == 1.0
    with pytest.raises(BaselineError, match="Neighbours is at least 1, not 0"):
        list(compare(iris(), ["knn"], {"knn": {"n_neighbors": 0}}))
    with pytest.raises(BaselineError, match="no setting width"):
        list(compare(iris(), ["knn"], {"knn": {"width": 1}}))
    with pytest.raises(BaselineError, match="There is no baseline oracle"):
        list(compare(iris(), ["oracle"]))


def test_many_rows_are_sampled_and_that_is_said() -> None:
    (row,) = compare(iris(), ["tree"], rows=40)
    assert row.note == "Fitted on 40 of 90 rows."


def test_tokens_are_counted_and_a_question_without_one_answer_is_refused() -> None:
    with pytest.raises(BaselineError, match="asked something else"):
        task_of(load(example("digits_vae")))
