"""``netbuilder baselines`` and ``netbuilder race``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Nb = Callable[..., Any]


def test_a_table_for_people_and_one_for_programs(nb: Nb, project: Path) -> None:
    ran = nb("baselines", project, "--only", "knn,logistic", "--set", "knn.n_neighbors=1")
    assert ran.code == 0
    assert "k nearest neighbours" in ran.out
    assert "validation accuracy" in ran.out
    rows = nb("baselines", project, "--only", "knn,logistic", "--json").json["rows"]
    assert [r["name"] for r in rows] == ["knn", "logistic"]
    figures = {r["name"]: r["figures"]["test"]["accuracy"] for r in rows}
    assert figures["knn"] > 0.8 > figures["logistic"]  # a line cannot cut XOR


@pytest.mark.slow
def test_the_network_of_a_run_comes_first(nb: Nb, project: Path, tmp_path: Path) -> None:
    nb("train", project, "--folder", tmp_path / "run", "--json")
    rows = nb("baselines", "--run", tmp_path / "run", "--only", "majority", "--json").json["rows"]
    assert [r["name"] for r in rows] == ["network", "majority"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name a project, or a run with --run."),
        (("small", "--only", "oracle"), "There is no baseline oracle;"),
        (("small", "--set", "knn=3"), "'knn=3' is not of the form knn.n_neighbors=3."),
    ],
)
def test_bad_input_is_one_sentence(
    nb: Nb, project: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = nb("baselines", *(project if a == "small" else a for a in arguments))
    assert ran.code == 2
    assert said in ran.sentence


def test_optimisers_race_on_the_command_line(nb: Nb) -> None:
    ran = nb("race", "ravine", "--optimiser", "sgd:lr=0.03", "--optimiser", "adam:lr=0.3")
    assert ran.code == 0
    assert "adam:lr=0.3" in ran.out
    found = nb("race", "parabola", "--optimiser", "sgd:lr=0.1", "--steps", "5", "--json").json
    (racer,) = found["racers"]
    assert len(racer["path"]) == 6
    assert racer["path"][1][0] == pytest.approx(-3.5 * 0.9)
    assert nb("race", "moon").sentence.startswith("There is no surface moon;")
    assert "sgd:lr" in nb("race", "ravine", "--optimiser", "sgd:lr").sentence
