"""Branches that meet and differ: padding, stride, channels or a projection to match them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from netbuilder.compiler.naming import shortened
from netbuilder.compiler.remedies import insert, set_params
from netbuilder.compiler.report import Fix
from netbuilder.compiler.site import Site
from netbuilder.graph import Edge, Node, Value
from netbuilder.layers import REGISTRY, Layer, TensorSpec

#: Branches looked at; more than that are no longer a picture that one mends by a click.
MOST = 8


def matched(
    site: Site, node: Node, layer: Layer, edges: Sequence[Edge], project: bool
) -> Iterator[Fix]:
    """Fixes after which what arrives at `node` by these wires fits together.

    project: a learned 1×1 convolution or a Linear may bring one to the size of another.
    """
    edges = edges[:MOST]
    specs = [site.spec(e) for e in edges]
    known = [s for s in specs if s is not None]
    if len(known) < max(2, len(edges)):
        return
    for edge in edges:
        yield from _sized(site, node, layer, edge, (("padding", "same"),))
    if project:
        yield from _projected(site, node, layer, edges, known)
    for edge in edges:
        yield from _sized(site, node, layer, edge, _STRIDES)
    for edge in edges:
        widths = dict.fromkeys(int(s.shape[1]) for s in known if s.axes == 4)
        yield from _sized(site, node, layer, edge, [("out_channels", w) for w in widths])
        widths = dict.fromkeys(int(s.shape[-1]) for s in known if s.axes in (2, 3))
        yield from _sized(site, node, layer, edge, [("out_features", w) for w in widths])


_STRIDES: tuple[tuple[str, Value], ...] = tuple(("stride", (n,)) for n in (1, 2, 3, 4))
_WORDS = {
    "padding": "Use padding {value} in {node}",
    "stride": "Set the stride of {node} to {value}",
    "out_channels": "Give {node} {value} channels",
    "out_features": "Give {node} {value} outputs",
}


def _sized(
    site: Site, node: Node, layer: Layer, edge: Edge, values: Sequence[tuple[str, Value]]
) -> Iterator[Fix]:
    """One parameter of the layer that decides the size of a branch, set so that it fits."""
    for name, value in values:
        axis = {"out_channels": 1, "out_features": -1}.get(name, 2)
        for maker in site.back_from(edge, axis):
            maker_layer = site.layer(maker)
            if maker_layer is None or not hasattr(maker_layer, name):
                continue
            made = site.with_params(maker, **{name: value})
            changed = site.consequences(maker, made) if made is not None else None
            if changed and site.outcome(node, layer, changed) is not None:
                shown = value[0] if isinstance(value, tuple) else value
                label = _WORDS[name].format(node=shortened(maker.id), value=shown)
                yield set_params(label, site.block, maker.id, **{name: value})
                return
            break


def _projected(
    site: Site, node: Node, layer: Layer, edges: Sequence[Edge], specs: Sequence[TensorSpec]
) -> Iterator[Fix]:
    """A 1×1 convolution, or a Linear, on the last branch, else on the first."""
    for own, other in ((-1, 0), (0, -1)):
        kind, params = _projection(specs[own], specs[other])
        if not kind:
            continue
        after = REGISTRY[kind].from_params(params).infer(specs[own])
        if isinstance(after, TensorSpec) and site.outcome(node, layer, {edges[own]: after}):
            label = "Project the skip" if kind == "conv2d" else "Project with Linear"
            yield insert(label, site.block, edges[own], kind, **params)
            return


def _projection(given: TensorSpec, wanted: TensorSpec) -> tuple[str, Mapping[str, Value]]:
    """Kind and parameters of the layer that leads from one shape to another; "" if none does."""
    if given.axes != wanted.axes or given.dtype != "float32":
        return "", {}
    if given.axes in (2, 3):
        return "linear", {"out_features": int(wanted.shape[-1])}
    if given.axes != 4:
        return "", {}
    strides = [
        int(a) // max(int(b), 1) for a, b in zip(given.shape[2:], wanted.shape[2:], strict=True)
    ]
    if min(strides) < 1:
        return "", {}
    params: dict[str, Value] = {"out_channels": int(wanted.shape[1]), "kernel_size": (1,)}
    if max(strides) > 1:
        params["stride"] = tuple(strides) if len(set(strides)) > 1 else (strides[0],)
    return "conv2d", params
