"""``netbuilder baselines``, ``race`` and ``rehearse``: what helps to choose before a long run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netbuilder.baselines import choose
from netbuilder.baselines.compare import compare
from netbuilder.cli import output
from netbuilder.cli.errors import InputError
from netbuilder.cli.projects import opened
from netbuilder.cli.settings import read_value
from netbuilder.graph import Optimiser
from netbuilder.training.run import open_run


def run(
    path: Path | None, run: str | None, only: str | None, settings: list[str], json: bool
) -> None:
    """Print the table of a project, or of a run with its network on top."""
    if (path is None) == (run is None):
        raise InputError("Name a project, or a run with --run.")
    found = open_run(run) if run is not None else None
    project = opened(path) if path is not None else found.project()  # type: ignore[union-attr]
    names = [n.strip() for n in only.split(",")] if only else None
    made = compare(project, names, _settings(settings), found)
    total = len(choose(names)) + (found is not None)
    rows = list(output.followed(made, total, "Fitting"))
    if json:
        output.document({"project": project.name, "rows": rows})
        return
    shown = next((row.figures for row in rows if row.figures), {})
    columns = [(part, name) for part in shown for name in shown[part]]
    table = [
        (
            row.title,
            *(f"{row.figures.get(part, {}).get(name, float('nan')):.4g}" for part, name in columns),
            f"{row.seconds:.2f}" if row.seconds else "",
            row.note,
        )
        for row in rows
    ]
    heads = ("model", *(f"{part} {name}" for part, name in columns), "seconds", "")
    output.table(project.name, heads, table)


def rehearse(path: Path, what: str, json: bool) -> None:
    """What a fresh network does at growing rates, or with one batch again and again."""
    from netbuilder.training.rehearsal import one_batch, sweep

    if what not in ("rate", "batch"):
        raise InputError(f"A rehearsal is of the rate or of one batch, not of {what}.")
    project = opened(path)
    with output.waiting("Training a fresh network"):
        found = sweep(project) if what == "rate" else one_batch(project)
    if json:
        output.document(found)
    else:
        output.text(found.sentence)


def race(surface: str, racers: list[str], steps: int, noise: float, json: bool) -> None:
    """Where optimisers end on a small surface; with ``--json`` every step of each."""
    from netbuilder.playground.race import race as run
    from netbuilder.playground.race import summary

    chosen = [_racer(text) for text in racers or ["sgd", "sgd:momentum=0.9", "adam:lr=0.1"]]
    found = run(surface, chosen, steps=steps, noise=noise)
    if json:
        output.document({"surface": surface, "racers": found})
        return
    far = summary(surface, found)
    rows = [
        (r.name, f"{r.losses[-1]:.3g}", f"{far[r.name]:.3g}", str(len(r.path) - 1), r.note)
        for r in found
    ]
    output.table(surface, ("optimiser", "loss", "from the minimum", "steps", ""), rows)


def _racer(text: str) -> Optimiser:
    """``adam:lr=0.1,beta1=0.8`` as an optimiser; its name is the text."""
    algorithm, _, rest = text.partition(":")
    settings = {}
    for assignment in rest.split(",") if rest else ():
        name, equals, value = assignment.partition("=")
        if not equals:
            raise InputError(f"{text!r} is not of the form adam:lr=0.1,beta1=0.8.")
        settings[name.strip()] = read_value(value)
    return Optimiser(text, algorithm, {"lr": 0.01, **settings})


def _settings(assignments: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        owner, dot, field = name.strip().partition(".")
        if not equals or not dot:
            raise InputError(f"{assignment!r} is not of the form knn.n_neighbors=3.")
        found.setdefault(owner, {})[field] = read_value(text)
    return found
