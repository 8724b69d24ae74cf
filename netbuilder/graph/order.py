"""Questions of order and reachability, answered by graphlib and networkx.

networkx takes a tenth of a second to load, so it is loaded when a wire is drawn or a cycle
has to be named, and the window opens without it. What every look at a graph needs, its
order, is found once for each graph.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from netbuilder.graph.model import Edge, Graph

if TYPE_CHECKING:
    import networkx as nx


def _digraph(graph: Graph) -> nx.DiGraph:
    # A graph never changes, so its networkx twin is built once and kept with it.
    cached = graph.__dict__.get("_digraph")
    if cached is None:
        import networkx as nx

        cached = nx.DiGraph()
        cached.add_nodes_from(graph.nodes)
        cached.add_edges_from((e.source, e.target) for e in graph.edges)
        graph.__dict__["_digraph"] = cached
    return cached


#: Edges, names and order of the graph that was sorted last: most edits change no wire.
_last: tuple[tuple[Edge, ...], list[str], tuple[str, ...]] = ((), [], ())


def _sorted(graph: Graph) -> tuple[str, ...]:
    """Kept with the graph: shapes and code ask for it half a dozen times an edit."""
    global _last
    cached: tuple[str, ...] | None = graph.__dict__.get("_topological")
    if cached is None:
        edges, names, cached = _last
        if graph.edges is not edges or list(graph.nodes) != names:
            cached = tuple(_sort(graph))
            _last = (graph.edges, list(graph.nodes), cached)
        graph.__dict__["_topological"] = cached
    return cached


def _sort(graph: Graph) -> Iterator[str]:
    names = list(graph.nodes)
    rank = {node_id: i for i, node_id in enumerate(names)}
    feeding = {i: [e.source for e in graph.incoming[i] if e.source in rank] for i in names}
    sorter = TopologicalSorter(feeding)
    sorter.prepare()
    ready = sorted(rank[node_id] for node_id in sorter.get_ready())
    while ready:
        node_id = names[heapq.heappop(ready)]
        yield node_id
        sorter.done(node_id)
        for follower in sorter.get_ready():
            heapq.heappush(ready, rank[follower])


def cycle(graph: Graph) -> list[str]:
    """The ids along one cycle, or an empty list if there is none."""
    try:
        _sorted(graph)
    except CycleError:
        import networkx as nx

        return [source for source, _ in nx.find_cycle(_digraph(graph))]
    return []


def topological(graph: Graph) -> list[str]:
    """Every node after the nodes it depends on; ties in the order of `graph.nodes`.

    Raises graphlib.CycleError if there is a cycle: ask `cycle` first.
    """
    return list(_sorted(graph))


def ancestors(graph: Graph, node_ids: Iterable[str]) -> set[str]:
    """These nodes and everything they depend on."""
    found, left = set[str](), [i for i in node_ids if i in graph]
    while left:
        node_id = left.pop()
        if node_id not in found:
            found.add(node_id)
            left += [edge.source for edge in graph.incoming.get(node_id, ())]
    return found


def descendants(graph: Graph, node_ids: Iterable[str]) -> set[str]:
    """These nodes and everything that depends on them."""
    found, left = set[str](), [i for i in node_ids if i in graph]
    while left:
        node_id = left.pop()
        if node_id not in found:
            found.add(node_id)
            left += [edge.target for edge in graph.outgoing.get(node_id, ())]
    return found


def path(graph: Graph, source: str, target: str) -> list[str]:
    """Ids on a way from `source` to `target` along the wires, or an empty list."""
    if source == target:
        return [source]
    import networkx as nx

    try:
        return list(nx.shortest_path(_digraph(graph), source, target))
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return []


def ranks(graph: Graph) -> dict[str, int]:
    """Column of each node: the length of the longest way to it from a start."""
    rank = dict.fromkeys(graph.nodes, 0)
    for node_id in _sorted(graph):
        for edge in graph.outgoing[node_id]:
            rank[edge.target] = max(rank[edge.target], rank[node_id] + 1)
    return rank
