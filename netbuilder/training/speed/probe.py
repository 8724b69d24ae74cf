"""A timed probe: which way of computing a step is fastest here, against plain eager.

No rule knows: channels-last took 0.69 of a residual network's time on one processor, and
compiling 1.43 of a small convolutional network's. So a few steps of each candidate are
timed in turn, on a copy, and only what clearly wins is taken.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder.training.failure import out_of_memory
from netbuilder.training.speed.plan import PLAIN, Plan

#: Makes one training step on a copy of the model by a plan; gives its loss.
Step = Callable[[Mapping[str, Tensor]], float]
Prepare = Callable[[nn.Module, Plan], Step]

#: Share of a run's expected time that looking may cost.
_SHARE = 0.01
#: Steps that warm a candidate up, and how often each is timed at least and at most.
_WARM, _LEAST, _MOST = 2, 3, 9
#: A candidate wins if it takes less than this share of plain eager's time. What changes
#: the rounding of every product has to be worth it.
_WINS = {"float32": 0.97, "bfloat16": 0.9}
#: By how much the loss of the first step may differ from plain eager's, relatively.
_NEAR = {"float32": 1e-3, "bfloat16": 0.05}


@dataclass(frozen=True)
class Found:
    """What a probe chose. times: seconds a step by the plan's title; gain: of the chosen
    over plain eager, 1 for none. why: one sentence for whoever asks."""

    plan: Plan = PLAIN
    gain: float = 1.0
    times: Mapping[str, float] = field(default_factory=dict)
    why: str = ""

    def saved(self) -> dict[str, Any]:
        """Plain values for a record."""
        return {
            "plan": self.plan.saved(),
            "gain": round(self.gain, 3),
            "times": {name: float(f"{t:.4g}") for name, t in self.times.items()},
            "why": self.why,
        }


def candidates(
    model: nn.Module, device: torch.device, layout: str = "auto", precision: str = "auto"
) -> list[Plan]:
    """Plans worth trying, plain eager first unless a choice is made for it.

    layout, precision: ``auto``, or what a person chose.
    """
    layouts = [layout] if layout != "auto" else ["contiguous"]
    if layout == "auto" and any(p.dim() == 4 for p in model.parameters()):
        layouts.append("channels_last")
    precisions = [precision] if precision != "auto" else ["float32"]
    if precision == "auto" and has_bfloat16(device):
        precisions.append("bfloat16")
    return [Plan(a, b) for b in precisions for a in layouts]  # type: ignore[arg-type]


def has_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 itself, rather than imitating it slowly."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if device.type == "cpu":
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return False


def probe(
    model: nn.Module,
    prepare: Prepare,
    draw: Callable[[], Mapping[str, Tensor]],
    plans: Sequence[Plan],
    steps: int,
    device: torch.device,
) -> Found:
    """Time the plans on copies of a model; the model and the random state stay as they are.

    prepare: makes the step function of a copy. draw: gives a training batch. plans: the first
    is what the others are compared with. steps: how many the run will make; looking is kept
    to 1 % of them, see `needless`.
    """
    with undisturbed(device):
        try:
            return _raced(model, prepare, draw(), plans, steps, device)
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
            return Found(plans[0], why="There is not enough memory for trials beside the run.")


def needless(plans: Sequence[Plan], steps: int) -> str:
    """Why nothing is tried, in one sentence, or nothing if it would pay."""
    if len(plans) == 1:
        return "There is nothing to choose from for this network here."
    if steps * _SHARE < (_WARM + _LEAST) * len(plans):
        return "The run is too short for trials to pay."
    return ""


def _raced(
    model: nn.Module,
    prepare: Prepare,
    batch: Mapping[str, Tensor],
    plans: Sequence[Plan],
    steps: int,
    device: torch.device,
) -> Found:
    runners: dict[Plan, Step] = {}
    losses: dict[Plan, float] = {}
    for plan in plans:
        torch.manual_seed(0)  # the same dropout for all, so that losses can be compared
        try:
            runner = prepare(copy.deepcopy(model), plan)
            losses[plan] = runner(batch)
            for _ in range(_WARM - 1):
                runner(batch)
        except Exception as error:
            if plan == plans[0] or out_of_memory(error):
                raise
            continue  # what cannot be computed so is no candidate
        if _agrees(losses[plan], losses[plans[0]], plan):
            runners[plan] = runner
    rounds = int(steps * _SHARE / max(1, len(runners))) - _WARM
    times: dict[Plan, list[float]] = {plan: [] for plan in runners}
    for _ in range(max(_LEAST, min(_MOST, rounds))):
        for plan, runner in runners.items():  # in turn, so that all meet the same machine
            times[plan].append(timed(runner, batch, device))
    taken = {plan: median(t) for plan, t in times.items()}
    eager = taken[plans[0]]
    best = min(taken, key=lambda p: taken[p])
    # Also its quickest step against theirs: whatever else the machine did only added time, so
    # chance lets one of the two win more often than both.
    quickest = min(times[best]) / min(times[plans[0]])
    if best != plans[0] and max(taken[best] / eager, quickest) > _WINS[best.precision]:
        best = plans[0]
    gain = eager / taken[best]
    shown = {plan.title: t for plan, t in taken.items()}
    if best == plans[0]:
        return Found(best, 1.0, shown, "Nothing tried was clearly faster than plain eager.")
    return Found(best, gain, shown, f"{best.title} took {1 / gain:.2f} of plain eager's time.")


def _agrees(loss: float, eager: float, plan: Plan) -> bool:
    if not math.isfinite(loss):
        return False
    return abs(loss - eager) <= _NEAR[plan.precision] * max(abs(eager), 1e-3)


def timed(runner: Step, batch: Mapping[str, Tensor], device: torch.device) -> float:
    begin = time.perf_counter()
    runner(batch)  # reads its loss, which waits for a graphics card
    return time.perf_counter() - begin


class undisturbed:
    """Random numbers go on afterwards as if nothing had happened."""

    def __init__(self, device: torch.device) -> None:
        self._fork = torch.random.fork_rng([device] if device.type == "cuda" else [])

    def __enter__(self) -> None:
        self._fork.__enter__()

    def __exit__(self, *exception: object) -> None:
        self._fork.__exit__(None, None, None)
