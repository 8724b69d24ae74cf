"""A declared schedule at work on an optimiser: torch's schedulers, and where they stand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch.optim import Optimizer, lr_scheduler

from netbuilder.graph import Schedule
from netbuilder.training.schedules import Timing, checked_schedule, schedule_kind, timing

#: Entries of a parameter group that hold a learning rate.
_RATES = ("lr", "initial_lr", "max_lr", "min_lr")
#: Attributes of schedulers that do.
_LOWEST = ("eta_min",)


class Scheduling:
    """Moves the rates of one optimiser: `stepped` after every step, `epoch_done` after each.

    higher: whether the figure that `plateau` watches is better when it is larger.
    """

    def __init__(
        self,
        schedule: Schedule,
        optimiser: Optimizer,
        steps_per_epoch: int,
        epochs: int,
        higher: bool = False,
    ) -> None:
        self.optimiser = optimiser
        self.timing = timing(schedule, steps_per_epoch, epochs)
        self._main = made(schedule, optimiser, self.timing, higher)
        # Behind the other, which has set what a run begins with.
        self._warmup = warm_up(optimiser, self.timing)
        self._step = 0
        self._every_step = self._main is not None and self.timing.unit == "step"

    def stepped(self) -> None:
        """A step is done."""
        self._step += 1
        if self._step <= self.timing.warmup:
            assert self._warmup is not None
            self._warmup.step()
        elif self._every_step:
            self._main.step()

    def epoch_done(self, judged: float | None) -> None:
        """An epoch is done; `judged` is the figure that `plateau` watches."""
        if self._main is None or self._every_step or (0 < self.timing.warmup >= self._step):
            return
        if isinstance(self._main, lr_scheduler.ReduceLROnPlateau):
            if judged is not None and math.isfinite(judged):
                self._main.step(judged)
        else:
            self._main.step()

    def scale(self, factor: float) -> None:
        """Multiply this rate and all that follow, as when a person sets it by hand."""
        for group in self.optimiser.param_groups:
            for name in _RATES:
                if name in group:
                    group[name] *= factor
        for one in self._parts.values():
            if hasattr(one, "base_lrs"):
                one.base_lrs = [rate * factor for rate in one.base_lrs]
            for name in _LOWEST:
                if hasattr(one, name):
                    setattr(one, name, getattr(one, name) * factor)

    # --- saving --------------------------------------------------------------------------

    @property
    def _parts(self) -> dict[str, Any]:
        both = {"main": self._main, "warmup": self._warmup}
        return {name: one for name, one in both.items() if one is not None}

    def state(self) -> dict[str, Any]:
        """Where it stands, as plain values."""
        return {
            "step": self._step,
            "groups": [
                {name: group[name] for name in _RATES if name in group}
                for group in self.optimiser.param_groups
            ],
            **{name: _plain(one.state_dict()) for name, one in self._parts.items()},
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from a state of the same schedule over the same length."""
        self._step = state["step"]
        for group, saved in zip(self.optimiser.param_groups, state["groups"], strict=True):
            group.update(saved)
        for name, one in self._parts.items():
            one.load_state_dict({**one.state_dict(), **state[name]})
            _known_to_step(self.optimiser)

    def catch_up(self, step: int) -> None:
        """Go to where it would stand after `step` steps, had it been there from the first."""
        _known_to_step(self.optimiser)
        plateau = isinstance(self._main, lr_scheduler.ReduceLROnPlateau)
        while self._step < step:
            self.stepped()
            if self._step % self.timing.steps_per_epoch == 0 and not plateau:
                self.epoch_done(None)


def made(schedule: Schedule, optimiser: Optimizer, when: Timing, higher: bool) -> Any:
    """torch's scheduler, None for a constant rate. Raises SettingError."""
    target, arguments = schedule_call(schedule, when.total, higher)
    if not target:
        return None
    if target == "LambdaLR":
        return lr_scheduler.LambdaLR(optimiser, _factor(schedule))
    if target == "OneCycleLR":
        arguments["max_lr"] = [group["lr"] for group in optimiser.param_groups]
    return getattr(lr_scheduler, target)(optimiser, **arguments)


def warm_up(optimiser: Optimizer, when: Timing) -> lr_scheduler.LinearLR | None:
    """The straight line to the rate, None if there is no warm-up."""
    if not when.warmup:
        return None
    return lr_scheduler.LinearLR(
        optimiser, start_factor=1 / (when.warmup + 1), total_iters=when.warmup
    )


def schedule_call(
    schedule: Schedule, total: Any, higher: bool = False
) -> tuple[str, dict[str, Any]]:
    """Class below ``torch.optim.lr_scheduler`` and its arguments; "" for a constant rate.

    total: how often it moves, given on under the name the class has for it.
    """
    kind, values = schedule_kind(schedule.name), checked_schedule(schedule)
    arguments = {name: values[name] for name in kind.arguments}
    if "milestones" in arguments:
        arguments["milestones"] = sorted(arguments["milestones"])
    if kind.name == "linear":
        arguments["start_factor"] = 1.0
    if kind.name == "plateau":
        arguments |= {"mode": "max" if higher else "min", "factor": values["gamma"]}
    if kind.name == "one_cycle":
        arguments["cycle_momentum"] = False
    if kind.total:
        arguments[kind.total] = total
    return kind.target, arguments


def _factor(schedule: Schedule) -> Callable[[int], float]:
    """What `formula` of a schedule says, as a function."""
    values = checked_schedule(schedule)
    if schedule.name == "inverse_time":
        decay = values["decay"]
        return lambda t: 1 / (1 + decay * t)
    return lambda t: (t + 1) ** -0.5


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    """What JSON holds exactly; the rest follows from the settings."""
    return {name: value for name, value in state.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return bool(value) and all(_is_plain(item) for item in value)
    return isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value))


def _known_to_step(optimiser: Optimizer) -> None:
    """Keep torch from warning that the optimiser has not stepped: before, it had."""
    optimiser._opt_called = True  # type: ignore[attr-defined]
