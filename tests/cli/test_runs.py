"""`netbuilder runs …` as a person at a terminal uses it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netbuilder.graph.file import load
from netbuilder.training.run import list_runs, open_run

Nb = Callable[..., Any]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@pytest.fixture
def two(nb: Nb, project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two runs of one project that differ in rate and width; their names."""
    names = []
    for rate, width in ((0.05, 8), (0.2, 4)):
        options = ("--set", f"training.lr={rate}", "--set", f"linear_1.out_features={width}")
        ran = nb("train", project, "--json", *options)
        names.append(json.loads(ran.out.splitlines()[-1])["run"])
    return names


def test_runs_are_labelled_found_and_shown(nb: Nb, two: list[str]) -> None:
    first, second = two
    assert nb("runs", "tag", first, "#good", "paper").out == "good paper\n"
    assert nb("runs", "note", first, "Narrow but quick.").code == 0
    assert [r["run"] for r in nb("runs", "search", "#good", "quick", "--json").json] == [first]
    assert nb("runs", "tag", first, "paper", "--remove").out == "good\n"
    accuracy = {r["run"]: r["best"]["accuracy"] for r in nb("runs", "--json").json}
    threshold = (accuracy[first] + accuracy[second]) / 2
    higher = max(accuracy, key=lambda name: accuracy[name])
    if accuracy[first] != accuracy[second]:
        listed = nb("runs", "search", f"accuracy>{threshold}", "--json").json
        assert [r["run"] for r in listed] == [higher]
    ranked = nb("runs", "list", "--sort", "accuracy", "--descending", "--json").json
    assert ranked[0]["run"] == higher
    assert "None of 2 runs fits" in nb("runs", "search", "nothing").out
    shown = nb("runs", "show", first)
    assert "Narrow but quick." in shown.out
    assert "training.main.lr" in shown.out
    refused = nb("runs", "search", "accuracy>much")
    assert refused.code == 2
    assert "accuracy>0.9" in refused.sentence


def test_two_runs_are_compared(nb: Nb, two: list[str]) -> None:
    ran = nb("runs", "diff", *two)
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["training", "main.lr", "0.05", "0.2"] in rows
    assert ["linear_1", "out_features", "8", "4"] in rows
    found = nb("runs", "diff", *two, "--json").json
    assert [n["id"] for n in found["nodes"]] == ["linear_1"]
    assert "same project" in nb("runs", "diff", two[0], two[0]).out


def test_a_project_is_restored_and_a_run_deleted(nb: Nb, two: list[str], tmp_path: Path) -> None:
    target = tmp_path / "again.netbuilder"
    assert nb("runs", "restore", two[1], "-o", target).code == 0
    assert load(target).project == open_run(two[1]).project()
    assert nb("runs", "restore", two[1], "-o", target).code == 2
    assert "undelete" in nb("runs", "delete", *two).out
    assert list_runs() == []
    assert {r["run"] for r in nb("runs", "undelete", "--json").json} == set(two)
    assert nb("runs", "undelete", two[0]).code == 0
    assert [run.id for run in list_runs()] == [two[0]]
    assert nb("runs", "undelete", "nothing").code == 2


def test_a_run_is_repeated_to_the_bit(nb: Nb, two: list[str], tmp_path: Path) -> None:
    ran = nb("runs", "repeat", two[0])
    assert (ran.code, ran.err) == (0, "")
    assert "the same to the last bit" in ran.out
    record = open_run(two[1]).folder / "project.netbuilder"
    record.write_text(record.read_text().replace('"seed": 0', '"seed": 1'))
    other = nb("runs", "repeat", two[1], "--json")
    assert other.code == 1
    assert json.loads(other.out.splitlines()[-1])["identical"] is False


def test_figures_for_other_programs(nb: Nb, two: list[str], tmp_path: Path) -> None:
    from tensorboardX.proto.event_pb2 import Event

    assert nb("runs", "export-tensorboard", *two, "-o", tmp_path / "tb").code == 0
    (events,) = (tmp_path / "tb" / two[0]).glob("events.out.tfevents.*")
    tags: dict[str, list[float]] = {}
    data = events.read_bytes()
    while data:  # length, checksum, event, checksum
        size = int.from_bytes(data[:8], "little")
        for value in Event.FromString(data[12 : 12 + size]).summary.value:
            tags.setdefault(value.tag, []).append(value.simple_value)
        data = data[16 + size :]
    with open_run(two[0]).record() as record:
        losses = record.losses()["main"][1]
    assert tags["loss/main"] == losses.tolist()
    assert {"accuracy/validation", "accuracy/test", "learning_rate/main"} <= set(tags)
    assert any("hparams" in tag for tag in tags)
    assert nb("runs", "export", two[0], "-o", tmp_path / "csv", "--to", "csv").code == 0
    table = (tmp_path / "csv" / two[0] / "losses.csv").read_text().splitlines()
    assert len(table) == len(losses) + 1
    assert nb("runs", "export", two[0], "-o", tmp_path / "x", "--to", "png").code == 2


def test_a_run_that_is_over_is_followed_to_its_end(nb: Nb, two: list[str]) -> None:
    told = [json.loads(line) for line in nb("runs", "follow", two[0], "--json").out.splitlines()]
    assert [told[0]["event"], told[-1]["event"]] == ["Started", "Finished"]
    assert [e["epoch"] for e in told if e["event"] == "EpochDone"] == [1, 2, 3]
    refused = nb("runs", "stop", two[0])
    assert refused.code == 2
    assert "not in progress" in refused.sentence


def test_projects_are_trained_one_after_the_other(nb: Nb, project: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing.netbuilder"
    ran = nb("train", project, missing, project, "--epochs", "1", "--json")
    assert ran.code == 1
    finished = [line for line in ran.out.splitlines() if '"Finished"' in line]
    assert len(finished) == 2
    assert "1 of 3 runs failed" in ran.err
    assert nb("train", project, project, "--folder", tmp_path / "run").code == 2
