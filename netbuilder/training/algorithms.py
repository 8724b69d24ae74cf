"""From a declared optimiser to one of torch's, fused where torch can."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder.graph import Optimiser
from netbuilder.training.algorithm import Algorithm, SettingError
from netbuilder.training.settings import algorithm, checked, construction
from netbuilder.training.together.shares import in_shares

#: Devices on which torch has fused optimisers.
_FUSED_ON = ("cpu", "cuda", "mps", "xpu")


def build(
    optimiser: Optimiser, params: Sequence[nn.Parameter], device: torch.device
) -> torch.optim.Optimizer:
    """A torch optimiser over `params`, which live on `device`, without groups.

    Fused (one call for all weights) where torch has it: 0.8 of the time of a small
    network's step on a CPU. Raises SettingError with one sentence.
    """
    return build_over(optimiser, [{"params": list(params)}] if params else [], device)


def build_over(
    optimiser: Optimiser, groups: Sequence[Mapping[str, Any]], device: torch.device
) -> torch.optim.Optimizer:
    """The same over parameter groups as torch takes them."""
    if not groups:
        raise SettingError(
            "updates",
            f"The optimiser {optimiser.name} has no weights to change; "
            "add a layer with weights or let it update other nodes.",
        )
    target, arguments = construction(optimiser)
    chosen = algorithm(optimiser.algorithm)
    made: Callable[..., torch.optim.Optimizer] = _class(chosen, target)
    params = [param for group in groups for param in group["params"]]
    extra: dict[str, Any] = {}
    fitting = all(p.is_floating_point() and not in_shares(p) for p in params)
    if chosen.fused and device.type in _FUSED_ON and fitting:
        extra["fused"] = True
    given = groups if len(groups) > 1 or len(groups[0]) > 1 else params
    # amsgrad, momentum and decay all exist fused; should a device lack one, torch says so
    # on construction and the plain form is as right, only slower.
    try:
        return made(given, **arguments, **extra)
    except RuntimeError:
        if not extra:
            raise
        return made(given, **arguments)
    except ValueError as error:
        if not chosen.own:
            raise
        raise SettingError("algorithm", str(error)) from None


def _class(chosen: Algorithm, target: str) -> Any:
    """The class of an optimiser. Raises SettingError if this torch does not have it."""
    if chosen.own:
        from netbuilder import nn as ours

        return getattr(ours, target.rpartition(".")[2])
    if not hasattr(torch.optim, target):
        raise SettingError(
            "algorithm",
            f"{chosen.title} needs PyTorch {chosen.since} or later, and this is "
            f"{torch.__version__}; update PyTorch or choose AdamW.",
        )
    return getattr(torch.optim, target)


def is_fused(optimiser: torch.optim.Optimizer) -> bool:
    """Whether every group is updated by one fused call (then it can be gated on device)."""
    return all(bool(group.get("fused")) for group in optimiser.param_groups)


def learning_rate(optimiser: torch.optim.Optimizer) -> float:
    """The rate in force, of a group without a rate of its own."""
    group = optimiser.param_groups[0]
    return float(group["lr"]) / float(group.get("rate", 1.0))


def set_learning_rate(optimiser: torch.optim.Optimizer, name: str, value: float) -> None:
    """Change the rate from the next step on. Raises SettingError outside the range."""
    value = checked(name, {"lr": value})["lr"]
    for group in optimiser.param_groups:
        own = value * float(group.get("rate", 1.0))
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(own)
        else:
            group["lr"] = own
