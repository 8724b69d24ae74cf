"""What is searched is part of the project: its file, its renames, its journal."""

from __future__ import annotations

import pickle
from dataclasses import replace

from netbuilder.building import Network
from netbuilder.graph import Block, Graph, Node, Project, Range, Search
from netbuilder.graph.difference import applied, difference
from netbuilder.graph.file import dumps, loads
from netbuilder.graph.meaning import same_meaning
from netbuilder.graph.raw import raw_project

SPACE = {
    "linear_1.out_features": Range(4, 64, log=True),
    "training.lr": Range(1e-4, 0.1),
    "training.algorithm": Range(choices=("adam", "sgd")),
    "nowhere_1.size": Range(choices=((3, 3), (5, 5))),
    "Part/linear_1.bias": Range(choices=(True, False)),
}


def project() -> Project:
    net = Network("searched")
    net.linear(net.blobs().point, out_features=8)
    part = Block("Part", Graph({"linear_1": Node("linear_1", "linear")}))
    plain = net.project()
    return replace(plain, blocks={"Part": part}, search=Search(SPACE, "grid", 12, "accuracy"))


def test_a_file_holds_it_and_names_that_mean_nothing_are_kept() -> None:
    before = project()
    assert loads(dumps(before)).project.search == before.search
    assert '"linear_1.out_features": {"low": 4, "high": 64, "log": true}' in dumps(before)


def test_what_is_not_searched_leaves_no_trace_in_the_file() -> None:
    assert '"search"' not in dumps(replace(project(), search=Search()))


def test_a_rename_of_a_node_or_block_carries_it() -> None:
    renamed = project().rename_node("linear_1", "first")
    assert "first.out_features" in renamed.search.space
    assert "Part/linear_1.bias" in renamed.search.space  # another node of the same name
    inside = project().rename_node("linear_1", "only", ("Part",))
    assert {"Part/only.bias", "linear_1.out_features"} <= inside.search.space.keys()
    assert "Whole/linear_1.bias" in project().rename_block("Part", "Whole").search.space


def test_a_node_that_is_removed_is_no_longer_searched() -> None:
    left = project().without_nodes(["linear_1"]).search.space
    assert list(left) == [name for name in SPACE if name != "linear_1.out_features"]


def test_the_journal_carries_an_edit_of_it() -> None:
    before = project()
    after = replace(before, search=before.search.with_range("training.lr", None))
    raw = applied(raw_project(before), difference(before, after))
    assert raw == raw_project(after)


def test_it_says_nothing_about_the_network_and_travels_between_processes() -> None:
    before = project()
    assert same_meaning(before, replace(before, search=Search()))
    assert pickle.loads(pickle.dumps(before)) == before
