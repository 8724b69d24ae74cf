"""A small classifier in which nothing is wrong, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from netbuilder.building import Network
from netbuilder.graph import Graph, Project


def sound(*leave_out: str) -> Network:
    """A small classifier; ids in `leave_out` are not placed."""
    net = Network("sound")
    data = net.digits(id="data")
    x = net.conv2d(data.image, out_channels=4, id="conv")
    x = net.relu(x, id="act")
    x = net.linear(net.flatten(x, id="flat"), out_features=10, id="head")
    net.output(x, id="end")
    net.cross_entropy(x, data.label, id="loss_1")
    net.accuracy(x, data.label, id="right")
    net.graph = net.graph.remove(leave_out)
    return net


def edited(change: Callable[[Graph], Graph]) -> Project:
    project = sound().project()
    return replace(project, graph=change(project.graph))
