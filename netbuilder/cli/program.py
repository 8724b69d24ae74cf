"""The commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netbuilder.cli.runs_program import runs
from netbuilder.cli.tune_program import tune

Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
ProjectPath = Annotated[Path, typer.Argument(help="A .netbuilder file, or an example's name.")]

program = typer.Typer(
    name="netbuilder",
    help="Wire layers into a neural network, watch it learn, take PyTorch away. "
    "`netbuilder [PROJECT]` opens the editor.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
program.add_typer(runs)


def version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        from netbuilder import __version__
        from netbuilder.cli.output import text

        text(__version__)
        raise typer.Exit


@program.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@program.command()
def train(
    projects: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PROJECT…", help="Files or examples, trained one after the other."),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs of this run.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu or cuda.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Seed of weights, split and order.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Such as training.lr=0.01.")
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(help="Go on with this run; auto: with that in --folder if there is one."),
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="Folder of the run.")] = None,
    folds: Annotated[
        int | None, typer.Option(min=2, max=100, help="Cross-validate: a run for each fold.")
    ] = None,
    bag: Annotated[
        int | None,
        typer.Option(min=2, max=100, help="Runs on bootstrap samples, averaged as one model."),
    ] = None,
    json: Json = False,
) -> None:
    """Train a project, or several one after the other; with --json, one event a line."""
    from netbuilder.cli.errors import InputError
    from netbuilder.cli.queueing import run_all
    from netbuilder.cli.training import run

    def one(project: Path | None) -> None:
        if folds or bag:
            from netbuilder.cli import folding

            if resume:
                raise InputError("--resume is for one run, not for --folds or --bag.")
            folding.run(project, epochs, device, seed, settings or [], folder, json, folds, bag)
            return
        run(project, epochs, device, seed, settings or [], resume, folder, json)

    if not projects or len(projects) == 1:
        one(projects[0] if projects else None)
    elif resume or folder:
        raise InputError("--resume and --folder are for one run; name one project with them.")
    else:
        run_all(projects, one, json)


program.command()(tune)


@program.command()
def check(project: ProjectPath, json: Json = False) -> None:
    """Problems; shape, parameters and multiply-adds of every node."""
    from netbuilder.cli.checking import run

    run(project, json)


@program.command()
def code(
    project: ProjectPath,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
) -> None:
    """The PyTorch source; into a file, with a training script that stands alone."""
    from netbuilder.cli.exporting import code as run

    run(project, output)


@program.command()
def export(
    run: Annotated[str, typer.Argument(help="A run: its name, or its folder.")],
    to: Annotated[str, typer.Option("--to", help="code, safetensors, onnx, pt2 or bundle.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
    weights: Annotated[str, typer.Option(help="best or last.")] = "best",
    json: Json = False,
) -> None:
    """Write a trained model, and compare what was written with the original."""
    from netbuilder.cli.exporting import export as write

    write(run, to, output, weights, json)


@program.command()
def explain(
    run: Annotated[str, typer.Argument(help="A run: its name, or its folder.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Picture to write (PNG).")
    ] = None,
    method: Annotated[
        str, typer.Option(help="gradient, integrated_gradients … or neighbours.")
    ] = "integrated_gradients",
    sample: Annotated[int, typer.Option(min=0, help="Row of the test split.")] = 0,
    token: Annotated[str, typer.Option(help="Of neighbours: a word, or its number.")] = "",
    node: Annotated[str, typer.Option(help="Of neighbours: which Embedding.")] = "",
    measure: Annotated[str, typer.Option(help="Of neighbours: cosine or euclid.")] = "cosine",
    count: Annotated[int, typer.Option(min=1, help="Of neighbours: how many.")] = 10,
    json: Json = False,
) -> None:
    """A picture of what spoke for and against an answer; or the neighbours of a word."""
    if method == "neighbours":
        from netbuilder.cli.nearest import run as listed

        listed(run, token, node, measure, count, json)
        return
    from netbuilder.cli.explaining import run as write

    write(run, output, method, sample, json)


@program.command()
def baselines(
    project: Annotated[
        Path | None, typer.Argument(help="A .netbuilder file or example; not with --run.")
    ] = None,
    run: Annotated[str | None, typer.Option(help="A run: its network stands in the table.")] = None,
    only: Annotated[str | None, typer.Option(help="Such as knn,svm,forest.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Such as knn.n_neighbors=3.")
    ] = None,
    json: Json = False,
) -> None:
    """Models of scikit-learn on the same rows, in one table with the network."""
    from netbuilder.cli.comparing import run as compare

    compare(project, run, only, settings or [], json)


@program.command()
def rehearse(
    project: ProjectPath,
    what: Annotated[str, typer.Option(help="rate or batch.")] = "rate",
    json: Json = False,
) -> None:
    """Find a learning rate, or see whether one batch can be learned by heart."""
    from netbuilder.cli.comparing import rehearse as run

    run(project, what, json)


@program.command()
def race(
    surface: Annotated[str, typer.Argument(help="ravine, saddle, rosenbrock …")],
    optimisers: Annotated[
        list[str] | None, typer.Option("--optimiser", help="Such as adam:lr=0.1; repeat it.")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="Steps of each.")] = 200,
    noise: Annotated[float, typer.Option(min=0, help="Deviation added to gradients.")] = 0.0,
    json: Json = False,
) -> None:
    """Optimisers side by side on a small loss surface."""
    from netbuilder.cli.comparing import race as run

    run(surface, optimisers or [], steps, noise, json)


@program.command()
def screenshot(
    project: ProjectPath,
    output: Annotated[Path, typer.Option("-o", "--output", help="Picture to write (PNG).")],
    theme: Annotated[str, typer.Option(help="light or dark.")] = "dark",
    size: Annotated[str, typer.Option(help="WIDTHxHEIGHT in pixels.")] = "1680x1050",
    panel: Annotated[str | None, typer.Option(help="Panel to show below the canvas.")] = None,
    train: Annotated[bool, typer.Option("--train", help="Train it first.")] = False,
) -> None:
    """A picture of the window with this project, without a screen."""
    from netbuilder.cli.picturing import run

    run(project, output, theme, size, panel, train)


@program.command()
def elsewhere(
    project: ProjectPath,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Script to write, the project beside it.")
    ] = None,
    slurm: Annotated[bool, typer.Option("--slurm", help="For sbatch.")] = False,
    nodes: Annotated[int, typer.Option(help="Machines.")] = 1,
    processes: Annotated[int, typer.Option(help="Processes on each of them.")] = 2,
    cores: Annotated[int, typer.Option(help="Cores of each process.")] = 1,
    cards: Annotated[
        bool, typer.Option("--cards", help="Each process has a graphics card.")
    ] = False,
    minutes: Annotated[int, typer.Option(help="Time limit of Slurm; 0 for its own.")] = 0,
    restarts: Annotated[int, typer.Option(help="How often all begin anew if one dies.")] = 2,
    head: Annotated[str, typer.Option(help="Machine where several meet without Slurm.")] = "",
    strategy: Annotated[
        str, typer.Option(help="ddp, or fsdp to split the weights; else as the project says.")
    ] = "",
    json: Json = False,
) -> None:
    """The torchrun command or Slurm script that trains a project on other machines."""
    from netbuilder.cli.launching import run
    from netbuilder.training.together.launching import Launch

    def launch(name: str) -> Launch:
        return Launch(
            name, slurm, nodes, processes, cores, cards, minutes, restarts, head, strategy
        )

    run(project, launch, output, json)


@program.command()
def trust(
    project: Annotated[Path | None, typer.Argument(help="A .netbuilder file.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Trust it without being asked.")] = False,
    list: Annotated[bool, typer.Option("--list", help="What is trusted so far.")] = False,
    json: Json = False,
) -> None:
    """Read the code of Custom nodes, and let it run on this computer."""
    from netbuilder.cli.trusting import run

    run(project, yes, list, json)


@program.command()
def layers(json: Json = False) -> None:
    """Every kind of node."""
    from netbuilder.cli.listing import layers as run

    run(json)


@program.command()
def examples(json: Json = False) -> None:
    """The examples that come along."""
    from netbuilder.cli.listing import examples as run

    run(json)


@program.command()
def architectures(
    name: Annotated[str | None, typer.Argument(help="One of them, to be written.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
    json: Json = False,
) -> None:
    """Published networks; with a name, one of them as a project."""
    from netbuilder.cli.listing import architectures as run

    run(name, output, json)


@program.command()
def doctor(json: Json = False) -> None:
    """What this machine has: versions, devices, folders."""
    from netbuilder.cli.listing import doctor as run

    run(json)
