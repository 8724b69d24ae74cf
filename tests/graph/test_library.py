"""A person's own blocks: kept, listed, taken into other projects, removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from netbuilder.graph import Block, BlockParam, Graph, GraphError, Node, Project
from netbuilder.graph.atomic import FileError
from netbuilder.graph.library import Library, adopted

NAME = "Stage é"


def project(width: int = 8) -> Project:
    inner = Block("Inner", Graph().add(Node("a", "linear", {"out_features": width})))
    graph = Graph().add(Node("i", "block:Inner"), Node("j", "relu"))
    outer = Block(NAME, graph, (BlockParam("width", width),))
    return Project("mine", blocks={"Inner": inner, outer.name: outer, "Other": Block("Other")})


def test_a_block_is_kept_with_what_it_uses(own_home: Path) -> None:
    library = Library()
    path = library.save(project(), NAME)
    assert path.parent == own_home / "blocks"
    (saved,), troubles = library.entries()
    assert troubles == ()
    assert (saved.name, list(saved.inside)) == (NAME, ["Inner"])
    assert saved.block == project().blocks[NAME]
    taken, name = library.add(Project(), NAME)
    assert name == NAME
    assert taken.blocks == {n: project().blocks[n] for n in (NAME, "Inner")}
    assert library.add(taken, NAME) == (taken, NAME)


def test_another_block_of_the_same_name_is_left_alone() -> None:
    library = Library()
    library.save(project(), NAME)
    other = project(width=9)
    taken, name = library.add(other, NAME)
    assert name == f"{NAME} 2"
    assert taken.blocks[name].graph["i"].block == "Inner 2"
    assert taken.blocks["Inner 2"].graph["a"].params["out_features"] == 8
    assert {n: taken.blocks[n] for n in other.blocks} == other.blocks


def test_an_outer_block_follows_when_only_its_inner_one_differs() -> None:
    blocks = {n: project().blocks[n] for n in ("Inner", NAME)}
    here = Project(blocks={"Inner": Block("Inner"), NAME: blocks[NAME]})
    taken, names = adopted(here, blocks)
    assert names == {"Inner": "Inner 2", NAME: f"{NAME} 2"}
    assert taken.blocks[names[NAME]].graph["i"].block == "Inner 2"


def test_saving_again_replaces_and_removing_takes_away() -> None:
    library = Library()
    first = library.save(project(), NAME)
    assert library.save(project(width=16), NAME) == first
    (saved,), _ = library.entries()
    assert saved.inside["Inner"].graph["a"].params["out_features"] == 16
    library.remove(NAME)
    assert library.entries() == ((), ())
    with pytest.raises(FileError, match="does not exist"):
        library.remove(NAME)
    with pytest.raises(FileError, match="does not exist"):
        library.add(Project(), NAME)
    assert first.with_name(f"{first.name}.bak").exists()


def test_names_that_folders_do_not_like_are_no_obstacle(tmp_path: Path) -> None:
    library = Library(tmp_path / "blocks")
    names = ["CON", "con", "x" * 100, "块", "Block - 1_2"]
    for name in names:
        library.save(Project(blocks={name: Block(name)}), name)
    saved, troubles = library.entries()
    assert sorted(s.name for s in saved) == sorted(names)
    assert troubles == ()


def test_what_is_no_block_is_told_and_the_others_stay(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.save(project(), NAME)
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "empty.json").write_text('{"version": 1, "name": "Nothing"}')
    saved, troubles = library.entries()
    assert [s.name for s in saved] == [NAME]
    assert len(troubles) == 2
    assert any("holds no block 'Nothing'" in t for t in troubles)
    assert Library(tmp_path / "none").entries() == ((), ())
    with pytest.raises(GraphError, match="no block called Gone"):
        library.save(project(), "Gone")


def test_a_block_that_contains_itself_is_refused() -> None:
    loop = Block("Loop", Graph().add(Node("i", "block:Loop")))
    with pytest.raises(GraphError, match="cannot contain itself"):
        adopted(Project(), {"Loop": loop})


def test_a_kept_block_is_renamed_and_one_in_use_is_refused() -> None:
    library = Library()
    library.save(project(), NAME)
    library.save(project(), "Inner")
    with pytest.raises(GraphError, match="already a block called Inner in your library"):
        library.rename(NAME, "Inner")
    with pytest.raises(GraphError, match="cannot name a block"):
        library.rename(NAME, "7")
    library.rename(NAME, "Stage two")
    saved, _ = library.entries()
    assert [s.name for s in saved] == ["Inner", "Stage two"]
    assert saved[1].block.graph == project().blocks[NAME].graph


def test_what_was_removed_can_be_put_back() -> None:
    library = Library()
    library.save(project(), NAME)
    before = library.entries()
    library.remove(NAME)
    library.restore(NAME)
    assert library.entries() == before
    library.remove(NAME)
    library.save(project(width=9), NAME)
    with pytest.raises(GraphError, match="another block"):
        library.restore(NAME)
