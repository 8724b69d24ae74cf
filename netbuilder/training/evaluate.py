"""Measuring a model on a split: objectives by their losses, metrics by torchmetrics."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from netbuilder.compiler import Source, check
from netbuilder.compiler.infer import positional
from netbuilder.graph import Project
from netbuilder.layers import Call, Metric, declare
from netbuilder.training.random import apart
from netbuilder.training.together.team import Team

#: A figure for each class is told for so many classes; of more it is a table.
_EACH = 20
#: Where metrics may come from; a declaration can name nothing else.
_MODULES = (
    "torchmetrics",
    "torchmetrics.classification",
    "torchmetrics.regression",
    "torchmetrics.text",
    "torchmetrics.image",
    "torchmetrics.retrieval",
    "netbuilder.training.token_bleu",
)


class MetricError(ValueError):
    """A metric that cannot be made or computed, as one plain sentence."""


@dataclass(frozen=True)
class Measured:
    """Figures by name and tables (such as a confusion matrix) by name."""

    scalars: Mapping[str, float] = field(default_factory=dict)
    tables: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)


class Evaluator:
    """Measures one project's model on any split; made once a run."""

    def __init__(self, project: Project, source: Source, device: torch.device, seed: int) -> None:
        self._device = device
        self._seed = seed
        self._losses = source.losses
        # An objective is the weighted sum of its losses, also where it is only measured.
        self._weights = {
            node_id: float(getattr(declare(project.graph[node_id], project.blocks), "weight", 1.0))
            for node_id in source.losses
        }
        self._objectives = {o.name: o.losses for o in source.objectives}
        self._metrics = self._made(project, source)
        #: By figure: whether it is better when it is larger.
        self.higher: dict[str, bool] = {
            **dict.fromkeys((*self._objectives, *self._losses), False),
            **{
                name: bool(metric.higher_is_better)
                for metrics in self._metrics.values()
                for name, metric in metrics.items()
            },
        }

    def _made(self, project: Project, source: Source) -> dict[str, dict[str, Any]]:
        """By metric node: torchmetrics objects by the name they are shown under."""
        found: dict[str, dict[str, Any]] = {}
        nodes = check(project).nodes
        declared: dict[str, Mapping[str, Call]] = {}
        for node_id in source.metrics:
            info = nodes[(node_id,)]
            if isinstance(info.layer, Metric):
                declared[node_id] = info.layer.metrics(*positional(info.layer, info.inputs))
        names = [name for calls in declared.values() for name in calls]
        for node_id, calls in declared.items():
            found[node_id] = {
                # The same metric on two wires is told apart by its node.
                name if names.count(name) == 1 else f"{name} ({node_id})": _metric(call).to(
                    self._device
                )
                for name, call in calls.items()
            }
        return found

    def measure(
        self,
        model: nn.Module,
        batches: Iterable[tuple[int, Mapping[str, Tensor]]],
        team: Team | None = None,
    ) -> Measured:
        """Figures over batches of (rows, fields); losses are means weighted by rows.

        Of no rows is a batch that is computed, because others wait for it, and not counted.
        team: processes each of which measures other rows; all get the figures of all.

        The model is in evaluation mode meanwhile. Noise is drawn from the run's seed, the
        same at every call, and leaves the random state of training alone.
        """
        training = model.training
        model.eval()
        try:
            with torch.no_grad(), apart(self._device, self._seed):
                return self._measure(model, batches, team)
        finally:
            model.train(training)

    def _measure(
        self,
        model: nn.Module,
        batches: Iterable[tuple[int, Mapping[str, Tensor]]],
        team: Team | None,
    ) -> Measured:
        measure: Any = model.measure
        for metrics in self._metrics.values():
            for metric in metrics.values():
                metric.reset()
                _add_up(metric, team is not None)
        totals = torch.zeros(len(self._losses), dtype=torch.float64, device=self._device)
        total_rows = 0
        for rows, batch in batches:
            losses, updates = measure(**batch)
            if not rows:
                continue
            if self._losses:
                row = torch.stack([losses[node_id].detach().double() for node_id in self._losses])
                totals += row * rows
            for node_id, metrics in self._metrics.items():
                compared = [value.detach() for value in updates[node_id]]
                for metric in metrics.values():
                    metric.update(*compared)
            total_rows += rows
        if team is not None:
            both = team.summed(torch.cat([totals, totals.new_tensor([float(total_rows)])]))
            totals, total_rows = both[:-1], int(both[-1])
        if not total_rows:
            return Measured()
        means = dict(zip(self._losses, (totals / total_rows).tolist(), strict=True))
        scalars = {
            name: sum(self._weights[i] * means[i] for i in losses)
            for name, losses in self._objectives.items()
        }
        if len(means) > 1:
            scalars |= {i: value for i, value in means.items() if i not in scalars}
        tables: dict[str, npt.NDArray[np.float64]] = {}
        for metrics in self._metrics.values():
            for name, metric in metrics.items():
                _file(name, metric.compute(), scalars, tables)
        return Measured(scalars, tables)


def _file(
    name: str,
    value: Any,
    scalars: dict[str, float],
    tables: dict[str, npt.NDArray[np.float64]],
) -> None:
    """Put what a metric computed where it belongs, by its number of axes."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _file(f"{name}.{key}", inner, scalars, tables)
        return
    array = torch.as_tensor(value).detach().double().cpu().numpy()
    if array.ndim == 0:
        scalars[name] = float(array)
    elif array.ndim == 1 and len(array) <= _EACH:
        figure, node, rest = name.partition(" (")
        for place, each in enumerate(array):
            scalars[f"{figure}.{place}{node}{rest}"] = float(each)
    else:
        tables[name] = array.reshape(len(array), -1)


def _add_up(metric: Any, wanted: bool) -> None:
    """Whether a metric adds what other processes counted when it is computed.

    Left alone, torchmetrics would wait for them wherever there are any.
    """
    for part in metric.modules():
        if hasattr(part, "sync_on_compute"):
            part.sync_on_compute = part._to_sync = wanted


def _metric(call: Call) -> Any:
    """The torchmetrics object a declaration describes."""
    module, _, name = call.target.rpartition(".")
    if module not in _MODULES or not name.isidentifier() or name.startswith("_"):
        raise MetricError(f"{call.target} is not a metric of torchmetrics.")
    from torchmetrics import Metric as Base

    made = getattr(importlib.import_module(module), name, None)
    if not (isinstance(made, type) and issubclass(made, Base)):
        raise MetricError(f"torchmetrics has no {name}.")
    return made(*call.args, **call.kwargs)
