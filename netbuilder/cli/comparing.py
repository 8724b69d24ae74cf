"""``netbuilder baselines``: classical models beside the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netbuilder.baselines import choose
from netbuilder.baselines.compare import compare
from netbuilder.cli import output
from netbuilder.cli.errors import InputError
from netbuilder.cli.projects import opened
from netbuilder.cli.settings import read_value
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


def _settings(assignments: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        owner, dot, field = name.strip().partition(".")
        if not equals or not dot:
            raise InputError(f"{assignment!r} is not of the form knn.n_neighbors=3.")
        found.setdefault(owner, {})[field] = read_value(text)
    return found
