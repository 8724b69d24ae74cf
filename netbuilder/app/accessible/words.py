"""What a screen reader says of a node. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from netbuilder.app.canvas.node_face import NodeFace
from netbuilder.compiler.report import Problem
from netbuilder.graph import Graph


def name_of(face: NodeFace, problems: Sequence[Problem]) -> str:
    """Title, kind where the person gave a title, what flows out, and what is wrong."""
    parts = [face.title]
    if face.plain_title and face.plain_title != face.title:
        parts.append(face.plain_title)
    if face.unknown:
        parts.append("not installed here")
    if face.repeat > 1:
        parts.append(f"{face.repeat} times")
    if face.shape:
        parts.append(f"gives {face.shape}" if face.outputs else f"takes {face.shape}")
    parts += [f"{problem.severity}: {problem.message}" for problem in problems]
    return ", ".join(parts)


def description_of(node_id: str, face: NodeFace, graph: Graph) -> str:
    """Its id and parameters, and where its wires go."""
    parts = [node_id]
    if face.summary:
        parts.append(face.summary)
    sources = dict.fromkeys(edge.source for edge in graph.incoming.get(node_id, ()))
    targets = dict.fromkeys(edge.target for edge in graph.outgoing.get(node_id, ()))
    if sources:
        parts.append(f"from {', '.join(sources)}")
    if targets:
        parts.append(f"to {', '.join(targets)}")
    if not sources and not targets:
        parts.append("not connected")
    return "; ".join(parts)
