"""``netbuilder train --folds 5`` and ``--bag 5``: several runs, one table."""

from __future__ import annotations

from pathlib import Path

from netbuilder.cli import output
from netbuilder.cli.errors import Failure, InputError
from netbuilder.cli.projects import opened
from netbuilder.cli.training import prepared, teller


def run(
    path: Path | None,
    epochs: int | None,
    device: str | None,
    seed: int | None,
    settings: list[str],
    folder: Path | None,
    json: bool,
    folds: int | None,
    models: int | None,
) -> None:
    """Train several times and tell what all runs reached. Raises Failure if a run failed."""
    from netbuilder.training.crossval import FoldDone, bag, cross_validate, spread
    from netbuilder.training.failure import TrainingError

    if path is None:
        raise InputError("Name a project to train.")
    if folds and models:
        raise InputError("Take --folds or --bag, not both.")
    project = prepared(opened(path), epochs, device, seed, settings)
    tell = teller(json)
    results: list[FoldDone] = []
    test: dict[str, float] = {}
    alone: tuple[object, ...] = ()
    try:
        if folds:
            for done in cross_validate(project, folds, folder=folder, tell=tell):
                results.append(done)
        else:
            bagged = bag(project, models or 2, folder=folder, tell=tell)
            results, test, alone = list(bagged.runs), dict(bagged.test), bagged.members
    except TrainingError as error:
        raise Failure(str(error)) from None
    finally:
        tell.close()
    whole = spread(results)
    if json:
        output.line({"event": "Folds", "runs": results, "spread": whole, "members": alone,
                     "test": test})  # fmt: skip
        return
    columns = ["run", *whole]
    rows = [[str(r.number), *(f"{r.figures[n]:.4f}" for n in whole)] for r in results]
    rows.append(
        ["mean ± deviation", *(f"{s.mean:.4f} ± {s.deviation:.4f}" for s in whole.values())]
    )
    output.table("Validation, best epoch of each run", columns, rows)
    if test:
        figures = "  ".join(f"{name} {value:.4f}" for name, value in test.items())
        output.text(f"All {len(results)} together on the test split, measured once: {figures}")
    else:
        output.text("The test rows were in no fold; train the whole project to use them once.")
