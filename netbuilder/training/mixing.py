"""Mixup: training on convex combinations of samples and of their labels (Zhang et al. 2018)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from netbuilder.compiler import Source
from netbuilder.graph import Project
from netbuilder.training.algorithm import SettingError
from netbuilder.training.parts import part_values

#: Kinds that take a share of each class for a label.
_SOFT = ("cross_entropy",)


def mixed_fields(project: Project, source: Source) -> dict[str, int]:
    """Number of classes by the name of each field that is a label; the others are numbers.

    Raises SettingError where mixing makes no sense of a field.
    """
    found = {}
    for field in source.fields:
        if field.spec.dtype.startswith("float"):
            continue
        if field.spec.classes is None or len(field.spec.shape) != 1:
            raise SettingError(
                "alpha",
                f"Mixup mixes numbers and labels, and {field.node} gives {field.port}, which is "
                "neither; set its alpha to 0.",
            )
        for edge in project.graph.edges:
            taker = project.graph[edge.target]
            if (edge.source, edge.source_port) == (field.node, field.port) and not (
                taker.kind in _SOFT or edge.target in source.metrics
            ):
                raise SettingError(
                    "alpha",
                    f"Mixup gives labels in shares, which {taker.id} does not take; use a "
                    "cross-entropy, or set its alpha to 0.",
                )
            if taker.params.get("ignore_index") is not None:
                raise SettingError(
                    "alpha", f"Mixup cannot ignore a label; leave it empty in {taker.id}."
                )
        found[field.name] = int(field.spec.classes)
    return found


class Mixup:
    """Mixes every batch with itself in another order: share·a + (1 − share)·b."""

    def __init__(self, alpha: float, labels: dict[str, int]) -> None:
        self._labels = labels
        self._beta = torch.distributions.Beta(alpha, alpha)

    def __call__(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The mixed batch; labels (B) become shares (B, C)."""
        share = self._beta.sample().item()
        first = next(iter(batch.values()))
        order = torch.randperm(len(first)).to(first.device)
        mixed = {}
        for name, values in batch.items():
            if name in self._labels:
                values = F.one_hot(values, self._labels[name]).float()
            mixed[name] = share * values + (1 - share) * values[order]
        return mixed


def mixing(project: Project, source: Source) -> Mixup | None:
    """What a project mixes with, None if it does not. Raises SettingError."""
    alpha = part_values(project.training, "mixup")["alpha"]
    return Mixup(alpha, mixed_fields(project, source)) if alpha else None
