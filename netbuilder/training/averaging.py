"""A moving average of the weights, measured and kept in place of the weights themselves."""

from __future__ import annotations

from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from netbuilder.graph import Training
from netbuilder.training.checkpoint import Checkpoint, CheckpointError
from netbuilder.training.parts import part_values
from netbuilder.training.together.shares import like


def averaging(model: nn.Module, training: Training) -> AveragedModel | None:
    """The average that a run keeps, None if it keeps none. Buffers are those of the model.

    average ← decay · average + (1 − decay) · weights after each step; the first step's weights
    begin it. Raises SettingError.
    """
    decay = part_values(training, "ema")["decay"]
    return AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay)) if decay else None  # type: ignore[no-untyped-call]


def load_average(average: AveragedModel, saved: Checkpoint) -> None:
    """Put an average back; a run that kept none so far begins one. Raises CheckpointError."""
    part = saved.part("average")
    if not part:
        return
    own = average.module.state_dict()
    if part.keys() != own.keys() or any(part[k].shape != t.shape for k, t in own.items()):
        raise CheckpointError(
            "The network has changed since this run was saved; start a new run, or open the "
            "project that the run keeps."
        )
    average.module.load_state_dict({key: like(own[key], t) for key, t in part.items()})
    average.n_averaged.fill_(int(saved.values.get("averaged", 0)))  # type: ignore[operator]
