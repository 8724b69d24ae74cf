"""A small project to look at, and the theme that the window wears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from netbuilder.app import theme
from netbuilder.app.document import Document
from netbuilder.graph import Block, BlockParam, Edge, Graph, Node, Project


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """The dark theme, whatever the test before it chose."""
    theme.apply(qapp, "dark")


def small_project() -> Project:
    """Digits into a convolution and two linear layers, and one block that nobody uses."""
    graph = Graph().add(
        Node("digits_1", "digits"),
        Node("conv2d_1", "conv2d", {"out_channels": 24}),
        Node("relu_1", "relu"),
        Node("flatten_1", "flatten"),
        Node("linear_1", "linear", {"out_features": 10}),
        Node("linear_2", "linear", {"out_features": 7}),
        Node("cross_entropy_1", "cross_entropy"),
        Node("output_1", "output"),
    )
    graph = graph.connect(
        Edge("digits_1", "image", "conv2d_1", "x"),
        Edge("conv2d_1", "y", "relu_1", "x"),
        Edge("relu_1", "y", "flatten_1", "x"),
        Edge("flatten_1", "y", "linear_1", "x"),
        Edge("flatten_1", "y", "linear_2", "x"),
        Edge("linear_1", "y", "cross_entropy_1", "logits"),
        Edge("digits_1", "label", "cross_entropy_1", "label"),
        Edge("linear_1", "y", "output_1", "x"),
    )
    inside = Graph().add(
        Node("input_1", "input", {"name": "x"}),
        Node("linear_1", "linear", {"out_features": "=width * 2"}),
        Node("output_1", "output", {"name": "y"}),
    )
    inside = inside.connect(
        Edge("input_1", "y", "linear_1", "x"), Edge("linear_1", "y", "output_1", "x")
    )
    block = Block("Twice", inside, (BlockParam("width", 16),))
    return Project("digits", graph, {"Twice": block})


@pytest.fixture
def document(qapp: QApplication) -> Iterator[Document]:
    """The small project, open."""
    made = Document(small_project())
    yield made
    made.close()
