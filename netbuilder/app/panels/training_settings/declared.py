"""What can be set about training, declared as a layer's parameters are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netbuilder.data.division import METHODS
from netbuilder.graph import Optimiser, Training, Value
from netbuilder.layers import Param
from netbuilder.training.settings import ALGORITHMS


def training_params(devices: Sequence[str], device: str) -> tuple[Param, ...]:
    """Settings of the whole run; `devices` are those the engine found."""
    names = tuple(dict.fromkeys(("auto", "cpu", *devices, device)))
    return (
        Param("epochs", "int", 10, "Epochs", "How often all training data is seen.", 1, 1_000_000),
        Param("batch_size", "int", 64, "Batch size", "Samples in one step.", 1, 1_000_000),
        Param("seed", "int", 0, "Seed", "The same seed gives the same run.", 0, 2**31 - 1),
        Param("device", "choice", "auto", "Device", "Where it is computed.", choices=names),
        Param("validation", "float", 0.2, "Validation", "Share of the rows that is held back to "
              "measure progress.", 0.0, 0.95),
        Param("test", "float", 0.2, "Test", "Share of the rows that is used once, at the end.",
              0.0, 0.95),
        Param("split", "choice", "stratified", "Split", "stratified: classes in proportion; group: "
              "rows with the same value in one part; time: cut in its order; given: a column says "
              "the part.", choices=METHODS),
        Param("split_by", "text", "", "Split by", "Column for group, time or given; the Data "
              "panel offers those there are."),
        Param("folds", "int", 0, "Folds", "Above 1, validation is one of so many equal folds of "
              "the rows that are not for testing.", 0, 100),
        Param("fold", "int", 0, "Fold", "Which fold validates, from 1.", 0, 100),
        Param("resample", "int", 0, "Bootstrap sample", "Above 0, the training rows are drawn with "
              "replacement; each number draws others.", 0, 2**31 - 1),
        Param("weights", "path", "", "Begin with", "A .safetensors file of weights to begin with, "
              "where name and shape are the same; without one they are fresh."),
    )  # fmt: skip


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
        Param("every", "int", 1, "Every", "Runs on every n-th step.", 1, 100_000),
        Param("steps", "int", 1, "Repeats", "How often it steps each time.", 1, 1000),
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


def new_optimiser(training: Training) -> Optimiser:
    """One more optimiser under a free name."""
    taken = {o.name for o in training.optimisers}
    number = 2
    while f"optimiser_{number}" in taken:
        number += 1
    return Optimiser(name="main" if not taken else f"optimiser_{number}")
