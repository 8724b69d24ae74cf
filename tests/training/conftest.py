"""Small projects to train, and ways to listen to a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from netbuilder.building import Network
from netbuilder.graph import Edge, Graph, Node, Optimiser, Project, Training

Making = Callable[..., Project]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Sums in one order, and no fight over the cores of the machine."""
    torch.set_num_threads(1)


@pytest.fixture
def classifier() -> Making:
    """XOR by a network of one hidden layer; keywords are those of `Training`.

    lr and algorithm are of the only optimiser; width is of the hidden layer.
    """

    def make(
        width: int = 16,
        points: int = 400,
        dropout: bool = False,
        algorithm: str = "adam",
        lr: float = 0.05,
        **training: Any,
    ) -> Project:
        nodes = [
            Node("xor", "xor", {"points": points}),
            Node("hidden", "linear", {"out_features": width}),
            Node("act", "tanh"),
            Node("drop", "dropout", {"p": 0.1}),
            Node("head", "linear", {"out_features": 2}),
            Node("out", "output"),
            Node("ce", "cross_entropy"),
            Node("acc", "accuracy"),
        ]
        wires = [
            ("xor", "point", "hidden", "x"),
            ("hidden", "y", "act", "x"),
            *([("act", "y", "drop", "x")] if dropout else []),
            ("drop" if dropout else "act", "y", "head", "x"),
            ("head", "y", "out", "x"),
            ("head", "y", "ce", "logits"),
            ("xor", "label", "ce", "label"),
            ("head", "y", "acc", "logits"),
            ("xor", "label", "acc", "label"),
        ]
        if not dropout:
            nodes = [n for n in nodes if n.id != "drop"]
        graph = Graph({n.id: n for n in nodes}, tuple(Edge(*w) for w in wires))
        training.setdefault("epochs", 2)
        training.setdefault("device", "cpu")
        optimisers = training.pop(
            "optimisers", (Optimiser(algorithm=algorithm, settings={"lr": lr}),)
        )
        return Project("xor", graph, training=Training(optimisers=optimisers, **training))

    return make


@pytest.fixture
def adversaries(classifier: Making) -> Making:
    """Two optimisers: one owns the hidden layer and its loss, the other the head and its."""

    def make(**training: Any) -> Project:
        project = classifier(**training)
        graph = project.graph.add(
            Node("real", "bce_with_logits", {"constant": 1.0, "weight": 2.0}),
        )
        graph = Graph(graph.nodes, (*graph.edges, Edge("head", "y", "real", "logits")))
        optimisers = (
            Optimiser("front", "sgd", {"lr": 0.1}, ("real",), ("hidden",)),
            Optimiser("back", "adam", {"lr": 0.01}, ("ce",), ("head",), every=2, steps=3),
        )
        project = project.with_graph(graph)
        changed = {**vars(project.training), "optimisers": optimisers}
        return Project(project.name, graph, training=Training(**changed))

    return make


@pytest.fixture
def critic() -> Making:
    """A critic of digits whose slope is held at 1: its gradient is differentiated again.

    Keywords are those of `Training`.
    """

    def make(**training: Any) -> Project:
        net = Network("critic")
        mixed = net.random_mix(net.digits().image)
        scores = net.linear(
            net.tanh(net.linear(net.flatten(mixed), out_features=4)), out_features=1
        )
        net.output(scores)
        net.gradient_penalty(scores, mixed)
        return net.project(**{"epochs": 1, "batch_size": 500, "device": "cpu", **training})

    return make
