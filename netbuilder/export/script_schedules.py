"""The schedules of a stand-alone script's learning rates: torch's own classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from netbuilder.export.script_optimisers import Turn
from netbuilder.training.schedules import checked_schedule, schedule_kind
from netbuilder.training.scheduling import schedule_call


@dataclass
class Scheduled:
    """Lines that make the schedulers, that move them after a step, and after an epoch.

    steps: whether they need to know how many steps an epoch has, and which step it is.
    """

    made: list[str] = field(default_factory=list)
    stepped: list[str] = field(default_factory=list)
    epoch_done: list[str] = field(default_factory=list)
    steps: bool = False
    counted: bool = False


def scheduled(turns: Sequence[Turn], watched: dict[str, str], higher: bool) -> Scheduled:
    """Of all optimisers. watched: by objective, what `plateau` watches. Raises SettingError."""
    found = Scheduled()
    for turn in turns:
        for name in turn.names:
            _add(found, turn, name, watched[turn.objective.name], higher)
    return found


def _add(found: Scheduled, turn: Turn, optimiser: str, watched: str, higher: bool) -> None:
    schedule = turn.declared.schedule
    kind, values = schedule_kind(schedule.name), checked_schedule(schedule)
    unit = values.get("unit") or kind.unit
    warmup = ""
    if values["warmup"]:
        found.counted = True
        by_epoch = values["warmup_unit"] == "epochs"
        warmup = f"{values['warmup']} * steps" if by_epoch else str(values["warmup"])
        found.steps |= by_epoch
    name = optimiser.replace("optimiser", "schedule")
    warm = optimiser.replace("optimiser", "warmup")
    if kind.target:
        total = "options.epochs"
        if unit == "step":
            total = f"options.epochs * steps{f' - {warmup}' if warmup else ''}"
        elif warmup:
            total = f"options.epochs - {values['warmup']}"
            if values["warmup_unit"] == "steps":
                total = f"options.epochs - {warmup} // steps"
        if kind.total:
            found.steps |= "steps" in total.replace("epochs", "")
            found.made.append(f"{name}_length = max(1, {total})")
        found.made += _made(turn, optimiser, name, higher)
    if warmup:
        found.made.append(
            f"{warm} = torch.optim.lr_scheduler.LinearLR("
            f"{optimiser}, start_factor=1 / ({warmup} + 1), total_iters={warmup})"
        )
        found.stepped += [f"if step < {warmup}:", f"    {warm}.step()"]
    if not kind.target:
        return
    if unit == "step":
        found.stepped += ["else:", f"    {name}.step()"] if warmup else [f"{name}.step()"]
        return
    line = f"{name}.step({watched if kind.name == 'plateau' else ''})"
    found.epoch_done += [f"if step > {warmup}:", f"    {line}"] if warmup else [line]


def _made(turn: Turn, optimiser: str, name: str, higher: bool) -> list[str]:
    """Lines that make one scheduler."""
    schedule = turn.declared.schedule
    kind = schedule_kind(schedule.name)
    if kind.formula:
        formula = kind.formula.format(**checked_schedule(schedule))
        arguments = [f"lambda t: {formula}"]
    else:
        _, given = schedule_call(schedule, None, higher)
        arguments = []
        if kind.name == "one_cycle":
            arguments.append(f'max_lr=[g["lr"] for g in {optimiser}.param_groups]')
        arguments += [
            f"{k}={f'{name}_length' if k == kind.total else repr(v)}" for k, v in given.items()
        ]
    return [
        f"{name} = torch.optim.lr_scheduler.{kind.target}(",
        f"    {optimiser}, {', '.join(arguments)}",
        ")",
    ]
