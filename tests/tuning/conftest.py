"""A small project to search."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from netbuilder.building import Network
from netbuilder.graph import Optimiser, Project, Range, Search


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """No fight over the cores of the machine."""
    torch.set_num_threads(1)


def searched(space: dict[str, Range], epochs: int = 2, **search: Any) -> Project:
    """Two blobs far apart, told apart by a line; a trial takes some 50 ms."""
    net = Network("small")
    data = net.blobs(points=120)
    logits = net.linear(net.relu(net.linear(data.point, out_features=8)), out_features=3)
    net.output(logits, name="blob")
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    adam = Optimiser("main", "adam", {"lr": 0.05})
    project = net.project(epochs=epochs, optimisers=(adam,), device="cpu")
    return replace(project, search=Search(space, **search))
