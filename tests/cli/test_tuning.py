"""The search on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from netbuilder.graph.file import load


def test_a_search_is_told_listed_and_its_best_written(
    nb: Callable[..., Any], project: Path, tmp_path: Path
) -> None:
    space = ("--search", "training.lr=1e-6,0.05", "--method", "grid", "--set", "training.epochs=2")
    ran = nb("tune", project, *space, "--json", "-o", tmp_path / "at_once.netbuilder")
    assert ran.code == 0, ran.err
    events = [json.loads(line) for line in ran.out.splitlines()]
    assert events[0]["event"] == "StudyBegun"
    assert sum(event["event"] == "TrialEnded" for event in events) == 2
    assert nb("tune", "--list", "--json").json[0]["done"] == 2
    best = tmp_path / "best.netbuilder"
    assert nb("tune", "--best", "small", "-o", best).code == 0
    number = events[-1]["best"]
    rate = (1e-6, 0.05)[number]
    assert load(best).project.training.optimisers[0].settings["lr"] == rate
    assert load(tmp_path / "at_once.netbuilder").project == load(best).project


def test_what_cannot_be_searched_is_one_sentence(nb: Callable[..., Any], project: Path) -> None:
    ran = nb("tune", project, "--search", "linear_9.out_features=1:2")
    assert (ran.code, ran.sentence.startswith("linear_9.out_features cannot be searched")) == (2, 1)
    assert "Nothing is marked" in nb("tune", project).sentence
    assert "There is no study x" in nb("tune", "--join", "x").sentence
