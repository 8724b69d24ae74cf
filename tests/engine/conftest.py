"""A small project for the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from netbuilder.graph import Edge, Graph, Node, Optimiser, Project, Training


@pytest.fixture
def classifier() -> Callable[..., Project]:
    """Blobs by a network of one hidden layer; keywords are those of `Training`."""

    def make(width: int = 8, lr: float = 0.05, **training: Any) -> Project:
        nodes = (
            Node("blobs", "blobs", {"points": 300}),
            Node("hidden", "linear", {"out_features": width}),
            Node("act", "tanh"),
            Node("head", "linear", {"out_features": 3}),
            Node("out", "output"),
            Node("ce", "cross_entropy"),
            Node("acc", "accuracy"),
        )
        wires = (
            ("blobs", "point", "hidden", "x"),
            ("hidden", "y", "act", "x"),
            ("act", "y", "head", "x"),
            ("head", "y", "out", "x"),
            ("head", "y", "ce", "logits"),
            ("blobs", "label", "ce", "label"),
            ("head", "y", "acc", "logits"),
            ("blobs", "label", "acc", "label"),
        )
        graph = Graph({n.id: n for n in nodes}, tuple(Edge(*w) for w in wires))
        optimiser = Optimiser(settings={"lr": lr})
        options = {"epochs": 5, "device": "cpu", "optimisers": (optimiser,)} | training
        return Project("blobs", graph, training=Training(**options))

    return make
