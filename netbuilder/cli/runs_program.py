"""``netbuilder runs …``: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="A run: its name, or its folder.")]
RunNames = Annotated[list[str], typer.Argument(metavar="RUN…", help="Runs: names or folders.")]
Sort = Annotated[str, typer.Option(help="Column or figure to sort by, such as accuracy.")]
Down = Annotated[bool, typer.Option("--descending", help="Largest first.")]
Query = Annotated[
    list[str] | None, typer.Argument(metavar="QUERY…", help="digits accuracy>0.9 #good")
]
Directory = Annotated[Path, typer.Option("-o", "--output", help="Folder to write into.")]

runs = typer.Typer(
    name="runs",
    help="Runs so far, the latest first; the commands below search, compare and steer them.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)


@runs.callback()
def _all(context: typer.Context, json: Json = False) -> None:
    if context.invoked_subcommand is None:
        from netbuilder.cli.runs import listed

        listed("", "created", True, json)


@runs.command("list")
def list_(
    query: Query = None, sort: Sort = "created", descending: Down = False, json: Json = False
) -> None:
    """Runs, sorted by a column or a figure; without --sort the latest first."""
    from netbuilder.cli.runs import listed

    listed(" ".join(query or []), sort, descending or sort == "created", json)


@runs.command()
def search(
    query: Annotated[list[str], typer.Argument(metavar="QUERY…", help="accuracy>0.9 #good")],
    sort: Sort = "created",
    descending: Down = False,
    json: Json = False,
) -> None:
    """Runs that fit words, tags (#good), states (state:failed) and figures (accuracy>0.9)."""
    from netbuilder.cli.runs import listed

    listed(" ".join(query), sort, descending or sort == "created", json)


@runs.command()
def show(run: RunName, json: Json = False) -> None:
    """Everything about one run: settings, figures, versions, tags and note."""
    from netbuilder.cli.runs import shown

    shown(run, json)


@runs.command()
def diff(before: RunName, after: RunName, json: Json = False) -> None:
    """In what the projects of two runs differ, and what came of it."""
    from netbuilder.cli.runs import compared

    compared(before, after, json)


@runs.command()
def tag(
    run: RunName,
    tags: Annotated[list[str], typer.Argument(metavar="TAG…", help="Words to find it by.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take these tags off.")] = False,
) -> None:
    """Give a run tags, or take them off."""
    from netbuilder.cli.runs import tagged

    tagged(run, tags, remove)


@runs.command()
def note(
    run: RunName,
    text: Annotated[str, typer.Argument(help='What to remember; "" for nothing.')],
) -> None:
    """Write a note to a run."""
    from netbuilder.cli.runs import noted

    noted(run, text)


@runs.command()
def restore(
    run: RunName,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
) -> None:
    """Write the project of a run, exactly as it was trained, to a new file."""
    from netbuilder.cli.runs import restored

    restored(run, output)


@runs.command()
def delete(names: RunNames) -> None:
    """Move runs to the trash; `undelete` brings them back."""
    from netbuilder.cli.runs import deleted

    deleted(names)


@runs.command()
def undelete(
    name: Annotated[str | None, typer.Argument(metavar="RUN", help="Its name.")] = None,
    json: Json = False,
) -> None:
    """Bring a deleted run back; without a name, list what can be brought back."""
    from netbuilder.cli.runs import undeleted

    undeleted(name, json)


@runs.command()
def export(
    names: RunNames,
    output: Directory,
    to: Annotated[str, typer.Option("--to", help="tensorboard or csv.")] = "tensorboard",
    json: Json = False,
) -> None:
    """Write losses, figures and rates of runs, for TensorBoard or as tables."""
    from netbuilder.cli.runs import exported

    exported(names, output, to, json)


@runs.command("export-tensorboard")
def export_tensorboard(names: RunNames, output: Directory, json: Json = False) -> None:
    """Write event files; `tensorboard --logdir DIR` shows them."""
    from netbuilder.cli.runs import exported

    exported(names, output, "tensorboard", json)


@runs.command()
def repeat(
    run: RunName,
    folder: Annotated[Path | None, typer.Option(help="Folder of the new run.")] = None,
    json: Json = False,
) -> None:
    """Train a run again from its record, and say whether the losses are the same to the bit."""
    from netbuilder.cli.repeating import run as train_again

    train_again(run, folder, json)


@runs.command()
def follow(run: RunName, json: Json = False) -> None:
    """Watch a run that another process trains; Ctrl+C ends the watching, not the run."""
    from netbuilder.cli.repeating import follow as watch

    watch(run, json)


@runs.command()
def stop(
    run: RunName,
    after_epoch: Annotated[
        bool, typer.Option("--after-epoch", help="When the epoch in progress is measured.")
    ] = False,
) -> None:
    """Ask the process that trains a run to end it; what it reached is kept."""
    from netbuilder.cli.repeating import stop as ask

    ask(run, after_epoch)
