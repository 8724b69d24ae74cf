"""The Python API: everything the window does, in a few calls.

>>> project = load("examples/digits_cnn.netbuilder")
>>> model = compile(project)              # an nn.Module, weights fresh
>>> for event in train(project): ...      # typed events, see netbuilder.training.events
>>> model = trained(event.folder)         # with the best weights of that run
>>> export("onnx", project, model, "digits.onnx")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netbuilder import resources, trusted
from netbuilder.building import Network
from netbuilder.compiler import Check, generate
from netbuilder.compiler import check as _check
from netbuilder.graph import Project, Range
from netbuilder.graph import file as project_file
from netbuilder.layers.paths import anchored, portable

if TYPE_CHECKING:
    from torch import nn

    from netbuilder.baselines.compare import Row
    from netbuilder.data import Fields
    from netbuilder.export import ExportReport
    from netbuilder.training.control import Control
    from netbuilder.training.crossval import Bagged, FoldDone
    from netbuilder.training.events import Event
    from netbuilder.tuning import TuningEvent

__all__ = [
    "Network",
    "bag",
    "baselines",
    "check",
    "code",
    "compile",
    "cross_validate",
    "examples",
    "export",
    "load",
    "save",
    "train",
    "trained",
    "trust",
    "tune",
]


def load(path: str | Path) -> Project:
    """The project in a `.netbuilder` file. Raises FileError with one plain sentence."""
    file = Path(path)
    return anchored(project_file.load(file).project, file.absolute().parent)


def save(project: Project, path: str | Path) -> None:
    """Write a project, atomically. Raises FileError; the old file then stands."""
    file = Path(path)
    project_file.save(portable(project, file.absolute().parent), file)


def examples() -> Mapping[str, Path]:
    """The examples that come along, by name."""
    return {path.stem: path for path in resources.examples()}


def check(project: Project) -> Check:
    """Shapes, parameters, multiply-adds and problems, without running anything."""
    return _check(project)


def code(project: Project) -> str:
    """The PyTorch source of the model and its objectives. Raises CompileError."""
    return generate(project).text


def compile(project: Project) -> nn.Module:
    """The model as an `nn.Module`, weights freshly drawn. Raises CompileError."""
    from netbuilder.compiler.build import build

    return build(project)


def trust(project: Project) -> tuple[str, ...]:
    """Trust the code of all Custom nodes on this computer; returns the texts, to be read.

    It is no sandbox: trusted code can do all that its person can. Raises FileError.
    """
    codes = tuple(dict.fromkeys(code for _, _, code in trusted.foreign(project)))
    for code in codes:
        trusted.trust(code)
    for known in ("_check", "_source", "_inspector"):
        project.__dict__.pop(known, None)
    return codes


def train(
    project: Project,
    *,
    folder: str | Path | None = None,
    resume: str | Path | None = None,
    control: Control | None = None,
    data: Mapping[str, Fields] | None = None,
) -> Iterator[Event]:
    """Train, yielding typed events; leaving the loop stops the run.

    folder: of the run (default: a new one below the program's data folder). resume: the
    folder of a run to go on with. data: fields by id of the Data node, in place of what
    it would load.
    """
    from netbuilder.training.loop import train as run

    return run(
        project,
        folder=Path(folder) if folder else None,
        resume=Path(resume) if resume else None,
        control=control,
        data=data,
    )


def cross_validate(project: Project, folds: int = 5, **options: Any) -> Iterator[FoldDone]:
    """Train once for each fold and yield its figures; the test rows stay unused.

    See `netbuilder.training.crossval`, also for `spread`, which gives mean and deviation.
    """
    from netbuilder.training.crossval import cross_validate as run

    return run(project, folds, **options)


def bag(project: Project, models: int = 5, **options: Any) -> Bagged:
    """Models on bootstrap samples of the training rows, averaged as one; its test figures."""
    from netbuilder.training.crossval import bag as run

    return run(project, models, **options)


def trained(run: str | Path, which: str = "best") -> nn.Module:
    """The model of a run, by its name or folder, with its best or last weights.

    It is in evaluation mode. Raises RunError or CheckpointError with one plain sentence.
    """
    from netbuilder.compiler.build import build
    from netbuilder.training import checkpoint
    from netbuilder.training.run import RunError, open_run

    found = open_run(run)
    if which not in ("best", "last"):
        raise RunError(f"A run keeps its best and its last weights, not {which}.")
    path = found.checkpoint if which == "best" else found.last
    if path is None or not path.exists():
        raise RunError(f"The run {found.id} has no weights yet.")
    model = build(found.project())
    checkpoint.load_model(model, checkpoint.read(path))
    return model.eval()


def export(to: str, project: Project, model: nn.Module, path: str | Path) -> ExportReport:
    """Write code, safetensors, onnx, pt2 or a bundle; the report tells what was checked."""
    from netbuilder.export import export as write

    return write(to, project, model, Path(path))


def baselines(
    project: Project,
    names: Sequence[str] | None = None,
    *,
    run: str | Path | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    data: Mapping[str, Fields] | None = None,
) -> Iterator[Row]:
    """Models of scikit-learn fitted on the project's training rows, a row each.

    names: such as ``["knn", "svm"]`` (default: all). run: its network comes first.
    settings: by name, such as ``{"knn": {"n_neighbors": 3}}``. Raises BaselineError.
    """
    from netbuilder.baselines.compare import compare
    from netbuilder.training.run import open_run

    return compare(project, names, settings, open_run(run) if run is not None else None, data)


def tune(
    project: Project,
    space: Mapping[str, Range] | None = None,
    *,
    study: str | None = None,
    storage: str = "",
    jobs: int = 1,
    data: Mapping[str, Fields] | None = None,
    **search: Any,
) -> Iterator[TuningEvent]:
    """Search for the best values of marked parameters, yielding typed events.

    space: such as ``{"linear_1.out_features": Range(8, 128, log=True)}``, besides what the
    project declares. study: its name; one that is there is gone on with. storage: URL of a
    database. jobs: processes. search: method, trials, metric, direction, pruning. Raises
    TuningError.
    """
    from netbuilder.tuning.tune import tune as run

    return run(project, space, study=study, storage=storage, jobs=jobs, data=data, **search)
