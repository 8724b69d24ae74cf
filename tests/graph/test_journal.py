"""The journal gives back every edit, whatever the crash left of it."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from netbuilder.folders import recovery
from netbuilder.graph import Block, Edge, Graph, Node, Optimiser, Project, Training
from netbuilder.graph.atomic import FileError
from netbuilder.graph.difference import applied, difference
from netbuilder.graph.file import loads
from netbuilder.graph.journal import Journal, discard, leftovers, read, replay
from netbuilder.graph.raw import raw_project


def steps() -> list[Project]:
    """A project after each of some edits, one of every kind."""
    empty = Project("demo")
    graph = Graph().add(*(Node(f"relu_{i}", "relu") for i in range(1, 6)))
    wired = graph.connect(Edge("relu_1", "y", "relu_2", "x"), Edge("relu_2", "y", "relu_3", "x"))
    made = [empty, replace(empty, graph=graph), replace(empty, graph=wired)]
    for edited in [
        wired.set_param("relu_1", "slope", 0.5),
        wired.set_param("relu_1", "slope", True),
        wired.move({"relu_2": (1, 2), "relu_5": (3, 4)}),
        wired.rename("relu_2", "middle"),
        wired.remove(["relu_2"]),
        Graph(dict(reversed(wired.nodes.items())), wired.edges[::-1]),
        Graph(),
    ]:
        made.append(replace(empty, graph=edited))
    with_block = made[2].with_block(Block("body", graph))
    twice = with_block.with_block(Block("head", wired))
    made += [
        with_block,
        twice,
        twice.with_graph(wired.set_param("relu_1", "slope", 2), ("body",)),
        twice.rename_block("body", "trunk"),
        twice.without_block("body"),
        twice.without_block("body").with_block(Block("body")),
        replace(twice, training=Training(epochs=3, optimisers=(Optimiser(losses=("a",)),))),
        replace(twice, name="other", notes="two\nlines"),
        empty,
    ]
    return made


def journal_of(projects: list[Project], document: Path | None = None) -> Path:
    journal = Journal(document)
    for before, after in pairwise(projects):
        journal.record(before, after)
    path = journal.path
    assert path is not None
    journal.abandon()
    return path


def test_a_difference_leads_from_one_project_to_the_other() -> None:
    every = steps()
    for before in every:
        for after in every:
            found = applied(raw_project(before), json.loads(json.dumps(difference(before, after))))
            project = loads(json.dumps(found)).project
            assert project == after
            assert list(project.graph.nodes) == list(after.graph.nodes)
            assert list(project.blocks) == list(after.blocks)


def test_the_cost_of_an_edit_is_that_of_the_edit() -> None:
    graph = Graph().add(*(Node(f"relu_{i}", "relu") for i in range(500)))
    before = Project(graph=graph)
    after = before.with_graph(graph.move({"relu_7": (1, 1)}))
    assert len(json.dumps(difference(before, after))) < 120


def test_replaying_gives_the_last_project(tmp_path: Path) -> None:
    projects = steps()
    for count in range(2, len(projects) + 1):
        path = journal_of(projects[:count], tmp_path / "demo.netbuilder")
        assert replay(path) == projects[count - 1]
        leftover = read(path)
        assert leftover.edits == count - 1
        assert leftover.document == tmp_path / "demo.netbuilder"
        path.unlink()


def test_a_long_journal_is_written_whole_now_and_then() -> None:
    projects = [Project(notes=str(i)) for i in range(450)]
    path = journal_of(projects)
    lines = path.read_text().splitlines()
    assert sum('"whole"' in line for line in lines) == 3
    assert replay(path) == projects[-1]


def test_a_torn_journal_gives_all_edits_before_the_tear(tmp_path: Path) -> None:
    projects = steps()
    data = journal_of(projects).read_bytes()
    ends = [i + 1 for i, byte in enumerate(data) if byte == 0x0A]
    torn = tmp_path / "torn.journal"
    for cut in range(0, len(data) + 1, 13):
        torn.write_bytes(data[:cut])
        # A line counts from its last brace on, also without its line end.
        whole = sum(end - 1 <= cut for end in ends) - 1
        if whole < 1:
            with pytest.raises(FileError, match="holds no edit that can be recovered"):
                read(torn)
        else:
            assert replay(torn) == projects[whole]


def test_a_damaged_line_costs_only_what_follows_it(tmp_path: Path) -> None:
    projects = steps()
    lines = journal_of(projects).read_bytes().splitlines(keepends=True)
    path = tmp_path / "damaged.journal"
    path.write_bytes(b"".join([*lines[:6], b"\0\0\xff garbage\n", *lines[7:]]))
    assert replay(path) == projects[5]
    bad = b'{"at": 1, "edit": {"graph": {"put": {"A B": {"kind": 3}}}}}\n'
    path.write_bytes(b"".join([*lines[:6], bad]))
    assert replay(path) == projects[5]


def test_no_file_before_the_first_edit_and_none_after_a_save(tmp_path: Path) -> None:
    projects = steps()
    journal = Journal()
    journal.sync()
    assert list(recovery().iterdir()) == []
    journal.record(projects[0], projects[1])
    assert journal.unsynced
    journal.sync()
    assert not journal.unsynced
    journal.clear(tmp_path / "saved.netbuilder")
    assert list(recovery().iterdir()) == []
    journal.record(projects[1], projects[2])
    assert journal.path is not None
    assert read(journal.path).document == tmp_path / "saved.netbuilder"
    assert replay(journal.path) == projects[2]
    journal.clear()


def test_a_document_that_is_open_is_no_leftover() -> None:
    projects = steps()
    older = journal_of(projects[:3])
    journal = Journal()
    journal.record(projects[0], projects[1])
    assert [leftover.journal for leftover in leftovers()] == [older]
    open_one = journal.path
    journal.abandon()
    found = leftovers()
    assert [leftover.journal for leftover in found] == [open_one, older]
    for leftover in found:
        discard(leftover)
    assert leftovers() == ()


def test_an_unreadable_journal_is_kept_and_left_out() -> None:
    path = recovery() / "1-2-3.journal"
    path.write_bytes(b"not a journal")
    assert leftovers() == ()
    assert path.exists()


def test_a_full_disk_loses_one_edit_until_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    projects = steps()
    journal = Journal()
    journal.record(projects[0], projects[1])
    file = journal._file
    assert file is not None

    class Full:
        """The journal's file on a disk with room for four more bytes."""

        def __init__(self) -> None:
            self.room = 4

        def write(self, data: memoryview) -> int:
            if not self.room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.room = 0
            return file.write(data[:4])

        def __getattr__(self, name: str) -> object:
            return getattr(file, name)

    monkeypatch.setattr(journal, "_file", Full())
    with pytest.raises(FileError, match="disk is full"):
        journal.record(projects[1], projects[2])
    monkeypatch.setattr(journal, "_file", file)
    assert journal.path is not None
    assert replay(journal.path) == projects[1]
    journal.record(projects[2], projects[3])
    journal.record(projects[3], projects[4])
    assert replay(journal.path) == projects[4]
    journal.clear()


def test_a_folder_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a_file").write_text("")
    journal = Journal(folder=tmp_path / "a_file")
    with pytest.raises(FileError, match=r"is not a folder"):
        journal.record(Project(), Project("b"))
    journal.sync()
    journal.clear()


KILLED = """
import os, sys
from netbuilder.graph import Graph, Node, Project
from netbuilder.graph.file import loads
from netbuilder.graph.journal import Journal, leftovers, read
journal, project = Journal(), Project()
for i in range(int(sys.argv[1])):
    after = project.with_graph(project.graph.add(Node(f"relu_{i}", "relu")))
    journal.record(project, after)
    project = after
print(os.getpid(), flush=True)
sys.stdin.read(1)
"""


@pytest.mark.slow
def test_a_killed_program_leaves_all_its_edits() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, "300"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        assert leftovers() == ()  # it lives, so its journal is its own
        process.kill()
        process.wait()
    (leftover,) = leftovers()
    assert leftover.edits == 300
    assert list(leftover.project.graph.nodes) == [f"relu_{i}" for i in range(300)]
