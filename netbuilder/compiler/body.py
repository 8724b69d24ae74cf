"""The lines of one method: a straight run over part of a graph.

A name is used again as soon as its value is dead, so tensors are freed as in code written
by hand and a chain of layers reads ``x = …; x = …``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from netbuilder.compiler.rendering import rendered
from netbuilder.compiler.report import NodeInfo, Path
from netbuilder.compiler.sharing import positional
from netbuilder.graph import Graph, Node
from netbuilder.layers import BlockInstance, Layer

#: A value: output port of a node.
Key = tuple[str, str]
_POOL = ("x", "y", "z", "u", "v", "w")


@dataclass(frozen=True)
class Line:
    """One line of a method, with the node that it stands for and the shape it makes."""

    text: str
    path: Path | None = None
    shape: str = ""


@dataclass
class Step:
    """One computation: what it reads, what it makes, and how it is written.

    write: from the names of what is read and the names of what is made to the text.
    fixed: names given by meaning rather than from the pool. loops: what it reads is still
    needed after the first thing it makes, so its names are not used again for what it makes.
    """

    reads: list[Key]
    makes: list[Key]
    write: Callable[[Mapping[Key, str]], list[str]]
    path: Path | None = None
    shape: str = ""
    fixed: Mapping[Key, str] = field(default_factory=dict)
    loops: bool = False


def pool() -> Iterator[str]:
    """x, y, z … then x1, y1 …"""
    yield from _POOL
    number = 1
    while True:
        yield from (f"{name}{number}" for name in _POOL)
        number += 1


def is_pooled(name: str) -> bool:
    """Whether a name carries no meaning and may be used again."""
    return re.fullmatch(r"[xyzuvw]\d*", name) is not None


def written(
    steps: Sequence[Step], bound: Mapping[Key, str], kept: Sequence[Key], reserved: set[str]
) -> tuple[list[Line], dict[Key, str]]:
    """Lines of the steps in order, and the names of the values in `kept`.

    `bound` names what is there at the start; `reserved` names are never taken.
    """
    last: dict[Key, int] = {}
    for i, step in enumerate(steps):
        for key in step.reads:
            last[key] = i
    for key in kept:
        last[key] = len(steps)
    names = dict(bound)
    live = {name for key, name in bound.items() if key in last or not is_pooled(name)} | reserved
    lines: list[Line] = []
    for i, step in enumerate(steps):
        dying = [
            names[key]
            for key in dict.fromkeys(step.reads)
            if last[key] == i and is_pooled(names[key]) and names[key] not in reserved
        ]
        if not step.loops:
            live -= set(dying)
        order = list(_POOL)
        dying.sort(key=lambda n: order.index(n) if n in order else len(order))
        made: dict[Key, str] = {}
        for key in step.makes:
            if key in step.fixed:
                name = step.fixed[key]
            else:
                candidates = pool() if step.loops else chain(dying, pool())
                name = next(n for n in candidates if n not in live and n not in made.values())
            if key in last or key in step.fixed:
                live.add(name)
            made[key] = name
        live -= set(dying) - set(made.values())
        names.update(made)
        shape = step.shape
        for text in step.write(names):
            lines.append(Line(text, step.path, shape))
            shape = ""
    return lines, names


def node_step(
    graph: Graph,
    node: Node,
    info: NodeInfo,
    path: Path,
    attribute: str,
    used: frozenset[str],
    fixed: Mapping[Key, str] | None = None,
) -> Step:
    """The step that computes one layer or block instance."""
    layer = info.layer
    reads_by_port = arriving(graph, node, layer)
    reads = [key for keys in reads_by_port.values() for key in keys]
    picks = {p: e for p, e in layer.picks.items() if p in used}
    wanted = {p for p in used if p not in layer.picks}
    looped = isinstance(layer, BlockInstance) and loops(layer)
    if looped:
        wanted = set(layer.output_ports())  # each feeds the next repetition
    for expression in picks.values():
        wanted |= set(re.findall(r"{(\w+)}", expression)) - {"self"}
    makes = [(node.id, p) for p in layer.output_ports() if p in wanted | set(picks)]
    makes += [(node.id, p) for p in sorted(wanted) if (node.id, p) not in makes]

    def write(names: Mapping[Key, str]) -> list[str]:
        ports = {p: tuple(names[k] for k in keys) for p, keys in reads_by_port.items()}
        out = {p: names[node.id, p] for p in (*wanted, *picks)}
        right = _right_side(layer, info, ports, attribute, used)
        if isinstance(layer, BlockInstance):
            if looped:
                return _loop(layer, ports, out, attribute)
            pattern = ", ".join(out.get(p, "_") for p in layer.output_ports())
        else:
            pattern = _pattern(layer.taken(used), out)
        lines = [f"{pattern} = {right}"]
        for port, expression in picks.items():
            lines.append(f"{out[port]} = {expression.format(**out, self=attribute)}")
        return lines

    shape = ""
    if (out := info.output) is not None and out.shape:
        shape = f"({', '.join(str(n) for n in out.shape)})"
    return Step(reads, makes, write, path, shape, dict(fixed or {}), looped)


def loops(layer: BlockInstance) -> bool:
    """Whether a repeated block is more than a chain, and so is written as a loop."""
    return layer.repeat > 1 and (len(layer.input_ports()), len(layer.output_ports())) != (1, 1)


def arriving(graph: Graph, node: Node, layer: Layer) -> dict[str, list[Key]]:
    """Values at each input port; a free port with a default takes what arrives there."""
    found: dict[str, list[Key]] = {port.name: [] for port in layer.input_ports()}
    for edge in graph.incoming[node.id]:
        if edge.target_port in found:
            found[edge.target_port].append((edge.source, edge.source_port))
    for port in layer.input_ports():
        if not found[port.name] and port.default:
            found[port.name] = found[port.default]
    return found


def source_of(graph: Graph, node_id: str, port: str = "x") -> Key:
    """The value that arrives at a connected input port."""
    edge = next(e for e in graph.incoming[node_id] if e.target_port == port)
    return edge.source, edge.source_port


def _right_side(
    layer: Layer,
    info: NodeInfo,
    ports: Mapping[str, tuple[str, ...]],
    attribute: str,
    used: frozenset[str],
) -> str:
    if isinstance(layer, BlockInstance):
        names = [name for port in layer.input_ports() for name in ports[port.name]]
        return f"{attribute}({', '.join(names)})"
    specs = positional(layer, info.inputs)
    call = layer.call(*specs)
    if call.is_module:
        call = layer.applied(used, *specs)
    return rendered(call, {**ports, "self": (attribute,)}, attribute)


def _pattern(pattern: str, out: Mapping[str, str]) -> str:
    text = re.sub(r"{(\w+)}", lambda m: out.get(m[1], "_"), pattern)
    while (shorter := re.sub(r"\(_(, _)*,?\)", "_", text)) != text:
        text = shorter
    return text


def _loop(
    layer: BlockInstance,
    ports: Mapping[str, tuple[str, ...]],
    out: Mapping[str, str],
    attribute: str,
) -> list[str]:
    """A repeated block with several ports: its outputs feed its first inputs again."""
    names = [ports[port.name][0] for port in layer.input_ports()]
    made = [out[port] for port in layer.output_ports()]
    carried = list(zip(made, names, strict=False))
    called = [*(m for m, _ in carried), *names[len(carried) :]]
    left, right = (", ".join(pair[i] for pair in carried) for i in (0, 1))
    return [
        f"{left} = {right}",
        f"for block in {attribute}:",
        f"    {', '.join(made)} = block({', '.join(called)})",
    ]
