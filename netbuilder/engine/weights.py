"""Which weights a question is about, and how to get at them without disturbing a run.

Never the model that is being trained: a copy taken between two steps, else a checkpoint,
else the weights a run would begin with.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import torch
from torch import nn

from netbuilder.compiler import generate
from netbuilder.compiler.build import build
from netbuilder.graph import Project
from netbuilder.training import checkpoint, fitting
from netbuilder.training.control import Control, Live, NotRunning
from netbuilder.training.events import Event, Started
from netbuilder.training.feed import Feed
from netbuilder.training.random import apart
from netbuilder.training.run import Run, RunError, open_run

Result = TypeVar("Result")
Origin = Literal["training", "best", "last", "fresh"]


@dataclass(frozen=True)
class Model:
    """A model to ask, apart from any that is trained.

    origin: of its weights. run, step: where those come from ("" and 0 if fresh).
    """

    module: nn.Module
    origin: Origin
    run: str = ""
    step: int = 0


class Weights:
    """Finds models for questions; used by the answering thread of an engine."""

    def __init__(self) -> None:
        self._control: Control | None = None
        self._run: Run | None = None
        # Random numbers are the process's: who draws without being a guest of the
        # training thread holds this, and so does the training thread for a whole run.
        self._generator = threading.Lock()
        self._kept: tuple[tuple[object, ...], Model] | None = None
        self._going_on = False
        self._asked = Project()

    # --- the training thread -------------------------------------------------------------

    @contextmanager
    def training(self, control: Control) -> Iterator[None]:
        """A run goes on inside; questions visit it through `control`."""
        self._control, self._going_on = control, True
        try:
            with self._generator:
                yield
        finally:
            self._going_on = False

    def follow(self, event: Event) -> None:
        """Remember the run, whose checkpoints serve questions after it ends."""
        if isinstance(event, Started):
            self._run = Run(Path(event.folder))

    def look_at(self, run: Run) -> None:
        """Let the checkpoints of a run of the past serve questions, until another begins."""
        self._run = run

    @property
    def run(self) -> Run | None:
        """The run whose weights answer: the one in progress, the latest, or one looked at."""
        return self._run

    # --- the answering thread ------------------------------------------------------------

    def same(self, project: Project) -> Project:
        """While a run goes on, the equal project that was asked about before.

        Live views ask several times a second; to check and generate what they ask about each
        time took a tenth of the training's speed. Without a run files may change meanwhile.
        """
        if not self._going_on or project != self._asked:
            self._asked = project
        return self._asked

    def model(
        self,
        project: Project,
        run: str | None = None,
        which: Literal["best", "last"] | None = None,
    ) -> Model:
        """The model of a project with the weights that suit a question.

        run: id or folder; None for the run in progress, or else the latest one here, as
        far as its weights fit the project. which: a checkpoint of it, even while it goes
        on; None for the weights of this moment, or else the best. Raises CompileError,
        RunError or CheckpointError with one sentence.
        """
        wanted = open_run(run) if run is not None else self._run
        live = self._copied() if which is None else None
        if live is not None and (wanted is None or live.run == wanted.id):
            if live.module.source.text == generate(project).text:  # type: ignore[union-attr]
                return live
            if run is None:
                return self._adapted(project, live)
        if wanted is None:
            return Model(self.fresh(project), "fresh")
        path = wanted.last if which == "last" else wanted.checkpoint
        if path is None or not path.exists():
            if which is not None:
                raise RunError("The run has kept no weights yet; wait until an epoch is done.")
            return Model(self.fresh(project), "fresh")
        return self._loaded(project, wanted, path, strict=run is not None)

    def apart(self, function: Callable[[], Result], seed: int = 0) -> Result:
        """Run something that draws random numbers, so that no run notices."""

        def visit(_: Live | None = None) -> Result:
            device = "cuda" if torch.cuda.is_available() else "cpu"
            with apart(torch.device(device), seed):
                return function()

        while True:
            if self._control is not None:
                try:
                    return self._control.visit(visit).result()
                except NotRunning:
                    pass
            if self._generator.acquire(timeout=0.05):
                try:
                    return visit()
                finally:
                    self._generator.release()

    def _copied(self) -> Model | None:
        """A copy of the model in training, taken between two steps."""
        if self._control is None:
            return None
        kept = self._kept

        def copied(live: Live) -> Model:
            key = (live.run, live.step, live.model)
            if kept is not None and kept[0] == key:
                return kept[1]
            before = kept[1] if kept is not None and kept[0][::2] == key[::2] else None
            if before is None or not _follow(before.module, live.model):
                source = live.model.source
                module = copy.deepcopy(live.model, {id(source): source}).eval()
            else:
                module = before.module
            model = Model(module, "training", live.run, live.step)
            self._kept = (key, model)
            return model

        try:
            return self._control.visit(copied).result()
        except NotRunning:
            return None

    def fresh(self, project: Project) -> nn.Module:
        """The weights a run of this project begins with; a model of the caller's own."""
        module = self._built(project)
        if project.training.weights:
            checkpoint.begin_with(module, Path(project.training.weights))
        if fitting.needs_fitting(module):
            source = generate(project)
            fitting.fit(module, source, Feed(project, source, torch.device("cpu")))
        return module

    def _built(self, project: Project) -> nn.Module:
        source = generate(project)
        return self.apart(lambda: build(source), project.training.seed).eval()

    def _loaded(self, project: Project, run: Run, path: Path, strict: bool) -> Model:
        stat = path.stat()
        key = (generate(project).text, path, stat.st_mtime_ns, stat.st_size)
        if self._kept is not None and self._kept[0] == key:
            return self._kept[1]
        saved = checkpoint.read(path)
        module = self._built(project)
        if strict:
            checkpoint.load_model(module, checkpoint.regrouped(module, saved))
        else:
            checkpoint.take_over(module, saved.part("model"))
        origin: Origin = "last" if path == run.last else "best"
        model = Model(module, origin, run.id, int(saved.values.get("step", 0)))
        self._kept = (key, model)
        return model

    def _adapted(self, project: Project, live: Model) -> Model:
        """The project was edited while it trains: its new model with what still fits."""
        module = self._built(project)
        # Node ids name the weights, so those of untouched layers fit.
        checkpoint.take_over(module, live.module.state_dict())
        return Model(module, "training", live.run, live.step)


def _follow(copied: nn.Module, live: nn.Module) -> bool:
    """Give an earlier copy of a model the numbers it has now: quicker than another copy.

    False if that is not all there may be: code of one's own may keep what is no tensor.
    """
    if live.source.foreign:  # type: ignore[union-attr]
        return False
    old, new = ([*m.parameters(), *m.buffers()] for m in (copied, live))
    if [t.shape for t in old] != [t.shape for t in new]:
        return False
    with torch.no_grad():
        for mine, other in zip(old, new, strict=True):
            mine.copy_(other)
    return True
