"""What can be set about training, declared as a layer's parameters are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netbuilder.graph import Optimiser, Project, Training, Value
from netbuilder.layers import REGISTRY, Param
from netbuilder.training.parts import RUN
from netbuilder.training.settings import ALGORITHMS, EVERY


def training_params(devices: Sequence[str], device: str) -> tuple[Param, ...]:
    """Settings of the whole run; `devices` are those the engine found."""
    names = tuple(dict.fromkeys(("auto", "cpu", *devices, device)))
    return tuple(replace(p, choices=names) if p.name == "device" else p for p in RUN)


def with_setting(training: Training, name: str, value: Value) -> Training:
    """With one setting changed; a float is kept a float."""
    changes: dict[str, object] = {name: value}
    return replace(training, **changes)  # type: ignore[arg-type]


def objection(training: Training, name: str, value: Value) -> str:
    """Why a value that fits its own range cannot be used, or an empty text."""
    if name in ("validation", "test") and isinstance(value, (int, float)):
        other = training.test if name == "validation" else training.validation
        if value + other > 0.95:
            return f"With {other:g} for the other share nothing would be left to train on."
    return ""


def optimiser_params(optimiser: Optimiser) -> tuple[Param, ...]:
    """Settings of an optimiser's algorithm, then when it runs."""
    known = ALGORITHMS.get(optimiser.algorithm)
    return (
        *(known.settings if known is not None else ()),
        *EVERY.values(),
    )


def optimiser_values(optimiser: Optimiser) -> dict[str, Value]:
    """What is in force for each of `optimiser_params`."""
    values = {
        p.name: optimiser.settings.get(p.name, p.default) for p in optimiser_params(optimiser)
    }
    return {**values, "every": optimiser.every, "steps": optimiser.steps}


def with_optimiser_setting(optimiser: Optimiser, name: str, value: Value) -> Optimiser:
    """With one of `optimiser_params` set."""
    if name in ("every", "steps"):
        changes: dict[str, object] = {name: value}
        return replace(optimiser, **changes)  # type: ignore[arg-type]
    return replace(optimiser, settings={**optimiser.settings, name: value})


def with_algorithm(optimiser: Optimiser, algorithm: str) -> Optimiser:
    """With another algorithm: its own defaults, but what was set and it knows stays."""
    known = ALGORITHMS[algorithm].settings
    names, defaults = {p.name for p in known}, {p.name: p.default for p in known}
    before = ALGORITHMS.get(optimiser.algorithm)
    usual = {p.name: p.default for p in before.settings} if before is not None else {}
    kept = {n: v for n, v in optimiser.settings.items() if n in names and v != usual.get(n)}
    return replace(optimiser, algorithm=algorithm, settings={"lr": defaults["lr"], **kept})


def groups_in_words(optimiser: Optimiser) -> str:
    """Which nodes are trained in a way of their own, "" if none is."""
    words = []
    for group in optimiser.groups:
        settings = dict(group.settings)
        how = ["frozen"] if settings.get("frozen") else []
        if not how:
            if "rate" in settings:
                how.append(f"rate × {settings['rate']:g}")
            if "weight_decay" in settings:
                how.append(f"decay {settings['weight_decay']:g}")
        if how:
            words.append(f"{', '.join(group.nodes)}: {', '.join(how)}")
    return "; ".join(words)


def steps_per_epoch(project: Project) -> int | None:
    """Steps in an epoch, as far as the data says how many rows it has; None if it does not."""
    training = project.training
    for node in project.graph:
        kind = REGISTRY.get(node.kind)
        if kind is None or kind.role != "data":
            continue
        own = {**{p.name: p.default for p in kind.params()}, **node.params}
        rows = getattr(kind, "rows", None) or own.get("points") or own.get("samples")
        if isinstance(rows, int):
            held = training.validation + training.test
            return max(1, -(-round(rows * (1 - held)) // max(1, training.batch_size)))
        return None
    return None


def new_optimiser(training: Training) -> Optimiser:
    """One more optimiser under a free name."""
    taken = {o.name for o in training.optimisers}
    number = 2
    while f"optimiser_{number}" in taken:
        number += 1
    return Optimiser(name="main" if not taken else f"optimiser_{number}")
