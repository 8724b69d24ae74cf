"""`netbuilder check` names what cannot be read of a person's own images."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netbuilder.cli import checking
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
