"""Data files are found after a project's folder was moved."""

from __future__ import annotations

import shutil
from pathlib import Path

import netbuilder as nb
from netbuilder.building import Network
from netbuilder.graph import Project
from netbuilder.layers.paths import anchored, portable


def table(folder: Path) -> Project:
    (folder / "a.csv").write_text("x,y\n" + "".join(f"{i},{i % 2}\n" for i in range(20)))
    net = Network("table")
    net.csv(path=str(folder / "a.csv"))
    return net.project()


def test_a_file_beside_the_project_travels_with_it(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    nb.save(table(before), before / "p.netbuilder")
    assert str(tmp_path) not in (before / "p.netbuilder").read_text()
    shutil.move(before, after)
    project = nb.load(after / "p.netbuilder")
    assert project.graph["csv_1"].params["path"] == str((after / "a.csv").resolve())
    assert not [p for p in nb.check(project).problems if p.node == "csv_1"]


def test_a_file_elsewhere_keeps_its_whole_path(tmp_path: Path) -> None:
    project = table(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert portable(project, elsewhere) is project
    assert anchored(project, elsewhere) is project
