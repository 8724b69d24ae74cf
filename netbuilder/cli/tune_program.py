"""``netbuilder tune`` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def tune(
    project: Annotated[
        Path | None, typer.Argument(help="A .netbuilder file, or an example's name.")
    ] = None,
    trials: Annotated[int | None, typer.Option(min=1, help="Trials in all.")] = None,
    method: Annotated[str | None, typer.Option(help="tpe, random or grid.")] = None,
    search: Annotated[
        list[str] | None,
        typer.Option("--search", help="Such as linear_1.out_features=8:128:log; repeat it."),
    ] = None,
    metric: Annotated[
        str | None, typer.Option(help="A figure of the validation rows, such as accuracy.")
    ] = None,
    direction: Annotated[str | None, typer.Option(help="auto, lower or higher.")] = None,
    pruning: Annotated[str | None, typer.Option(help="none, median or hyperband.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that train at once.")] = 1,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Such as training.epochs=5, of all trials.")
    ] = None,
    study: Annotated[str | None, typer.Option(help="Name of the study.")] = None,
    storage: Annotated[
        str,
        typer.Option(
            envvar="NETBUILDER_STORAGE",
            help="URL of a database for several machines, sqlite:///file.db.",
        ),
    ] = "",
    join: Annotated[str | None, typer.Option(help="Work at a study that is there.")] = None,
    follow: Annotated[str | None, typer.Option(help="Tell what others do at a study.")] = None,
    stop: Annotated[str | None, typer.Option(help="End a study; --join goes on.")] = None,
    best: Annotated[str | None, typer.Option(help="The best trial of a study.")] = None,
    trial: Annotated[int | None, typer.Option(min=0, help="With --best: another trial.")] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Project to write: of --best, or when all is done."),
    ] = None,
    list: Annotated[bool, typer.Option("--list", help="The studies there are.")] = False,
    helping: Annotated[bool, typer.Option("--helping", hidden=True)] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON event a line.")] = False,
) -> None:
    """Search for the best values of marked parameters; a run each trial."""
    from netbuilder.cli import tuning

    if list:
        tuning.listed(storage, json)
    elif best is not None:
        tuning.best(best, storage, trial, output, json)
    elif stop is not None:
        tuning.stop(stop, storage)
    elif follow is not None:
        tuning.follow(follow, storage, json)
    else:
        given = {
            "trials": trials, "method": method, "metric": metric, "direction": direction,
            "pruning": pruning,
        }  # fmt: skip
        tuning.search(
            project, join, search or [], settings or [], given, study, storage, jobs, json, output,
            helping,
        )  # fmt: skip
