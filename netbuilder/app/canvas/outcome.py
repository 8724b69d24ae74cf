"""What a wire would lead to if it were dropped: the compiler says, of the edited graph. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netbuilder.app.canvas.edits import moved_wire
from netbuilder.app.canvas.fits import Fitting
from netbuilder.compiler import check
from netbuilder.compiler.report import Check, Problem
from netbuilder.graph import Edge, GraphError
from netbuilder.layers import Flow, TensorSpec


@dataclass(frozen=True, slots=True)
class Outcome:
    """words: the shapes; flow: of what would leave; trouble: what would be wrong then, or ""."""

    words: str
    flow: Flow = "any"
    trouble: str = ""


def carried(spec: TensorSpec | None) -> Outcome:
    """What hangs at the free end of a wire."""
    return Outcome(spec.text() if spec is not None else "shape not known", spec_flow(spec))


def spec_flow(spec: TensorSpec | None) -> Flow:
    """Kind of data, where the shape is known."""
    return spec.flow if spec is not None else "any"


def outcome(fitting: Fitting, edges: Sequence[Edge], taken: Sequence[Edge]) -> Outcome:
    """What the node at the end of these wires would give, `taken` ones being off."""
    edge = edges[0]
    new = [(e, fitting.port(e.target, e.target_port)) for e in edges]
    spec = fitting.spec(edge.source, edge.source_port)
    name = fitting.name(edge.target)
    arriving = spec.text() if spec is not None else "shape not known"
    try:
        graph = moved_wire(fitting.graph, taken, new)
    except GraphError as error:
        return Outcome(f"{arriving} → {name}", spec_flow(spec), str(error))
    after = check(fitting.project.with_graph(graph, fitting.place))
    block = fitting.place[-1] if fitting.place else None
    info = after.inside(block).get(edge.target)
    gives = info.output if info is not None else None
    words = f"{arriving} → {name}" + (f": {gives.text()}" if gives is not None else "")
    replaced = [e for e in fitting.graph.incoming[edge.target] if e not in graph.edges]
    if replaced and not taken:
        words += f"\nIn place of the wire from {replaced[0].source}."
    return Outcome(words, spec_flow(gives or spec), _trouble(fitting.check, after, edge, block))


def _trouble(before: Check, after: Check, edge: Edge, block: str | None) -> str:
    """The first error that this wire would bring, at its end before elsewhere."""
    known = {_words(p) for p in before.errors}
    fresh = [p for p in after.errors if _words(p) not in known]
    fresh += [
        p for p in after.errors if p not in fresh and (p.node, p.block) == (edge.target, block)
    ]
    fresh.sort(key=lambda p: (p.node, p.block) != (edge.target, block))
    if not fresh:
        return ""
    first = fresh[0]
    where = "" if (first.node, first.block) == (edge.target, block) else f"{first.node or 'Then'}: "
    more = f" And {len(fresh) - 1} more." if len(fresh) > 1 else ""
    return f"{where}{first.message}{more}"


def _words(problem: Problem) -> tuple[object, ...]:
    return problem.message, problem.node, problem.block
