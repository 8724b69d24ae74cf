"""The part of a model behind one of its nodes, as a model of its own.

Copies of the nodes behind, which share the originals' weights, take random numbers instead:
an edit of the graph like any other. So a decoder, a generator or a classifier's head needs
no rule of its own: copy, compile, run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.func import functional_call

from netbuilder.compiler import check
from netbuilder.compiler.build import build
from netbuilder.explain.score import source_of
from netbuilder.explain.undisturbed import ExplainError, undisturbed
from netbuilder.graph import Edge, Graph, Node, Project
from netbuilder.graph.order import ancestors, descendants
from netbuilder.layers import TensorSpec


def behind(project: Project, node_id: str, port: str | None = None) -> tuple[Project, str]:
    """The project with outputs that start from a noise node in place of a node's port.

    port: the node's first if None. Every node keeps its id and with it its weights; losses
    see what they saw. Returns the project and the id of the noise node. Raises ExplainError.
    """
    spec, port = _spec(project, node_id, port)
    graph = project.graph
    outputs = [n.id for n in graph if n.kind == "output"]
    starts = [e.target for e in graph.outgoing[node_id] if e.source_port == port]
    after = ancestors(graph, outputs) & descendants(graph, starts)
    if not after:
        raise ExplainError(f"No output of the model depends on {node_id}.")
    shape = tuple(int(n) for n in spec.shape[1:])
    noise = Node(graph.new_id("noise"), "noise", {"size": shape}, graph[node_id].position)
    grown, copies = graph.add(noise), {}
    for original in (graph[i] for i in graph.nodes if i in after and i not in outputs):
        copies[original.id] = copied = grown.new_id(f"{original.id}_behind")
        grown = grown.add(replace(original, id=copied, share=original.id))

    def rewired(edge: Edge) -> Edge:
        source, source_port = copies.get(edge.source, edge.source), edge.source_port
        if (edge.source, edge.source_port) == (node_id, port):
            source, source_port = noise.id, "y"
        return Edge(source, source_port, copies.get(edge.target, edge.target), edge.target_port)

    kept = tuple(e for e in graph.edges if e.target not in outputs or e.target not in after)
    new = tuple(rewired(e) for e in graph.edges if e.target in after)
    return project.with_graph(Graph(grown.nodes, (*kept, *new))), noise.id


def _spec(project: Project, node_id: str, port: str | None) -> tuple[TensorSpec, str]:
    info = check(project).nodes.get((node_id,))
    if info is None or not info.outputs:
        raise ExplainError(f"{node_id} computes nothing that a model could start from.")
    port = next(iter(info.outputs)) if port is None else port
    if port not in info.outputs:
        raise ExplainError(f"{node_id} has no output {port}; it has {', '.join(info.outputs)}.")
    spec = info.outputs[port]
    if spec.dtype != "float32" or spec.axes < 2:
        raise ExplainError(f"What leaves {node_id} cannot be replaced by random numbers.")
    return spec, port


@dataclass(frozen=True)
class Part:
    """The part of a model behind a node; it uses the model's own weights as they are now.

    shape: of what the node gives for one sample, and so of what is fed instead.
    """

    model: nn.Module
    part: nn.Module
    noise: str
    shape: tuple[int, ...]

    @classmethod
    def of(cls, project: Project, model: nn.Module, node_id: str, port: str | None = None) -> Part:
        """Cut `model`, built from `project`, behind a node. Raises ExplainError."""
        spec, port = _spec(project, node_id, port)
        cut, noise = behind(project, node_id, port)
        # Built without memory or random numbers: its weights are lent by the model.
        with torch.device("meta"):
            part = build(cut)
        others = [a.name for a in source_of(part).inputs if a.node != noise]
        if others:
            raise ExplainError(
                f"Behind {node_id} the model also needs {', '.join(others)}; choose a later node."
            )
        return cls(model, part, noise, tuple(int(n) for n in spec.shape[1:]))

    def __call__(self, z: Tensor) -> tuple[Tensor, ...]:
        """What the model returns if the node gives `z`, (n, \\*shape): one tensor an output."""
        if tuple(z.shape[1:]) != self.shape:
            raise ExplainError(f"{z.shape[0]} samples of shape {self.shape} are needed.")
        with undisturbed(self.model) as device, torch.no_grad():
            lent = {**dict(self.model.named_parameters()), **dict(self.model.named_buffers())}
            self.part.eval()
            result = functional_call(self.part, lent, (z.to(device),), strict=True)
        return result if isinstance(result, tuple) else (result,)


def decode(
    project: Project, model: nn.Module, node_id: str, z: Tensor, port: str | None = None
) -> tuple[Tensor, ...]:
    """What the model returns if a node gives `z`; to do so often, keep a `Part`."""
    return Part.of(project, model, node_id, port)(z)


def between(a: Tensor, b: Tensor, steps: int) -> Tensor:
    """`steps` points on the straight line from `a` to `b`, both included."""
    share = torch.linspace(0, 1, steps, device=a.device).reshape(-1, *(1,) * a.ndim)
    return a + share * (b - a)


def latent_node(project: Project, kinds: Sequence[str] = ("reparameterise",)) -> str | None:
    """The node of which a random sample can be decoded, such as a Reparameterise, if any."""
    outputs = [n.id for n in project.graph if n.kind == "output"]
    model = ancestors(project.graph, outputs)
    return next((n.id for n in project.graph if n.kind in kinds and n.id in model), None)
