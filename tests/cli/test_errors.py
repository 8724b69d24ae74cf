"""Bad input: one sentence on standard error, exit 2, nothing on standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netbuilder.graph.file import save
from netbuilder.graph.model import Graph

Nb = Callable[..., Any]
EACH = ("check", "code", "train")


@pytest.mark.parametrize("command", EACH)
def test_a_missing_file(nb: Nb, command: str, tmp_path: Path) -> None:
    ran = nb(command, tmp_path / "none.netbuilder")
    assert (ran.code, ran.out) == (2, "")
    assert "none.netbuilder does not exist" in ran.sentence


@pytest.mark.parametrize("command", EACH)
def test_an_unknown_example(nb: Nb, command: str) -> None:
    ran = nb(command, "digits_cnm")
    assert (ran.code, ran.out) == (2, "")
    assert "digits_cnm" in ran.sentence


@pytest.mark.parametrize("command", EACH)
@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_truncated_file(nb: Nb, command: str, project: Path, share: float) -> None:
    data = project.read_bytes()
    project.write_bytes(data[: int(len(data) * share)])
    ran = nb(command, project)
    assert (ran.code, ran.out) == (2, "")
    assert "small.netbuilder" in ran.sentence


def test_a_newer_version(nb: Nb, project: Path) -> None:
    raw = json.loads(project.read_text("utf-8"))
    project.write_text(json.dumps(raw | {"version": 999}), "utf-8")
    ran = nb("check", project)
    assert (ran.code, ran.out) == (2, "")
    assert "newer" in ran.sentence


def test_a_folder_and_a_picture(nb: Nb, tmp_path: Path) -> None:
    assert nb("check", tmp_path).code == 2
    picture = tmp_path / "picture.netbuilder"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    ran = nb("check", picture)
    assert (ran.code, ran.out) == (2, "")
    assert "picture.netbuilder" in ran.sentence


@pytest.mark.parametrize(
    "wrong",
    [
        "lr", "training.lr", "=3", "training.epochs=many", "training.epochs=1.5",
        "training.epochs=0", "training.batch_size=0", "training.seed=-1", "training.test=NaN",
        "training.validation=1", "training.device=tpu", "training.device=3", "training.lr=fast",
        "training.lr=NaN", "training.lr=-1", "training.warp=9", "training.main.warp=9",
        "training.schedule=sawtooth", "training.schedule.gamma=1", "training.ema.decay=2",
        "training.ema=0.9", "training.ema.share=0.9", "training.groups.linear_1.speed=2",
        "training.other.schedule.warmup=2", "training.other.lr=1",
        "nobody.out_features=3", "linear_1.colour=3",
        "linear_1.out_features=0", "linear_1.out_features=1e12", "linear_1.out_features=wide",
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be(nb: Nb, project: Path, wrong: str, own_home: Path) -> None:
    ran = nb("train", project, "--set", wrong)
    assert (ran.code, ran.out) == (2, ""), ran
    assert ran.sentence
    assert not list(own_home.glob("runs/*")), "a run was begun"


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",), ("check", "--wrong"), ("train", "x", "--epochs", "0"),
        ("train", "x", "--epochs", "many"), ("train", "x", "--seed", "-1"), ("train",),
        ("export", "x"), ("export", "x", "--to", "onnx"), ("nonsense",), ("--wrong",),
        ("explain", "x", "-o", "y", "--sample", "-3"), ("train", "x", "--resume", "none"),
        ("screenshot", "digits_cnn", "-o", "x.png", "--size", "huge"),
        ("screenshot", "digits_cnn", "-o", "x.png", "--theme", "pink"),
    ],
)  # fmt: skip
def test_a_command_line_that_cannot_be(nb: Nb, arguments: tuple[str, ...]) -> None:
    ran = nb(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.sentence


def test_an_export_to_something_else(nb: Nb, tmp_path: Path) -> None:
    ran = nb("export", "none", "--to", "pickle", "-o", tmp_path / "x")
    assert (ran.code, ran.out) == (2, "")
    assert "onnx" in ran.sentence
    ran = nb("export", "none", "--to", "onnx", "-o", tmp_path / "x")
    assert "no run none" in ran.sentence
    ran = nb("export", "none", "--to", "onnx", "-o", tmp_path / "x", "--weights", "first")
    assert "best or last" in ran.sentence
    assert nb("explain", "none", "-o", tmp_path / "x.png").code == 2
    assert not list(tmp_path.iterdir())


def test_a_target_that_cannot_be_written(nb: Nb, project: Path, tmp_path: Path) -> None:
    ran = nb("code", project, "-o", tmp_path / "no" / "such" / "folder.py")
    assert (ran.code, ran.out) == (2, "")
    assert "no/such" in ran.sentence.replace(os.sep, "/")
    blocked = tmp_path / "blocked.py"
    blocked.mkdir()
    ran = nb("code", project, "-o", blocked)
    assert (ran.code, ran.out) == (2, "")
    assert "blocked.py" in ran.sentence
    assert blocked.is_dir()


@pytest.mark.parametrize("command", ["code", "train"])
def test_a_broken_project_is_refused(nb: Nb, broken: Path, command: str) -> None:
    ran = nb(command, broken)
    assert (ran.code, ran.out) == (2, "")
    assert "result of the model" in ran.sentence


@pytest.fixture
def broken(project: Path) -> Path:
    """The same without its Output node and with a loose end."""
    from netbuilder.graph.file import load

    found = load(project).project
    graph = found.graph.remove(["output_1"])
    graph, _ = graph.create("linear", {"out_features": 7})
    assert isinstance(graph, Graph)
    save(found.with_graph(graph), project)
    return project


def test_checking_a_broken_project_tells_everything(nb: Nb, broken: Path) -> None:
    ran = nb("check", broken)
    assert ran.code == 2
    assert ran.err == ""
    assert "error: Nothing is marked as the result" in ran.out
    assert "warning: linear_3: Nothing is connected" in ran.out
    assert "linear_1" in ran.out
    found = nb("check", broken, "--json")
    assert found.code == 2
    assert found.err == ""
    severities = [p["severity"] for p in found.json["problems"]]
    assert severities == ["error", "warning"]
    assert found.json["problems"][0]["fixes"] == ["Add an Output"]


def test_an_unforeseen_fault_keeps_its_traceback_to_itself(
    nb: Nb, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise RuntimeError("the\nsky fell")

    monkeypatch.setattr("netbuilder.cli.checking.check", fault)
    ran = nb("check", project)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "the sky fell (NETBUILDER_DEBUG=1 shows where.)\n"


@pytest.mark.parametrize("arguments", [("layers", "--json"), ("--version",)])
def test_a_reader_that_goes_away_is_no_fault(arguments: tuple[str, ...]) -> None:
    """``netbuilder layers --json | head -1``: whether or not all of it was written."""
    command = [sys.executable, "-m", "netbuilder", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in (0, 1)
