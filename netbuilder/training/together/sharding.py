"""Weights that lie in shares over the processes of a run, for what one memory does not hold.

Each layer or block is a unit of torch's `fully_shard` (FSDP2): its weights are put together just
before it computes and let go of right after, and its gradient is added up in shares, so gradients
and the state of optimisers are in shares, too (Rajbhandari et al. 2020, ZeRO stage 3; Zhao et al.
2023). Checkpoints hold whole tensors, so any number of processes goes on with them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder.compiler import Source
from netbuilder.graph import Training
from netbuilder.training.failure import TrainingError
from netbuilder.training.parts import part_values
from netbuilder.training.settings import algorithm
from netbuilder.training.speed.plan import Plan
from netbuilder.training.speed.probe import Found
from netbuilder.training.speed.twice import differentiates_twice


def wanted(training: Training) -> bool:
    """Whether the settings ask for it. Raises SettingError."""
    return bool(part_values(training, "processes")["strategy"] == "fsdp")


def refuse(training: Training, source: Source) -> None:
    """Raises TrainingError, one sentence, for what needs whole weights."""
    for optimiser in training.optimisers:
        if not (chosen := algorithm(optimiser.algorithm)).elementwise:
            raise TrainingError(
                f"{chosen.title} needs whole weights, and FSDP splits them; choose AdamW for "
                f"{optimiser.name}, or set Strategy to ddp."
            )
    if differentiates_twice(source):
        raise TrainingError(
            "A gradient penalty differentiates twice, which FSDP cannot; set Strategy to ddp."
        )
    speed = part_values(training, "speed")
    if speed["compile"] == "on" or speed["layout"] == "channels_last":
        what = "torch.compile" if speed["compile"] == "on" else "channels_last"
        raise TrainingError(f"FSDP computes without {what}; set it to auto, or Strategy to ddp.")


def found(training: Training) -> Found:
    """How steps are computed: as was set, without trials, which need a copy of all weights."""
    precision = part_values(training, "speed")["precision"]
    plan = Plan(precision="bfloat16" if precision == "bfloat16" else "float32")
    return Found(plan, why="The weights lie in shares, so nothing is tried.")


def shard(model: nn.Module, source: Source, device: torch.device) -> int:
    """Share a model's weights out, in place, and move it to the device; returns how many units.

    Its objectives and `measure` are afterwards those that all processes compute at once: each
    must call them as often as the others.
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(device.type, (torch.distributed.get_world_size(),))
    parts = list(units(model, source))
    whole = _Whole(model)
    for unit in (*parts, whole):
        # Without it the last unit would stay whole between two steps.
        fully_shard(unit, mesh=mesh, reshard_after_forward=True)
    for method in (*(o.method for o in source.objectives), "measure"):
        setattr(model, method, whole.method(method))
    return len(parts)


class _Whole(nn.Module):
    """The outermost unit: what is computed, with the weights that the model reads itself."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, name: str, batch: dict[str, Tensor]) -> Any:
        return getattr(type(self.model), name)(self.model, **batch)

    def method(self, name: str) -> Any:
        """A method of the model, computed by all processes at once."""

        def call(**batch: Tensor) -> Any:
            return self(name, batch)

        return call


def units(model: nn.Module, source: Source) -> Iterator[nn.Module]:
    """Layers and blocks that are called, each once; of repeated blocks every one.

    What the model looks into, such as the table of an embedding, belongs to the whole.
    """
    read = _read_by(source)
    seen: set[int] = set()
    for name, child in model.named_children():
        if name in read:
            continue
        repeated = isinstance(child, nn.ModuleList | nn.Sequential)
        for unit in child.children() if repeated else (child,):
            if id(unit) not in seen and next(unit.parameters(), None) is not None:
                seen.add(id(unit))
                yield unit


def _read_by(source: Source) -> frozenset[str]:
    """Attributes that the model looks into, such as ``self.embedding_1.weight``, not only calls."""
    found = set()
    for part in ast.walk(ast.parse(source.text)):
        if not isinstance(part, ast.ClassDef) or part.name != source.class_name:
            continue
        for method in part.body:
            if isinstance(method, ast.FunctionDef) and method.name != "__init__":
                found |= {
                    node.value.attr
                    for node in ast.walk(method)
                    if isinstance(node, ast.Attribute)
                    and isinstance(node.value, ast.Attribute)
                    and isinstance(node.value.value, ast.Name)
                    and node.value.value.id == "self"
                }
    return frozenset(found)
