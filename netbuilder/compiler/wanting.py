"""What a network lacks, found in what is there: a source for an input, data, a loss, an output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from netbuilder.compiler.naming import shortened
from netbuilder.compiler.remedies import append, edit, wire
from netbuilder.compiler.report import Fix
from netbuilder.compiler.rule import inferred
from netbuilder.compiler.site import Key, Site
from netbuilder.graph import Edge, Graph, Node
from netbuilder.graph.order import descendants
from netbuilder.layers import REGISTRY, BlockInstance, Layer, ShapeError, TensorSpec
from netbuilder.layers.muting import role_of

#: Data sets that need no file, offered by what their fields fit.
_AT_HAND = ("digits", "iris", "diabetes", "spirals")
#: Losses of a prediction and a target, by what they are asked first.
_COMPARING = ("cross_entropy", "mse", "bce_with_logits")
_GAP = 172.0


def source(site: Site, node: Node, layer: Layer, port: str) -> Iterator[Fix]:
    """The wire to a free input: from the only output that fits, or the only unread one."""
    fitting = list(_sources(site, node, layer, port))
    read = {(e.source, e.source_port) for e in site.graph.edges}
    loose = [key for key in fitting if not any(k[0] == key[0] for k in read)]
    unread = [key for key in fitting if key not in read]
    for found in (fitting, loose, unread):
        if len(found) == 1:
            ((node_id, out),) = found
            several = len(site.infos[node_id].outputs) > 1
            name = f"{out} of {shortened(node_id)}" if several else shortened(node_id)
            yield wire(f"Connect {name}", site.block, Edge(node_id, out, node.id, port))
            return


def _sources(site: Site, node: Node, layer: Layer, name: str) -> Iterator[Key]:
    below = descendants(site.graph, [node.id])
    (port,) = [p for p in layer.input_ports() if p.name == name]
    others = {
        e.target_port: site.spec(e) for e in site.graph.incoming[node.id] if e.target_port != name
    }
    needed = [p for p in layer.input_ports() if not p.optional and p.name != name]
    complete = all(others.get(p.name) is not None for p in needed)
    for node_id, info in site.infos.items():
        if node_id in below or info.layer.role in ("loss", "metric", "output"):
            continue
        for out, spec in info.outputs.items():
            if port.takes and spec.flow not in port.takes:
                continue
            if complete and not _accepts(layer, {**others, name: spec}):
                continue
            yield node_id, out


def _accepts(layer: Layer, specs: Mapping[str, TensorSpec | None]) -> bool:
    if isinstance(layer, BlockInstance):
        return True
    arriving = {
        p.name: (spec,) if (spec := specs.get(p.name)) is not None else ()
        for p in layer.input_ports()
    }
    try:
        inferred(layer, arriving)
    except (ShapeError, ValueError):
        return False
    return True


# --- data ----------------------------------------------------------------------------------


def data(site: Site) -> Iterator[Fix]:
    """A data set whose fields fit the inputs that are free."""
    free = [
        (node, layer, port.name)
        for node in site.graph
        if (layer := site.layer(node)) is not None and layer.role != "data"
        for port in layer.input_ports()
        if not port.optional and not _fed(site.graph, node.id, port.name)
    ]
    best: tuple[int, str, dict[str, Edge]] = (-1, "", {})
    for kind in _AT_HAND:
        outputs = inferred(REGISTRY[kind](), {}).outputs
        edges: dict[str, Edge] = {}
        for node, layer, port in free:
            field = next(
                (n for n, spec in outputs.items() if _takes(site, node, layer, port, spec)), None
            )
            if field is not None:
                edges[f"{node.id}.{port}"] = Edge("", field, node.id, port)
        if len(edges) > best[0]:
            best = (len(edges), kind, edges)
    _, kind, edges = best
    title = REGISTRY[kind].title

    def added(graph: Graph) -> Graph:
        left = min((n.position[0] for n in graph), default=_GAP)
        top = min((n.position[1] for n in graph), default=0.0)
        graph, node = graph.create(kind, None, (left - _GAP, top))
        return graph.connect(*(replace(e, source=node.id) for e in edges.values()))

    yield edit(f"Add {title}", None, added)


def _fed(graph: Graph, node_id: str, port: str) -> bool:
    return any(e.target_port == port for e in graph.incoming[node_id])


def _takes(site: Site, node: Node, layer: Layer, name: str, spec: TensorSpec) -> bool:
    (port,) = [p for p in layer.input_ports() if p.name == name]
    if port.takes:
        return spec.flow in port.takes
    alone = len([p for p in layer.input_ports() if not p.optional]) == 1
    return spec.dtype == "float32" and (not alone or _accepts(layer, {name: spec}))


# --- what is learned, and what comes out ---------------------------------------------------


def loss(site: Site) -> Iterator[Fix]:
    """A loss between the likely result and a field of the data that it fits."""
    result = likely_result(site.graph, site.infos)
    if result is None:
        return
    out, spec = next(iter(site.infos[result].outputs.items()))
    targets = [
        (node_id, port, target)
        for node_id, info in site.infos.items()
        if info.layer.role == "data"
        for port, target in info.outputs.items()
    ]
    for kind in _COMPARING:
        layer = REGISTRY[kind]()
        given, wanted = (p.name for p in layer.input_ports())
        for node_id, port, target in targets:
            if _accepts(layer, {given: spec, wanted: target}):
                fed = {given: (result, out), wanted: (node_id, port)}
                yield append(f"Add {layer.title}", site.block, fed, kind)
                return


def output(site: Site) -> Iterator[Fix]:
    """An Output at the likely result."""
    result = likely_result(site.graph, site.infos)
    if result is not None:
        port = next(iter(site.infos[result].outputs))
        yield append("Add an Output", site.block, {"x": (result, port)}, "output")


def likely_result(graph: Graph, infos: Mapping[str, object]) -> str | None:
    """The node most likely meant as the result: what an Output or a loss takes, or a loose end."""
    ends = [n for role in ("output", "loss") for n in graph if role_of(n) == role]
    taken = [graph.incoming[n.id][0].source for n in ends if graph.incoming[n.id]]
    loose = [n.id for n in graph if graph.incoming[n.id] and not graph.outgoing[n.id]]
    for node_id in (*taken, *reversed(loose)):
        info = infos.get(node_id)
        if role_of(graph[node_id]) == "layer" and getattr(info, "outputs", None):
            return node_id
    return None
