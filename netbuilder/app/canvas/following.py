"""Of layers that a typed name could mean, the one that takes what the last one gives. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from netbuilder.app.canvas.catalogue import SAMPLES, Found, output_spec
from netbuilder.app.canvas.fits import Fitting, shape_error
from netbuilder.app.canvas.typed import Step
from netbuilder.app.panels.form.text import Scope
from netbuilder.graph import GraphError
from netbuilder.graph.expression import evaluated
from netbuilder.layers import REGISTRY, Layer, ParamError, TensorSpec


def fitting_first(hits: Sequence[Found], spec: TensorSpec | None) -> list[Found]:
    """The same answers; of those as good as the best, the first that takes `spec` is first.

    So ``conv`` behind an image is Convolution 2-D, and behind a signal Convolution 1-D.
    """
    if hits and spec is not None:
        equal = [hit for hit in hits if hit.letters == hits[0].letters]
        for hit in equal:
            if hit.entry.kind in REGISTRY and takes(REGISTRY[hit.entry.kind](), spec):
                return [hit, *(other for other in hits if other is not hit)]
    return list(hits)


def leaving(fitting: Fitting, node_id: str, port: str) -> TensorSpec | None:
    """What leaves a port; where an error hides it, data of the kind that others take there."""
    spec = fitting.spec(node_id, port)
    for edge in fitting.graph.outgoing[node_id] if spec is None else ():
        there = fitting.port(edge.target, edge.target_port)
        if edge.source_port == port and there is not None and len(there.takes) == 1:
            return SAMPLES.get(there.takes[0])
    return spec


def takes(layer: Layer, spec: TensorSpec) -> bool:
    """Whether the first port of a layer is for such data."""
    ports = layer.input_ports()
    if not ports or (ports[0].takes and spec.flow not in ports[0].takes):
        return False
    return shape_error(layer, {ports[0].name: (spec,)}) is None


def after(step: Step, spec: TensorSpec | None, scope: Scope) -> TensorSpec | None:
    """What leaves a layer that is not placed yet, if that can be told."""
    if step.entry.kind not in REGISTRY:
        return None
    try:
        layer = REGISTRY[step.entry.kind].from_params(evaluated(step.params, scope))
    except (ParamError, GraphError):
        return None
    ports = layer.input_ports()
    if ports and spec is None:
        return None
    arriving = {ports[0].name: (spec, spec) if ports[0].many else (spec,)} if ports else {}
    return output_spec(layer, arriving)  # type: ignore[arg-type]
