"""What augmentation makes of samples, before any training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from netbuilder.compiler.build import inspector
from netbuilder.explain.undisturbed import ExplainError, undisturbed
from netbuilder.graph import Project
from netbuilder.layers import REGISTRY


@dataclass(frozen=True)
class Augmented:
    """samples as they are (n, …); made (n, times, …): each changed as in training, by `node`."""

    node: str
    samples: npt.NDArray[np.float32]
    made: npt.NDArray[np.float32]


def augmentations(project: Project) -> list[str]:
    """Ids of the nodes that augment, in the order of the wires."""
    from netbuilder.graph.order import topological

    found = topological(project.graph)
    return [i for i in found if is_augmentation(project.graph[i].kind)]


def is_augmentation(kind: str) -> bool:
    """Whether nodes of a kind change samples while training."""
    return kind in REGISTRY and REGISTRY[kind].family == "Augmentation"


def augmented(
    model: nn.Module,
    project: Project,
    batch: Mapping[str, Tensor],
    times: int = 8,
    node: str | None = None,
    seed: int = 0,
) -> Augmented:
    """Samples beside `times` random versions of each, as the network sees them in training.

    node: up to which augmentation; None for the last one. batch: fields by their names in the
    model's methods. Only augmentation is random: everything else is as in evaluation. Raises
    ExplainError for a project without augmentation. Draws from torch's generators.
    """
    nodes = augmentations(project)
    if not nodes:
        raise ExplainError("Nothing is augmented: put a node such as Random flip behind the data.")
    node = nodes[-1] if node is None else node
    if node not in nodes:
        raise ExplainError(f"{node} augments nothing; {', '.join(nodes)} do.")
    values = inspector(project, model)
    with undisturbed(model) as device, torch.no_grad():
        given = {name: t.to(device) for name, t in batch.items()}
        plain = values(**given)[f"{node}.y"]
        many = {name: t.repeat_interleave(times, 0) for name, t in given.items()}
        for one in nodes:
            if hasattr(model, one):
                getattr(model, one).train()
        torch.manual_seed(seed)
        made = values(**many)[f"{node}.y"]
    shape = (len(plain), times, *made.shape[1:])
    return Augmented(node, plain.float().cpu().numpy(), made.float().cpu().numpy().reshape(shape))
