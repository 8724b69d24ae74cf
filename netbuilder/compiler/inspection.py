"""Source of a function that returns every value in the network, blocks opened.

Made by the same steps as the model's own methods, so what is looked at is what runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.compiler.body import Key, Line, arriving, node_step
from netbuilder.compiler.checking import check
from netbuilder.compiler.infer import ends
from netbuilder.compiler.inline import definitions
from netbuilder.compiler.muting import without_muted
from netbuilder.compiler.naming import local_names
from netbuilder.compiler.report import Check, Path
from netbuilder.compiler.sharing import share_root
from netbuilder.compiler.source import Source, generate
from netbuilder.compiler.unit import RECORDING
from netbuilder.graph import Graph, Project
from netbuilder.graph.order import ancestors, topological
from netbuilder.layers import BlockInstance, Loss

METHOD = "inspect"


def inspection(project: Project) -> tuple[str, str]:
    """Text of a module with the function, and the function's name."""
    source = generate(project)
    project = without_muted(project)
    found = check(project)
    writer = _Writer(project, found, source)
    needed = ancestors(project.graph, ends(project.graph))
    fields = {(f.node, f.port): f.name for f in source.fields}
    for argument in source.inputs:
        fields.setdefault((argument.node, argument.port), argument.name)
    noise = [i for i, info in found.inside().items() if info.layer.role == "noise" and i in needed]
    given = {k: n for k, n in fields.items() if k[0] not in noise}
    local = local_names(project.graph)
    writer.taken = {*given.values(), *(local[i] for i in noise)}
    for node_id in noise:
        name = local[node_id]
        info = found.nodes[node_id,]
        call, first = info.layer.call(), next(iter(given.values()), None)
        sizes = ", ".join(str(int(n)) for n in info.outputs["y"].shape[1:])
        batch = f"{first}.shape[0], {sizes}, device={first}.device"
        writer.lines.append(Line(f"if {name} is None:"))
        writer.lines.append(Line(f"    {name} = {call.target}({batch})"))
        given[node_id, "y"] = name
    for key, name in given.items():
        writer.seen(key, (), name)
    writer.graph(project.graph, needed, (), "self", given)
    names = [n for k, n in given.items() if k[0] not in noise]
    params = [*(f"{n}=None" for n in names), *(f"{local[n]}=None" for n in noise)]
    body = "\n".join(f"    {line.text}" for line in writer.lines)
    head = source.text.split("\nclass ")[0]
    parts = "\n\n\n".join(d for n, d in definitions().items() if f"{n}(" in body and d not in head)
    losses = (i.layer for i in found.inside().values() if isinstance(i.layer, Loss))
    on = f"@{RECORDING}\n" if any(layer.differentiates for layer in losses) else ""
    text = (
        f"{head}\n\n{parts}\n\n\n{on}def {METHOD}(self, {', '.join(params)}):\n"
        f"    seen = {{}}\n{body}\n    return seen\n"
    )
    return text, METHOD


class _Writer:
    """Writes a graph with every value under a name of its own."""

    def __init__(self, project: Project, found: Check, source: Source) -> None:
        self.nodes, self.source = found.nodes, source
        self.project = project
        self.lines: list[Line] = []
        self.taken: set[str] = set()
        self.count = 0

    def seen(self, key: Key, path: Path, name: str) -> None:
        where = ".".join((*path, *key))
        self.lines.append(Line(f"seen[{where!r}] = {name}"))  # a port may be called anything

    def name(self) -> str:
        self.count += 1
        while f"v{self.count}" in self.taken:
            self.count += 1
        return f"v{self.count}"

    def graph(
        self, graph: Graph, among: set[str], path: Path, attribute: str, bound: Mapping[Key, str]
    ) -> dict[Key, str]:
        """Write the nodes among these; returns the names of all values."""
        names = dict(bound)
        for node_id in topological(graph):
            info = self.nodes.get((*path, node_id))
            if node_id not in among or info is None:
                continue
            layer = info.layer
            if layer.role in ("data", "noise", "input", "output", "metric"):
                continue
            node = graph[node_id]
            owner = share_root(graph, node)
            place = f"{attribute}.{owner.id if owner else node_id}"
            if isinstance(layer, BlockInstance):
                self.block(graph, node_id, layer, path, place, names)
                continue
            used = frozenset(layer.output_ports())
            step = node_step(graph, node, info, (*path, node_id), place, used)
            names |= {key: self.name() for key in step.makes}
            self.lines += [Line(text) for text in step.write(names)]
            for key in step.makes:
                if key[1] in used:
                    self.seen(key, path, names[key])
        return names

    def block(
        self,
        graph: Graph,
        node_id: str,
        layer: BlockInstance,
        path: Path,
        place: str,
        names: dict[Key, str],
    ) -> None:
        """Write a block's inside in place, once for each repetition."""
        reads = arriving(graph, graph[node_id], layer)
        entering = {port: names[keys[0]] for port, keys in reads.items() if keys}
        inner = layer.block.graph
        leaving: list[str] = []
        for repetition in range(layer.repeat):
            name = f"{node_id}[{repetition}]" if layer.repeat > 1 else node_id
            inside = f"{place}[{repetition}]" if layer.repeat > 1 else place
            at = (*path, name)
            bound, last = {}, dict[str, Key]()
            for n in inner:
                info = self.nodes.get((*at, n.id))
                if info is not None and n.kind == "input":
                    bound[n.id, "y"] = entering[n.port]
                elif info is not None and n.kind == "output":
                    edge = inner.incoming[n.id][0]
                    last[n.port] = (edge.source, edge.source_port)
            found = self.graph(inner, ancestors(inner, ends(inner)), at, inside, bound)
            leaving = [found[last[port]] for port in layer.output_ports()]
            entering |= dict(zip(list(entering), leaving, strict=False))
        for port, value in zip(layer.output_ports(), leaving, strict=True):
            names[node_id, port] = value
            self.seen((node_id, port), path, value)
