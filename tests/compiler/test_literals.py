"""Literals in generated text: where they stand, and that changing them changes the text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from netbuilder import resources
from netbuilder.building import Network
from netbuilder.compiler import CompileError, Source, generate
from netbuilder.compiler.literals import Literal, literals, located
from netbuilder.compiler.provenance import others
from netbuilder.graph import Project
from netbuilder.graph import file as project_file


def every(project: Project) -> Iterator[tuple[int, Literal]]:
    source = generate(project)
    for line in source.lines:
        for literal in literals(project, source, line):
            yield line, literal


def line_of(source: Source, words: str) -> int:
    return next(n for n in source.lines if words in source.text.split("\n")[n - 1])


@pytest.mark.parametrize("path", resources.examples(), ids=lambda path: path.stem)
def test_columns_are_those_of_the_text_and_edits_land_there(path: Path) -> None:
    project = project_file.load(path).project
    lines = generate(project).text.split("\n")
    editable = 0
    for line, literal in every(project):
        assert lines[line - 1][literal.start : literal.end] == literal.text
        assert (literal.param is None) == bool(literal.origin)
        if literal.param is None or literal.param.type not in ("int", "float"):
            continue
        editable += 1
        graph = project.graph_at(literal.place)
        for value in others(literal.param, literal.value):
            changed = graph.set_param(literal.node, literal.param.name, value)
            try:
                after = generate(project.with_graph(changed, literal.place)).text.split("\n")
            except CompileError:
                continue  # then it is said, and nothing is shown
            if len(after) == len(lines):
                assert after[line - 1][literal.start :].startswith(f"{value}")
            break
    assert editable > 0


def test_examples_say_where_a_number_comes_from() -> None:
    project = project_file.load(resources.example("digits_cnn")).project
    source = generate(project)
    first, *_ = literals(project, source, line_of(source, "self.batch_norm_1"))
    assert first.param is None
    assert "comes from the wire" in first.origin
    assert "conv2d_1" in first.origin
    assert "B × 32 × 8 × 8" in first.origin


def stacked(widths: tuple[int, ...], repeat: int = 1) -> Project:
    """Points through a block once for each width."""
    net = Network("stacked")
    data = net.spirals()
    with net.block("Layer", width=8, extra=3) as inner:
        x = inner.input(name="x")
        inner.output(inner.relu(inner.linear(x, out_features="=width")), name="y")
    x = data.point
    for width in widths:
        x = net.Layer(x, width=width, repeat=repeat)
    logits = net.linear(x, out_features=2)
    net.output(logits), net.cross_entropy(logits, data.label)
    return net.project()


def test_a_block_is_changed_where_it_is_constructed() -> None:
    project = stacked((16, 32))
    source = generate(project)
    line = line_of(source, "self.layer_2 =")
    found = {x.text: x for x in literals(project, source, line)}
    width = found["32"]
    assert width.param is not None
    assert (width.param.name, width.node, width.place) == ("width", "layer_2", ())
    inputs = found["16"]
    assert inputs.param is None
    assert inputs.origin
    graph = project.graph.set_param("layer_2", "width", 48)
    assert "width=48" in generate(project.with_graph(graph)).text.split("\n")[line - 1]
    # In the class it is a name, and there is nothing to type over.
    inner = line_of(source, "nn.Linear(in_features, width")
    assert literals(project, source, inner) == ()


def test_how_often_a_block_repeats_can_be_typed() -> None:
    project = stacked((2,), repeat=3)
    source = generate(project)
    line = line_of(source, "self.layer_1 =")
    times = next(x for x in literals(project, source, line) if x.text == "3")
    assert times.param is not None
    assert times.param.name == "repeat"


def test_inside_a_block_an_expression_is_what_one_edits() -> None:
    project = stacked((16,))
    source = generate(project)
    line = line_of(source, "self.linear_1 = nn.Linear(2, 16)")
    first, second = literals(project, source, line)
    assert first.param is None
    assert "in the block Layer" in first.origin
    assert second.param is not None
    assert (second.draft, second.place, second.node) == ("=width", ("Layer",), "linear_1")


def test_wires_of_an_adder_do_not_shift_what_follows() -> None:
    net = Network("joined")
    data = net.digits()
    a, b = net.conv2d(data.image, out_channels=4), net.conv2d(data.image, out_channels=5)
    x = net.flatten(net.concat(a, b, a, dim=1))
    logits = net.linear(x, out_features=10)
    net.output(logits), net.cross_entropy(logits, data.label, label_smoothing=0.125)
    project = net.project()
    source = generate(project)
    found = {x.param.name: x.text for _, x in every(project) if x.param is not None}
    assert found["dim"] == "1"
    assert found["label_smoothing"] == "0.125"
    assert located(project, ("nowhere",)) is None
    assert literals(project, source, 1) == ()
