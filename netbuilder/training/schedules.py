"""Schedules of a learning rate as declared, and their curves in plain numpy.

Each is one of ``torch.optim.lr_scheduler`` behind an optional linear warm-up; the window
draws the curve before a run, ``scheduling.py`` and the exported script make the schedulers.
Loads without torch; tests hold each curve against torch's scheduler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netbuilder.graph import Schedule
from netbuilder.layers.spec import Param
from netbuilder.training.algorithm import SettingError
from netbuilder.training.settings import checked_by

Floats = npt.NDArray[np.float64]

#: Rate at the times 0, 1, … of a clock that goes to `total`: (times, rate, total, settings).
Curve = Callable[[Floats, float, int, Mapping[str, Any]], Floats]


@dataclass(frozen=True)
class ScheduleKind:
    """One schedule: torch's class and what can be set.

    target: class below ``torch.optim.lr_scheduler``; LambdaLR where torch has none, with
    `formula` as the factor in terms of the time t and the settings. arguments: settings that
    the class takes under the same names. total: the argument that is given the length of the
    run. unit: how often it moves, if there is no choice.
    """

    name: str
    title: str
    target: str
    help: str
    cites: str
    curve: Curve
    settings: tuple[Param, ...] = ()
    arguments: tuple[str, ...] = ()
    total: str = ""
    unit: str = ""
    formula: str = ""

    @property
    def params(self) -> tuple[Param, ...]:
        """Its own settings, how often it moves, and the warm-up in front of it."""
        return (*self.settings, *(() if self.unit else (_UNIT[bool(self.total)],)), *WARMUP)


def _float(
    name: str, default: float, label: str, help: str, low: float = 0.0, high: float = 1.0
) -> Param:
    return Param(name, "float", default, label, help, low, high)


WARMUP = (
    Param("warmup", "int", 0, "Warm-up", "The rate rises in a straight line for so long, and the "
          "schedule begins after it; 0: none.", 0, 10_000_000),
    Param("warmup_unit", "choice", "steps", "Warm-up in", "What the warm-up is counted in.",
          choices=("steps", "epochs")),
)  # fmt: skip
_UNIT = {
    total: Param("unit", "choice", default, "Moves every", "Its numbers are counted in the same.",
                 choices=("epoch", "step"))
    for total, default in ((False, "epoch"), (True, "step"))
}  # fmt: skip
_GAMMA = _float("gamma", 0.1, "Factor", "What the rate is multiplied by.")
_ETA_MIN = _float("eta_min", 0.0, "Lowest rate", "Where it ends.", 0.0, 1e6)


def _cosine(t: Floats, rate: float, total: int, s: Mapping[str, Any]) -> Floats:
    low = s["eta_min"]
    return np.asarray(low + (rate - low) * (1 + np.cos(np.pi * t / total)) / 2)


def _restarts(t: Floats, rate: float, total: int, s: Mapping[str, Any]) -> Floats:
    first, times, low = s["T_0"], s["T_mult"], s["eta_min"]
    if times == 1:
        length, since = np.full_like(t, first), t % first
    else:
        number = np.floor(np.log(t / first * (times - 1) + 1) / np.log(times) + 1e-12)
        length = first * times**number
        since = t - first * (times**number - 1) / (times - 1)
    return np.asarray(low + (rate - low) * (1 + np.cos(np.pi * since / length)) / 2)


def _multi_step(t: Floats, rate: float, total: int, s: Mapping[str, Any]) -> Floats:
    passed = np.searchsorted(np.sort(s["milestones"]), t, side="right")
    return np.asarray(rate * s["gamma"] ** passed.astype(float))


def _one_cycle(t: Floats, rate: float, total: int, s: Mapping[str, Any]) -> Floats:
    start, end = rate / s["div_factor"], rate / s["div_factor"] / s["final_div_factor"]
    up = s["pct_start"] * total - 1
    down = total - 1 - up
    rising = _eased(start, rate, t / up if up else t * 0, s["anneal_strategy"])
    falling = _eased(rate, end, (t - up) / down if down else t * 0, s["anneal_strategy"])
    return np.where(t <= up, rising, falling)


def _eased(a: float, b: float, share: Floats, strategy: str) -> Floats:
    if strategy == "linear":
        return a + (b - a) * share
    return b + (a - b) / 2 * (1 + np.cos(np.pi * share))


_ALL = (
    ScheduleKind(
        "constant", "Constant", "", "The rate stays as it is.", "",
        lambda t, rate, total, s: np.full_like(t, rate), unit="step",
    ),
    ScheduleKind(
        "step", "Step", "StepLR", "The rate falls by a factor every so often.",
        "He et al. 2016 (ResNet)",
        lambda t, rate, total, s: rate * s["gamma"] ** np.floor(t / s["step_size"]),
        (Param("step_size", "int", 10, "Every", "How long it stays.", 1, 10_000_000), _GAMMA),
        ("step_size", "gamma"),
    ),
    ScheduleKind(
        "multi_step", "Multi-step", "MultiStepLR", "The rate falls by a factor at given times.",
        "He et al. 2016 (ResNet)", _multi_step,
        (Param("milestones", "ints", (5, 8), "At", "When it falls.", 1, 10_000_000), _GAMMA),
        ("milestones", "gamma"),
    ),
    ScheduleKind(
        "exponential", "Exponential", "ExponentialLR",
        "The rate is multiplied by the same factor each time.", "CMP9137, optimisation",
        lambda t, rate, total, s: rate * s["gamma"] ** t,
        (_float("gamma", 0.95, _GAMMA.label, _GAMMA.help),), ("gamma",),
    ),
    ScheduleKind(
        "cosine", "Cosine", "CosineAnnealingLR",
        "Half a cosine, from the rate down to the lowest at the end of the run.",
        "Loshchilov and Hutter 2017 (SGDR)", _cosine, (_ETA_MIN,), ("eta_min",), total="T_max",
    ),
    ScheduleKind(
        "cosine_restarts", "Cosine with restarts", "CosineAnnealingWarmRestarts",
        "Falls along a cosine and jumps back up, each time for longer if so set.",
        "Loshchilov and Hutter 2017 (SGDR)", _restarts,
        (
            Param("T_0", "int", 10, "First fall", "How long the first takes.", 1, 10_000_000),
            Param("T_mult", "int", 1, "Longer by", "Factor from one to the next.", 1, 100),
            _ETA_MIN,
        ),
        ("T_0", "T_mult", "eta_min"),
    ),
    ScheduleKind(
        "inverse_time", "1 / t", "LambdaLR", "The rate α₀ falls as α₀ / (1 + decay · t).",
        "Deep Learning course, optimisation; Robbins and Monro 1951",
        lambda t, rate, total, s: rate / (1 + s["decay"] * t),
        (_float("decay", 1.0, "Decay", "How fast it falls.", 0.0, 1e6),),
        formula="1 / (1 + {decay!r} * t)",
    ),
    ScheduleKind(
        "inverse_sqrt", "1 / √t", "LambdaLR",
        "The rate α falls as α / √t, where t counts from 1.",
        "Deep Learning course, optimisation; Zinkevich 2003",
        lambda t, rate, total, s: rate * (t + 1) ** -0.5,
        formula="(t + 1) ** -0.5",
    ),
    ScheduleKind(
        "linear", "Linear", "LinearLR", "A straight line to a share of the rate.",
        "Goyal et al. 2017; Devlin et al. 2019 (BERT)",
        lambda t, rate, total, s: rate * (1 + (s["end_factor"] - 1) * np.minimum(t / total, 1)),
        (_float("end_factor", 0.0, "Ends at", "Share of the rate at the end of the run."),),
        ("end_factor",), total="total_iters",
    ),
    ScheduleKind(
        "polynomial", "Polynomial", "PolynomialLR", "The rate times (1 − share of the run)ᵖ.",
        "Chen et al. 2017 (DeepLab)",
        lambda t, rate, total, s: rate * (1 - np.minimum(t / total, 1)) ** s["power"],
        (_float("power", 2.0, "Power", "1 is a straight line.", 0.0, 100.0),),
        ("power",), total="total_iters",
    ),
    ScheduleKind(
        "plateau", "Reduce on plateau", "ReduceLROnPlateau",
        "The rate falls by a factor when the judged figure has not got better for some epochs.",
        "PyTorch documentation",
        lambda t, rate, total, s: np.full_like(t, rate),
        (
            _GAMMA,
            Param("patience", "int", 3, "Patience", "Epochs without a better figure that are "
                  "waited for.", 0, 1_000_000),
            _float("threshold", 1e-4, "Threshold", "Share by which a figure must be better to "
                   "count."),
            Param("cooldown", "int", 0, "Cool-down", "Epochs after a fall in which none is "
                  "counted.", 0, 1_000_000),
            _float("min_lr", 0.0, "Lowest rate", "Where it stops falling.", 0.0, 1e6),
        ),
        ("patience", "threshold", "cooldown", "min_lr"), unit="epoch",
    ),
    ScheduleKind(
        "one_cycle", "One cycle", "OneCycleLR",
        "Up to the rate and down again, far below where it began.",
        "Smith and Topin 2019 (super-convergence)", _one_cycle,
        (
            _float("pct_start", 0.3, "Rises for", "Share of the run.", 0.01, 0.99),
            _float("div_factor", 25.0, "Begins at 1 /", "Of the rate.", 1.0, 1e9),
            _float("final_div_factor", 1e4, "Ends at 1 /", "Of where it began.", 1.0, 1e12),
            Param("anneal_strategy", "choice", "cos", "Shape", "Of both slopes.",
                  choices=("cos", "linear")),
        ),
        ("pct_start", "anneal_strategy", "div_factor", "final_div_factor"),
        total="total_steps", unit="step",
    ),
)  # fmt: skip

#: Every schedule by the name that project files use.
SCHEDULES: Mapping[str, ScheduleKind] = {s.name: s for s in _ALL}


@dataclass(frozen=True)
class Timing:
    """When a schedule moves in a run of so many steps an epoch.

    warmup: steps of the warm-up. total: how often the schedule itself moves after it.
    """

    steps_per_epoch: int
    epochs: int
    unit: str
    warmup: int

    @property
    def total(self) -> int:
        if self.unit == "step":
            return max(1, self.epochs * self.steps_per_epoch - self.warmup)
        return max(1, self.epochs - self.warmup // self.steps_per_epoch)

    def times(self, steps: Floats) -> Floats:
        """The time of the schedule itself at each step; 0 while the rate warms up."""
        if self.unit == "step":
            return np.maximum(0.0, steps - self.warmup)
        epochs = np.floor(steps / self.steps_per_epoch)
        return np.asarray(np.maximum(0.0, epochs - self.warmup // self.steps_per_epoch))


def schedule_kind(name: str) -> ScheduleKind:
    """The schedule called `name`; raises SettingError."""
    if name not in SCHEDULES:
        raise SettingError(
            "schedule", f"There is no schedule {name}; choose {', '.join(SCHEDULES)}."
        )
    return SCHEDULES[name]


def checked_schedule(schedule: Schedule) -> dict[str, Any]:
    """All settings of a schedule, checked. Raises SettingError."""
    kind = schedule_kind(schedule.name)
    return checked_by(kind.params, schedule.settings, f"The schedule {kind.title}")


def timing(schedule: Schedule, steps_per_epoch: int, epochs: int) -> Timing:
    """When it moves. Raises SettingError."""
    values, steps = checked_schedule(schedule), max(1, steps_per_epoch)
    unit = values.get("unit") or schedule_kind(schedule.name).unit
    warmup = values["warmup"] * (steps if values["warmup_unit"] == "epochs" else 1)
    return Timing(steps, epochs, str(unit), warmup)


def rates(
    schedule: Schedule, rate: float, steps_per_epoch: int, epochs: int, steps: Floats
) -> Floats:
    """The learning rate in each of `steps`, counted from 0. Raises SettingError.

    `plateau` is drawn as if the judged figure always got better.
    """
    when = timing(schedule, steps_per_epoch, epochs)
    values, kind = checked_schedule(schedule), schedule_kind(schedule.name)
    found = kind.curve(when.times(steps), rate, when.total, values)
    share = np.minimum(1.0, (steps + 1) / (when.warmup + 1)) if when.warmup else 1.0
    return np.asarray(found * share, np.float64)
