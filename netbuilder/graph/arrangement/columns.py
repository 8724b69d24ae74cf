"""Which column each node stands in: as early as its inputs allow, sources as late as they may.

The wires come out as short as moving single nodes can make them. A chain between two
nodes moves as one, so that noise, or a branch of labels, follows what it feeds.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

from netbuilder.graph.model import Edge, Graph

#: Rounds of moving every node once; after two or three nothing moves any more.
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Flow:
    """Nodes from the first to the last, and the wires that run that way."""

    order: tuple[str, ...]
    incoming: Mapping[str, tuple[Edge, ...]]
    outgoing: Mapping[str, tuple[Edge, ...]]


def flow(graph: Graph) -> Flow:
    """The graph in order. Wires that would close a loop, or end nowhere, are left out."""
    names = list(graph.nodes)
    number = {name: i for i, name in enumerate(names)}
    edges = [e for e in graph.edges if e.source in number and e.target in number]
    missing = dict.fromkeys(names, 0)
    leaving: dict[str, list[Edge]] = {name: [] for name in names}
    for edge in edges:
        missing[edge.target] += 1
        leaving[edge.source].append(edge)
    ready = [i for i, name in enumerate(names) if not missing[name]]
    done: dict[str, int] = {}
    waiting = iter(range(len(names)))
    while len(done) < len(names):
        if not ready:  # only loops are left: the first of their nodes goes ahead
            ready.append(next(i for i in waiting if names[i] not in done))
        name = names[heapq.heappop(ready)]
        if name in done:
            continue
        done[name] = len(done)
        for edge in leaving[name]:
            missing[edge.target] -= 1
            if not missing[edge.target] and edge.target not in done:
                heapq.heappush(ready, number[edge.target])
    coming: dict[str, list[Edge]] = {name: [] for name in names}
    for edge in edges:
        if done[edge.source] < done[edge.target]:
            coming[edge.target].append(edge)
    return Flow(
        tuple(done),
        {name: tuple(found) for name, found in coming.items()},
        {
            name: tuple(e for e in found if done[name] < done[e.target])
            for name, found in leaving.items()
        },
    )


def columns(flow: Flow, first: frozenset[str], last: frozenset[str]) -> dict[str, int]:
    """Column of each node, from 0; `first` and `last` stand at the two ends if they can."""
    column = dict.fromkeys(flow.order, 0)
    for name in flow.order:
        for edge in flow.outgoing[name]:
            column[edge.target] = max(column[edge.target], column[name] + 1)
    links = {n for n in flow.order if len(flow.incoming[n]) == 1 == len(flow.outgoing[n])}
    ahead: dict[str, list[tuple[str, int]]] = {n: [] for n in flow.order if n not in links}
    behind: dict[str, list[tuple[str, int]]] = {n: [] for n in ahead}
    chains: list[tuple[str, list[str]]] = []
    for name in ahead:
        for edge in flow.outgoing[name]:
            chain, end = [], edge.target
            while end in links:
                chain.append(end)
                end = flow.outgoing[end][0].target
            ahead[name].append((end, len(chain) + 1))
            behind[end].append((name, len(chain) + 1))
            chains.append((name, chain))
    for _ in range(_ROUNDS):
        before = dict(column)
        for name in reversed(flow.order):
            if name in ahead and len(ahead[name]) > len(behind[name]):
                column[name] = min(column[end] - steps for end, steps in ahead[name])
        for name in flow.order:
            if name in behind and len(ahead[name]) < len(behind[name]):
                column[name] = max(column[start] + steps for start, steps in behind[name])
        if column == before:
            break
    for name, chain in chains:
        for steps, link in enumerate(chain, start=1):
            column[link] = column[name] + steps
    left, right = min(column.values(), default=0), max(column.values(), default=0)
    for name in flow.order:
        if name in first and not flow.incoming[name]:
            column[name] = left
        elif name in last and not flow.outgoing[name]:
            column[name] = right
    return {name: column[name] - left for name in flow.order}


def through(flow: Flow) -> dict[Edge, int]:
    """For each wire, how many nodes the longest way over it passes: what is the main way."""
    depth, height = dict.fromkeys(flow.order, 1), dict.fromkeys(flow.order, 1)
    for name in flow.order:
        for edge in flow.outgoing[name]:
            depth[edge.target] = max(depth[edge.target], depth[name] + 1)
    for name in reversed(flow.order):
        for edge in flow.incoming[name]:
            height[edge.source] = max(height[edge.source], height[name] + 1)
    return {e: depth[e.source] + height[e.target] for n in flow.order for e in flow.outgoing[n]}


def parts(flow: Flow) -> list[list[str]]:
    """Nodes that hang together, part by part, in the order of `flow`."""
    place = {name: i for i, name in enumerate(flow.order)}
    seen: set[str] = set()
    found: list[list[str]] = []
    for root in flow.order:
        if root in seen:
            continue
        seen.add(root)
        members, left = [], [root]
        while left:
            name = left.pop()
            members.append(name)
            near = [e.target for e in flow.outgoing[name]]
            near += [e.source for e in flow.incoming[name]]
            for other in near:
                if other not in seen:
                    seen.add(other)
                    left.append(other)
        found.append(members)
    return [sorted(members, key=place.__getitem__) for members in found]
