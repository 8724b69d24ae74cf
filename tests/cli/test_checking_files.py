"""`netbuilder check` names what cannot be read of a person's own images."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netbuilder.cli import checking
from netbuilder.data import reading
from netbuilder.graph import file as project_file
from netbuilder.templates import TEMPLATES, started
from tests.data.conftest import pictures


def test_broken_images_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = pictures(tmp_path / "pictures", 4)
    (folder / "red" / "text.png").write_text("no image")
    (template,) = (t for t in TEMPLATES if t.name == "classification")
    made = started(template, "image_folder", {"path": str(folder), "height": 8, "width": 8})
    project_file.save(made, tmp_path / "p.netbuilder")
    checking.run(tmp_path / "p.netbuilder", json=False)
    said = capsys.readouterr().out
    assert "left out: image_folder_1: red/text.png: it is no image" in said
    assert "1 of image_folder_1 cannot be used" in said
    checking.run(tmp_path / "p.netbuilder", json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["bad_files"] == {"image_folder_1": [["red/text.png", "it is no image"]]}


def test_training_tells_what_is_read_and_left_out_and_the_run_shows_it(
    nb: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_SILENT_S", 0.0)
    folder = pictures(tmp_path / "pictures", 8)
    (folder / "red" / "text.png").write_text("no image")
    (template,) = (t for t in TEMPLATES if t.name == "classification")
    made = started(template, "image_folder", {"path": str(folder), "height": 8, "width": 8})
    project_file.save(made, tmp_path / "p.netbuilder")
    ran = nb("train", tmp_path / "p.netbuilder", "--epochs", 1, "--device", "cpu", "--json")
    assert ran.code == 0, ran.err
    events = [json.loads(line) for line in ran.out.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds.index("Read") < kinds.index("Started")
    assert events[0]["done"] == events[0]["total"]
    run = Path(next(event["folder"] for event in events if event["event"] == "Started"))
    shown = nb("runs", "show", run)
    assert "1 that cannot be read" in shown.out
    assert "red/text.png: it is no image" in shown.out
    left_out = nb("runs", "show", run, "--json").json["left_out"]
    assert left_out == {
        "count": 1, "named": [{"name": "red/text.png", "reason": "it is no image"}],
    }  # fmt: skip
