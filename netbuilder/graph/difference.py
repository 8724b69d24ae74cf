"""What one edit changed, as a small plain value that the recovery journal can hold.

Nodes that an edit did not touch are the very same objects, so they are skipped by
identity and the cost is that of the edit, not of the project.
"""

from __future__ import annotations

from typing import Any

from netbuilder.graph.model import Graph
from netbuilder.graph.project import Project
from netbuilder.graph.raw import (
    raw_block,
    raw_drawing,
    raw_edge,
    raw_node,
    raw_search,
    raw_training,
)

_DRAWN = ("frames", "bends", "bookmarks")


def difference(before: Project, after: Project) -> dict[str, Any]:
    """What turns `before` into `after`, in the terms of the project file."""
    found: dict[str, Any] = {}
    if before.name != after.name:
        found["name"] = after.name
    if before.notes != after.notes:
        found["notes"] = after.notes
    if before.training is not after.training:
        found["training"] = raw_training(after.training)
    if before.search is not after.search:
        found["search"] = raw_search(after.search)
    if before.graph is not after.graph:
        found["graph"] = _graph_difference(before.graph, after.graph)
    blocks: dict[str, Any] = {}
    for name in before.blocks.keys() - after.blocks.keys():
        blocks[name] = None
    for name, block in after.blocks.items():
        old = before.blocks.get(name)
        if old is None or repr(old.params) != repr(block.params):
            blocks[name] = raw_block(block)
        elif old.graph is not block.graph:
            blocks[name] = _graph_difference(old.graph, block.graph)
    if blocks:
        found["blocks"] = blocks
    if list(_applied_order(before.blocks, blocks)) != list(after.blocks):
        found["block_order"] = list(after.blocks)
    return found


def applied(raw: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """`raw`, a project as its file holds it, after a change that `difference` found.

    Raises KeyError, TypeError or AttributeError if the change does not belong to it.
    """
    result = dict(raw)
    result.update({k: change[k] for k in ("name", "notes", "training", "search") if k in change})
    if not result.get("search", True):
        del result["search"]  # the file leaves out what is not searched
    if "graph" in change:
        result["graph"] = _graph_applied(raw["graph"], change["graph"])
    if "blocks" in change or "block_order" in change:
        blocks = dict(raw.get("blocks", {}))
        for name, block in change.get("blocks", {}).items():
            if block is None:
                del blocks[name]
            elif "put" in block:
                blocks[name] = {
                    **blocks[name],
                    "graph": _graph_applied(blocks[name]["graph"], block),
                }
            else:
                blocks[name] = block
        if "block_order" in change:
            blocks = {name: blocks[name] for name in change["block_order"]}
        result["blocks"] = blocks
    return result


def _applied_order(before: Any, changes: dict[str, Any]) -> dict[str, None]:
    order = dict.fromkeys(before)
    for name, block in changes.items():
        if block is None:
            del order[name]
        else:
            order[name] = None
    return order


def _drawing_difference(before: Graph, after: Graph) -> dict[str, Any]:
    """What changed of frames, bends and bookmarks: each as a whole, for they are few."""
    if not any(getattr(graph, name) for graph in (before, after) for name in _DRAWN):
        return {}
    old, new = raw_drawing(before), raw_drawing(after)
    # As texts, because the order of frames is the order in which they are drawn.
    return {name: new[name] for name in _DRAWN if repr(new[name]) != repr(old[name])}


def _graph_difference(before: Graph, after: Graph) -> dict[str, Any]:
    gone = [node_id for node_id in before.nodes if node_id not in after.nodes]
    put = {n.id: raw_node(n) for n in after if before.nodes.get(n.id) is not n}
    found: dict[str, Any] = {"put": put}
    if gone:
        found["gone"] = gone
    if before.edges is not after.edges and before.edges != after.edges:
        found["edges"] = [raw_edge(edge) for edge in after.edges]
    found |= _drawing_difference(before, after)
    order = dict.fromkeys(node_id for node_id in before.nodes if node_id in after.nodes)
    order.update(dict.fromkeys(put))
    if list(order) != list(after.nodes):
        found["order"] = list(after.nodes)
    return found


def _graph_applied(raw: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    nodes = dict(raw["nodes"])
    for node_id in change.get("gone", ()):
        del nodes[node_id]
    nodes.update(change["put"])
    if "order" in change:
        nodes = {node_id: nodes[node_id] for node_id in change["order"]}
    drawn = {name: change.get(name, raw.get(name)) for name in _DRAWN}
    return {
        "nodes": nodes,
        "edges": change.get("edges", raw["edges"]),
        **{name: value for name, value in drawn.items() if value},
    }
