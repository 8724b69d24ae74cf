"""Train, go on, list, export and explain, as a person at a terminal does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netbuilder.building import Network
from netbuilder.cli.settings import changed
from netbuilder.graph import Optimiser, Project, Schedule, WeightGroup
from netbuilder.graph.file import load, save
from netbuilder.training.run import open_run

Nb = Callable[..., Any]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def events(ran: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def test_train_as_json(nb: Nb, project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    ran = nb("train", project, "--json", "--epochs", "2", "--seed", "3", "--folder", folder)
    assert (ran.code, ran.err) == (0, "")
    told = events(ran)
    started, finished = told[0], told[-1]
    assert (started["event"], finished["event"]) == ("Started", "Finished")
    assert (started["epochs"], started["seed"], started["device"]) == (2, 3, "cpu")
    assert started["parameters"] == 42
    assert finished["epoch"] == 2
    assert 0 <= finished["test"]["accuracy"] <= 1
    steps = [loss for e in told if e["event"] == "Steps" for loss in e["losses"]["main"]]
    assert len(steps) == 2 * started["steps_per_epoch"]
    assert [e["epoch"] for e in told if e["event"] == "EpochDone"] == [1, 2]
    assert Path(finished["folder"]) == folder


def test_train_for_people(nb: Nb, project: Path) -> None:
    ran = nb("train", project)
    assert (ran.code, ran.err) == (0, "")
    assert "42 parameters on cpu" in ran.out
    assert "epoch   3" in ran.out
    assert "Finished after" in ran.out


def test_settings_of_one_run(nb: Nb, project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assignments = ("training.lr=0.5", "linear_1.out_features=5", "training.epochs=1",
                   "training.main.weight_decay=0.01", "training.batch_size=32")  # fmt: skip
    options = [part for a in assignments for part in ("--set", a)]
    assert nb("train", project, "--json", "--folder", folder, *options).code == 0
    trained = open_run(folder).project()
    (optimiser,) = trained.training.optimisers
    assert dict(optimiser.settings) == {"lr": 0.5, "weight_decay": 0.01}
    assert trained.graph["linear_1"].params["out_features"] == 5
    assert (trained.training.epochs, trained.training.batch_size) == (1, 32)
    assert load(project).project.training.epochs == 3  # the file is as it was


def test_everything_about_training_can_be_set() -> None:
    assignments = [
        "training.algorithm=muon", "training.clip_value=0.5", "training.schedule=cosine",
        "training.main.schedule.warmup=20", "training.schedule.eta_min=0.001", "training.every=2",
        "training.groups.a.frozen=true", "training.groups.b.rate=0.1",
        "training.main.groups.c.rate=0.1", "training.early_stopping.patience=3",
        "training.early_stopping.metric=accuracy", "training.ema.decay=0.999",
        "training.split=random",
    ]  # fmt: skip
    training = changed(Project(), assignments).training
    assert training.optimisers == (
        Optimiser(
            algorithm="muon",
            settings={"lr": 1e-3, "clip_value": 0.5},
            every=2,
            schedule=Schedule("cosine", {"warmup": 20, "eta_min": 0.001}),
            groups=(
                WeightGroup(("a",), {"frozen": True}),
                WeightGroup(("b", "c"), {"rate": 0.1}),
            ),
        ),
    )
    assert training.settings == {
        "early_stopping": {"patience": 3, "metric": "accuracy"},
        "ema": {"decay": 0.999},
    }
    assert training.split == "random"


def test_a_run_that_stops_early_says_so(nb: Nb, project: Path) -> None:
    stop = ("early_stopping.patience=1", "early_stopping.min_delta=100")
    options = [part for a in stop for part in ("--set", f"training.{a}")]
    ran = nb("train", project, *options)
    assert (ran.code, ran.err) == (0, "")
    assert "Stopped early: main got no better for an epoch; the weights are those of" in ran.out


def test_a_run_goes_on(nb: Nb, project: Path) -> None:
    begun = events(nb("train", project, "--json", "--epochs", "1"))[-1]
    (listed,) = nb("runs", "--json").json
    assert listed["run"] == begun["run"]
    assert listed["state"] == "finished"
    assert begun["run"] in nb("runs").out
    told = events(nb("train", "--resume", begun["run"], "--epochs", "3", "--json"))
    assert told[0]["step"] == begun["step"]
    assert told[-1]["epoch"] == 3
    whole = events(nb("train", project, "--json", "--epochs", "3"))[-1]
    assert told[-1]["test"] == whole["test"]


def test_a_failure_is_told_and_counted(nb: Nb, tmp_path: Path) -> None:
    """A rate at which the loss grows until it is no number any more."""
    net = Network("wild")
    data = net.iris()
    x = net.linear(net.linear(data.features, out_features=8), out_features=4)
    net.output(x)
    net.mse(x, data.features, weight=1e6)
    path = tmp_path / "wild.netbuilder"
    save(net.project(epochs=50, optimisers=(Optimiser("main", "sgd", {"lr": 1.0}),)), path)
    ran = nb("train", path, "--json", "--device", "cpu")
    assert ran.code == 1, ran.out[-600:]
    assert events(ran)[-1]["event"] == "Failed"
    assert ran.sentence


def test_a_target_folder_that_cannot_be_made(nb: Nb, project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ran = nb("train", project, "--json", "--folder", tmp_path / "file" / "run")
    assert ran.code in (1, 2)
    assert "file" in ran.sentence


@pytest.fixture
def run(nb: Nb, project: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "trained"
    assert nb("train", project, "--json", "--folder", folder).code == 0
    return folder


@pytest.mark.parametrize("to", ["safetensors", "bundle", "code"])
@pytest.mark.parametrize("weights", ["best", "last"])
def test_export(nb: Nb, run: Path, tmp_path: Path, to: str, weights: str) -> None:
    target = tmp_path / f"model.{to}"
    ran = nb("export", run, "--to", to, "-o", target, "--weights", weights, "--json")
    assert (ran.code, ran.err) == (0, ""), ran.err
    assert ran.json["kind"] == to
    assert target.exists()
    assert nb("export", run, "--to", to, "-o", target).out.strip().endswith(".")


@pytest.mark.slow
@pytest.mark.parametrize("to", ["onnx", "pt2"])
def test_export_of_what_computes(nb: Nb, run: Path, tmp_path: Path, to: str) -> None:
    target = tmp_path / f"model.{to}"
    ran = nb("export", run, "--to", to, "-o", target)
    assert (ran.code, ran.err) == (0, ""), ran.err
    assert ran.out.count("\n  batch ") == 3
    differences = nb("export", run, "--to", to, "-o", target, "--json").json["differences"]
    assert max(differences.values()) < 1e-5


def test_an_export_that_cannot_be_written(nb: Nb, run: Path, tmp_path: Path) -> None:
    ran = nb("export", run, "--to", "safetensors", "-o", tmp_path / "no" / "folder" / "x")
    assert ran.code in (1, 2)
    assert ran.out == ""
    assert ran.sentence


def test_explain(nb: Nb, run: Path, tmp_path: Path) -> None:
    target = tmp_path / "why.png"
    ran = nb("explain", run, "--method", "gradient", "--sample", "2", "-o", target)
    assert (ran.code, ran.err) == (0, ""), ran.err
    assert "Sample 2" in ran.out
    assert target.read_bytes().startswith(b"\x89PNG")
    assert "predicted" in nb("explain", run, "-o", target, "--json").json
    ran = nb("explain", run, "--method", "magic", "-o", target)
    assert ran.code in (1, 2)
    assert "magic" in ran.sentence
    ran = nb("explain", run, "--sample", "99999", "-o", target)
    assert ran.code in (1, 2)
    assert ran.sentence


def test_neighbours_of_a_word(nb: Nb, tmp_path: Path) -> None:
    text, folder = tmp_path / "text.txt", tmp_path / "run"
    text.write_text("cat dog cat horse pear plum apple pear " * 40)
    net = Network("words")
    data = net.skip_gram(path=str(text), window=1, samples=400, negatives=1, subsample=0.0)
    center = net.embedding(data.center, embedding_dim=4, id="words")
    around = net.embedding(data.context, embedding_dim=4, id="around")
    wrong = net.embedding(data.negatives, embedding_dim=4, share="around")
    net.output(center)
    net.negative_sampling(center, around, wrong)
    save(net.project(epochs=1, device="cpu"), tmp_path / "words.netbuilder")
    assert nb("train", tmp_path / "words.netbuilder", "--folder", folder).code == 0
    asked = ("explain", folder, "--method", "neighbours", "--token", "Cat", "--count", 3)
    ran = nb(*asked)
    assert (ran.code, ran.err) == (0, "")
    title, *lines = ran.out.splitlines()
    assert title == "Nearest to 'cat' in words, by cosine:"
    found = nb(*asked, "--json").json
    assert [line.split() for line in lines] == [
        [f"{value:.3f}", name] for name, value in zip(found["tokens"], found["values"], strict=True)
    ]
    assert found["values"] == sorted(found["values"], reverse=True)
    far = nb(*asked, "--measure", "euclid", "--node", "around").out
    assert far.startswith("Nearest to 'cat' in around, by distance:")
    ran = nb("explain", folder, "--method", "neighbours", "--token", "zebra")
    assert ran.code in (1, 2)
    assert "has no token 'zebra'" in ran.sentence
