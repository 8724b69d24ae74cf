"""What is drawn otherwise says the same; all else does not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from netbuilder.graph import Project
from netbuilder.graph.meaning import same_meaning
from tests.graph.test_properties import graphs


@given(graphs())
def test_places_and_folding_do_not_count(graph) -> None:  # type: ignore[no-untyped-def]
    drawn = graph.move({node.id: (1.0, 2.0) for node in graph})
    drawn = drawn.put(*(replace(node, collapsed=True) for node in drawn))
    assert same_meaning(Project("p", graph), Project("p", drawn))


@given(graphs())
def test_every_other_edit_counts(graph) -> None:  # type: ignore[no-untyped-def]
    project = Project("p", graph)
    others = [graph.remove([node.id]) for node in graph]
    others += [graph.put(replace(node, title=node.title + "!")) for node in graph]
    others += [graph.set_param(node.id, "other", 1) for node in graph]
    others += [graph.with_edges(graph.edges[1:])] if graph.edges else []
    for other in others:
        assert not same_meaning(project, Project("p", other))
    assert not same_meaning(project, Project("q", graph))
