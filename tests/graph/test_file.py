"""The project file: what can be opened opens, the rest is refused with one sentence."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from netbuilder.graph import (
    Block,
    BlockParam,
    Edge,
    Graph,
    Node,
    Optimiser,
    Project,
    Schedule,
    Training,
    WeightGroup,
)
from netbuilder.graph.atomic import FileError
from netbuilder.graph.file import Loaded, dumps, load, loads, save
from netbuilder.graph.order import cycle
from netbuilder.graph.schema import NodeEntry, OptimiserEntry, ParamEntry, TrainingEntry

PROJECT = Project(
    "demo",
    Graph(
        {
            "data_1": Node("data_1", "data", {"name": "digits"}),
            "conv2d_1": Node(
                "conv2d_1", "conv2d", {"filters": 16, "size": (3, 3)}, (220.5, -3), "Größe"
            ),
            "odd_1": Node("odd_1", "from_a_plugin", {"z": None, "a": ((1, 2.5), "=w", True)}),
            "conv2d_2": Node("conv2d_2", "conv2d", {"filters": 16}, share="conv2d_1"),
        },
        (
            Edge("data_1", "image", "conv2d_1", "x"),
            Edge("conv2d_1", "y", "odd_1", "petal -> length.cm"),
            Edge("data_1", "a -> b.c", "odd_1", "x"),
        ),
    ),
    {"res": Block("res", Graph().create("input")[0], (BlockParam("width", 8, "Channels."),))},
    Training(
        3,
        seed=7,
        validation=0.0,
        optimisers=(
            Optimiser("d", "sgd", {"lr": 0.1, "betas": (0.5, 0.9)}, ("a",), (), 2, 3),
            Optimiser(
                schedule=Schedule("multi_step", {"milestones": (3, 5)}),
                groups=(WeightGroup(("conv2d_1",), {"frozen": True}),),
            ),
        ),
        settings={"early_stopping": {"patience": 3}, "ema": {}},
    ),
    "Line one\nline two",
)


def refused(text: str) -> str:
    with pytest.raises(FileError) as caught:
        loads(text, "demo.netbuilder")
    sentence = str(caught.value)
    assert "demo.netbuilder" in sentence
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    return sentence


def changed(**changes: Any) -> str:
    return json.dumps({**json.loads(dumps(PROJECT)), **changes})


def test_saving_and_opening_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "demo.netbuilder"
    save(PROJECT, path)
    assert load(path) == Loaded(PROJECT)
    assert dumps(load(path).project) == path.read_text("utf-8") == dumps(PROJECT)
    types = {k: type(v) for k, v in load(path).project.graph["odd_1"].params.items()}
    assert types == {"a": tuple, "z": type(None)}


def test_the_text_is_made_for_reading_and_comparing() -> None:
    text = dumps(PROJECT)
    assert text.endswith("}\n")
    assert '\n      "data_1.image -> conv2d_1.x",\n' in text
    assert '\n      "data_1": {"kind": "data", "params": {"name": "digits"}, ' in text
    assert '"notes": ["Line one", "line two"]' in text
    assert max(map(len, text.splitlines())) <= 100
    moved = PROJECT.with_graph(PROJECT.graph.move({"data_1": (1, 2)}))
    ours, theirs = text.splitlines(), dumps(moved).splitlines()
    assert sum(a != b for a, b in zip(ours, theirs, strict=True)) == 1


def test_the_schema_knows_every_field_of_the_values() -> None:
    for entry, value in [
        (TrainingEntry, Training),
        (OptimiserEntry, Optimiser),
        (ParamEntry, BlockParam),
    ]:
        fields = {f.name for f in dataclasses.fields(value)}  # type: ignore[arg-type]
        assert set(entry.model_fields) == fields
    assert set(NodeEntry.model_fields) == {f.name for f in dataclasses.fields(Node)} - {"id"}
    empty = loads('{"version": 1}').project
    assert empty == Project()


def test_the_version_before_stays_beside(tmp_path: Path) -> None:
    path = tmp_path / "demo.netbuilder"
    save(PROJECT, path)
    save(Project("other"), path)
    assert load(tmp_path / "demo.netbuilder.bak").project == PROJECT
    path.write_text("{", "utf-8")
    with pytest.raises(FileError, match=r"demo\.netbuilder\.bak beside it holds the version"):
        load(path)


def test_what_would_not_open_is_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "demo.netbuilder"
    save(PROJECT, path)
    for graph in [
        Graph({"import os": Node("import os", "relu")}),
        Graph({"a": Node("a", "relu", {"x": {"a": 1}})}),  # type: ignore[dict-item]
        Graph({"a": Node("a", "relu", {"x": object()})}),  # type: ignore[dict-item]
    ]:
        with pytest.raises(FileError):
            save(Project("bad", graph), path)
        assert load(path).project == PROJECT


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("[]", "not a NetBuilder project"),
        ("{}", "not a NetBuilder project"),
        ("3", "not a NetBuilder project"),
        ("hello", "line 1, column 1 is not valid JSON"),
        ('{"version": 1,}', "column 15 is not valid JSON"),
        ('{"version": 1', "breaks off in line 1"),
        ('{"version": 1, "name": "x', "breaks off in line 1"),
        ("[" * 100_000, "nested too deeply"),
        ('{"version": 1, "name": ' + "[" * 60 + "]" * 60 + "}", "nested too deeply"),
        ('{"version": true}', "version is True"),
        ('{"version": "1"}', "version is '1'"),
        ('{"version": 0}', "nothing reads its file version 0"),
        ('{"version": -1}', "nothing reads its file version -1"),
        ('{"version": 7}', "saved by a newer NetBuilder .file version 7, this one reads up to 1"),
        ('{"version": 1, "version": 1}', "'version' stands in it twice"),
        ('{"version": 1, "graph": []}', "its graph"),
        ('{"version": 1, "evil": 1}', "'evil' in the file is nothing this version knows"),
        ('{"version": 1, "training": {"epochs": 1.5}}', "training, epochs"),
        ('{"version": 1, "training": {"test": NaN}}', "training, test"),
        ('{"version": 1, "blocks": {"a/b": {}}}', "'a/b' cannot name a block"),
        ('{"version": 1, "graph": {"nodes": {"a": {}}}}', "node a, kind is missing"),
        ('{"version": 1, "graph": {"nodes": {"a": {"kind": 1}}}}', "node a, kind"),
        ('{"version": 1, "graph": {"nodes": {"a": {"kind": "k", "b": 1}}}}', "'b' in node a"),
        ('{"version": 1, "graph": {"nodes": {"a();": {"kind": "k"}}}}', "cannot name a node"),
        ('{"version": 1, "graph": {"nodes": {"class": {"kind": "k"}}}}', "uses that word"),
        ('{"version": 1, "graph": {"edges": ["a -> b"]}}', "'a -> b' is not a wire"),
        ('{"version": 1, "graph": {"edges": [["a", "b"]]}}', "its graph, edges, 0"),
        (
            '{"version": 1, "graph": {"nodes": {"a": {"kind": "k", "params": {"p": {}}}}}}',
            "node a, params, p: only numbers, texts",
        ),
        (
            '{"version": 1, "blocks": {"b": {"params": [{"name": "x=1"}]}}}',
            "'x=1' cannot name a parameter",
        ),
    ],
)
def test_what_cannot_be_opened_is_refused_by_a_sentence(text: str, words: str) -> None:
    assert re.search(words, refused(text))


def test_a_dangling_wire_is_left_out_with_a_warning() -> None:
    raw = json.loads(dumps(PROJECT))
    raw["graph"]["edges"] += ["nowhere.y -> conv2d_1.x", "data_1.image -> gone.x"]
    raw["graph"]["nodes"]["conv2d_2"]["share"] = "gone"
    loaded = loads(json.dumps(raw))
    assert loaded.project.graph.edges == PROJECT.graph.edges
    assert loaded.project.graph["conv2d_2"].share is None
    share, first, second = loaded.warnings
    assert "shared the weights of gone, which is not there" in share
    assert first == ("The wire from nowhere to conv2d_1 was left out, because there is no nowhere.")
    assert "there is no gone" in second


def test_a_cycle_opens_and_is_kept() -> None:
    raw = json.loads(dumps(PROJECT))
    raw["graph"]["edges"] = ["conv2d_1.y -> conv2d_2.x", "conv2d_2.y -> conv2d_1.x"]
    loaded = loads(json.dumps(raw))
    assert loaded.warnings == ()
    assert set(cycle(loaded.project.graph)) == {"conv2d_1", "conv2d_2"}


def test_a_missing_port_and_an_unknown_kind_are_kept() -> None:
    raw = json.loads(dumps(PROJECT))
    raw["graph"]["edges"].append("conv2d_1.no_such_port -> conv2d_2.neither")
    text = dumps(loads(json.dumps(raw)).project)
    assert "conv2d_1.no_such_port -> conv2d_2.neither" in text
    assert json.loads(text)["graph"]["nodes"]["odd_1"] == raw["graph"]["nodes"]["odd_1"]


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000], ids=lambda n: n[:9]
)
def test_a_parameter_that_is_no_number_opens_as_a_text(number: str) -> None:
    text = dumps(PROJECT).replace('"filters": 16, "size"', f'"filters": {number}, "size"')
    loaded = loads(text)
    value = loaded.project.graph["conv2d_1"].params["filters"]
    assert type(value) is str
    assert loaded.warnings[0].startswith("filters of conv2d_1 was ")
    assert loads(dumps(loaded.project)) == Loaded(loaded.project)
    placed = loads(dumps(PROJECT).replace("220.5", number))
    assert placed.project.graph["conv2d_1"].position == (0, -3)
    assert "conv2d_1 had no usable place" in placed.warnings[0]


@pytest.mark.parametrize("number", [10**12, 10**200, -(10**200), 1e300, 5e-324], ids=str)
def test_a_huge_number_opens_as_it_is(number: float) -> None:
    project = PROJECT.with_graph(PROJECT.graph.set_param("conv2d_1", "filters", number))
    assert loads(dumps(project)) == Loaded(project)


@pytest.mark.parametrize(
    "number", [float("nan"), float("inf"), 10**5000], ids=["nan", "inf", "big"]
)
def test_a_number_that_json_lacks_does_not_stop_a_save(number: float, tmp_path: Path) -> None:
    graph = PROJECT.graph.set_param("conv2d_1", "filters", number)
    save(PROJECT.with_graph(graph), tmp_path / "demo.netbuilder")
    loaded = load(tmp_path / "demo.netbuilder").project
    assert isinstance(loaded.graph["conv2d_1"].params["filters"], str)


def test_older_versions_are_brought_up() -> None:
    """An invented version 0 had a list of nodes and no edges as texts."""

    def from_0(raw: dict[str, Any]) -> dict[str, Any]:
        nodes = {node.pop("id"): node for node in raw["layers"]}
        return {"name": raw["title"], "graph": {"nodes": nodes}}

    old = '{"version": 0, "title": "old", "layers": [{"id": "relu_1", "kind": "relu"}]}'
    project = loads(old, migrations={0: from_0}).project
    assert project.name == "old"
    assert project.graph == Graph({"relu_1": Node("relu_1", "relu")})
    with pytest.raises(FileError, match="not a whole project of file version 0"):
        loads('{"version": 0}', migrations={0: from_0})


def test_texts_of_any_kind_survive() -> None:
    for text in ["", "\n", "a\nb\n", "\u2028", '"\\', "\0", "日本", "=w"]:
        project = dataclasses.replace(PROJECT, notes=text, name=text)
        project = project.with_graph(project.graph.set_param("odd_1", "text", text))
        assert loads(dumps(project).encode().decode()) == Loaded(project)
    half = dumps(dataclasses.replace(PROJECT, notes="a\ud800b", name="\ud83d\ude00"))
    assert loads(half.encode().decode()).project.notes == "a\ufffdb"
    assert loads(half).project.name == "😀"


def test_places_that_are_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "image.netbuilder").write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    for name, words in [
        ("missing", "does not exist; it may have been moved"),
        ("", "it is a folder"),
        ("pipe", "not an ordinary file"),
        ("image.netbuilder", "not a text in UTF-8"),
        ("image.netbuilder/inside", "is not a folder"),
        ("a\0b", "cannot name a file"),
    ]:
        with pytest.raises(FileError, match=words):
            load(tmp_path / name)


def test_a_file_of_any_size_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.netbuilder"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)  # sparse: takes no room
    with pytest.raises(FileError, match="larger than 64 MB"):
        load(path)


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "demo.netbuilder"
    path.write_bytes(b"\xef\xbb\xbf" + dumps(PROJECT).encode())
    assert load(path).project == PROJECT


def test_every_damaged_file_opens_or_is_refused(tmp_path: Path) -> None:
    """Cut anywhere, bytes flipped, pieces swapped: a project or a FileError, nothing else."""
    data, draw = dumps(PROJECT).encode(), random.Random(0)
    mutants = [data[:k] for k in range(0, len(data), 5)]
    for _ in range(300):
        mutant = bytearray(data)
        for _ in range(draw.choice((1, 1, 3, 20))):
            place = draw.randrange(len(mutant))
            choice = draw.randrange(3)
            if choice == 0:
                mutant[place] ^= 1 << draw.randrange(8)
            elif choice == 1:
                del mutant[place : place + draw.randrange(1, 40)]
            else:
                start = draw.randrange(len(mutant))
                mutant[place:place] = mutant[start : start + draw.randrange(1, 60)]
        mutants.append(bytes(mutant))
    path, refusals = tmp_path / "demo.netbuilder", []
    for mutant in mutants:
        path.write_bytes(mutant)
        try:
            loaded = load(path)
        except FileError as error:
            refusals.append(str(error))
        else:
            assert loads(dumps(loaded.project)).project == loaded.project
    assert len(refusals) > len(mutants) // 2
    assert all("demo.netbuilder" in sentence for sentence in refusals)


def test_opening_runs_nothing(tmp_path: Path) -> None:
    hostile = changed(
        name="__import__('os').system('x')",
        notes='"""\nimport os\n"""',
        graph={"nodes": {"a": {"kind": "os.system", "params": {"x": "=__import__('os')"}}}},
    )
    path = tmp_path / "hostile.netbuilder"
    path.write_text(hostile)
    load(path)  # imports that come with the first use are done
    seen: list[str] = []
    watching = True

    def hook(event: str, _args: tuple[object, ...]) -> None:
        dangerous = {"exec", "compile", "import", "os.system", "subprocess.Popen", "socket.connect"}
        if watching and event in dangerous:
            seen.append(event)

    sys.addaudithook(hook)
    try:
        load(path)
    finally:
        watching = False
    assert seen == []
