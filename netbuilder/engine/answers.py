"""What the engine can be asked. One function a question, by the name in `Ask.about`.

Every result is plain: numbers, texts, numpy arrays, dicts and lists of these, so that the
window can unpickle it without torch. What is asked of a model also says whose weights
answered: ``weights = {origin, run, step}``.

Arguments that all questions about a model understand: ``run`` (id or folder; without it
the run in progress, or the latest) and ``which`` (best or last; without it the weights of
this moment, or the best). Those about samples:
``sample``, ``rows``, ``part``, ``fields`` (see rows.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from netbuilder.compiler import CompileError, check, generate
from netbuilder.compiler.muting import without_muted
from netbuilder.data import class_counts, divided, load, preview
from netbuilder.engine.messages import Answer, Ask
from netbuilder.engine.rows import RowError, batch, data_sets
from netbuilder.engine.weights import Model, Weights
from netbuilder.graph import Project
from netbuilder.layers import DataError, DataSet, declare
from netbuilder.training.failure import failed
from netbuilder.training.run import RunError, open_run

Result = Mapping[str, Any]


@dataclasses.dataclass
class Question:
    """A question with what is needed to answer it; the model is found when asked for."""

    project: Project
    arguments: Mapping[str, Any]
    weights: Weights
    found: Model | None = None

    @property
    def model(self) -> Any:
        """The model to ask, in evaluation mode."""
        if self.found is None:
            which = self.arguments.get("which")
            if which not in (None, "best", "last"):
                raise RowError(f"A run keeps its best and its last weights, not {which}.")
            self.found = self.weights.model(self.project, self.arguments.get("run"), which)
        return self.found.module

    @property
    def batch(self) -> dict[str, Tensor]:
        """The samples meant."""
        return batch(self.project, self.arguments)

    def pick(self, *names: str) -> dict[str, Any]:
        """Those of the arguments that are given."""
        return {name: self.arguments[name] for name in names if name in self.arguments}


def answer(question: Ask, weights: Weights) -> Answer:
    """The answer to a question, or why there is none, in one sentence."""
    asked = Question(weights.same(question.project), question.arguments, weights)
    try:
        if not check(asked.project).errors:
            asked.project = without_muted(asked.project)  # what is looked at is what runs
        if question.about not in ANSWERS:
            raise RowError(
                f"The engine does not know {question.about}; it knows {', '.join(ANSWERS)}."
            )
        result = dict(plain(ANSWERS[question.about](asked)))
        if asked.found is not None:
            model = asked.found
            result["weights"] = {"origin": model.origin, "run": model.run, "step": model.step}
        return Answer(question.id, result)
    except Exception as error:
        return _refused(question, error, asked)


def _refused(question: Ask, error: Exception, asked: Question) -> Answer:
    if isinstance(error, CompileError):
        return Answer(question.id, None, error.problem.message, error.problem.node)
    if type(error).__module__.startswith("netbuilder."):
        return Answer(question.id, None, str(error), getattr(error, "node", None))
    source = None if asked.found is None else asked.found.module.source
    event = failed(error, training=question.project.training, source=source)
    where = event.node or question.about
    text = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return Answer(question.id, None, f"{where} could not be computed: {text}", event.node)


def plain(value: Any) -> Any:
    """Values the window can unpickle: dataclasses as dicts, tensors as arrays."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k) if isinstance(k, Path) else k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, tuple):  # also a torch.Size
        return tuple(plain(v) for v in value)
    if isinstance(value, Tensor):
        return value.detach().cpu().numpy()
    return str(value) if isinstance(value, Path) else value


# --- questions -----------------------------------------------------------------------------


def _data(q: Question) -> Result:
    """A look at a data set. arguments: ``node`` (default: the first data node), ``samples``.

    parts: rows of each split by its name; where the set cannot be split, ``trouble`` says why.
    balance: rows of each class by split, empty without a class for each row. splits_by: names
    of columns and fields by which rows can be split.
    """
    nodes = [n.id for n in q.project.graph if _is_data(q.project, n.id)]
    node = q.arguments.get("node", nodes[0] if nodes else None)
    if node not in nodes:
        raise RowError("There is no data set to look at; put a Data node on the canvas.")
    layer = declare(q.project.graph[node], q.project.blocks)
    assert isinstance(layer, DataSet)
    fields = load(layer)
    seen = plain(preview(fields, int(q.arguments.get("samples", 16))))
    seen |= {"node": node, "splits_by": fields.splits_by}
    try:
        rows = divided(fields, q.project.training)
    except DataError as error:
        return {**seen, "parts": {}, "trouble": str(error)}
    balance = {part: class_counts(fields, n) for part, n in rows.items()}
    return {**seen, "parts": {part: len(n) for part, n in rows.items()}, "balance": balance}


def _is_data(project: Project, node_id: str) -> bool:
    try:
        return isinstance(declare(project.graph[node_id], project.blocks), DataSet)
    except ValueError:
        return False


def _predict(q: Question) -> Result:
    """What the model returns for some samples, with the samples."""
    from netbuilder.explain.score import arguments
    from netbuilder.explain.undisturbed import undisturbed

    model, fields = q.model, q.batch
    with undisturbed(model) as device, torch.no_grad():
        result = model(*arguments(model, fields, device))
    made = result if isinstance(result, tuple) else (result,)
    names = [name for name, _ in model.source.outputs]
    return {"outputs": dict(zip(names, made, strict=True)), "fields": fields}


def _saliency(q: Question) -> Result:
    """arguments: method, field, output, target, layer, position, seed."""
    from netbuilder.explain.saliency import saliency

    options = q.pick("method", "field", "output", "target", "layer", "position", "seed")
    fields = q.batch
    return {**plain(saliency(q.model, fields, **options)), "fields": fields}


def _attention(q: Question) -> Result:
    """Attention weights of a sample by layer, and what each layer draws from in all."""
    from netbuilder.explain.attention import attention

    fields = q.batch
    return {"maps": attention(q.model, q.project, fields), "fields": fields}


def _activations(q: Question) -> Result:
    """A small picture or histogram of every node's output."""
    from netbuilder.explain.activations import activations

    return {"nodes": activations(q.model, q.project, q.batch)}


def _channels(q: Question) -> Result:
    """Every channel of one node's output for a sample. arguments: ``key`` (node.port), most."""
    from netbuilder.explain.channels import channels

    key = str(q.arguments.get("key", ""))
    return plain(channels(q.model, q.project, q.batch, key, **q.pick("most")))  # type: ignore[no-any-return]


def _gradients(q: Question) -> Result:
    """Gradient norm on every wire. arguments: objective."""
    from netbuilder.explain.gradients import gradients

    return {"norms": gradients(q.model, q.project, q.batch, **q.pick("objective"))}


def _beginnings(q: Question) -> Result:
    """Figures of every node before the first step, and what is wrong with them.

    Always of fresh weights and the first batch of training data, whatever runs there were.
    """
    from netbuilder.explain.beginnings import beginnings
    from netbuilder.explain.verdicts import verdicts
    from netbuilder.training.feed import Feed

    source, seed = generate(q.project), q.project.training.seed
    first = next(Feed(q.project, source, torch.device("cpu")).epoch(1))
    model = q.weights.fresh(q.project)
    found = q.weights.apart(lambda: beginnings(model, q.project, first), seed)
    return {"nodes": plain(found), "verdicts": verdicts(found)}


def _augmented(q: Question) -> Result:
    """Samples beside random versions of them. arguments: node, times, seed."""
    from netbuilder.explain.augmented import augmented

    model = q.weights.fresh(q.project)
    options = q.pick("node", "times", "seed")
    fields = q.batch
    return plain(q.weights.apart(lambda: augmented(model, q.project, fields, **options)))  # type: ignore[no-any-return]


def _boundary(q: Question) -> Result:
    """Decision boundary of a model of two numbers. arguments: points_range, resolution …"""
    from netbuilder.explain.boundary import decision_boundary

    area = q.arguments.get("points_range") or _area(q)
    return plain(decision_boundary(q.model, area, **q.pick("resolution", "output", "regression")))  # type: ignore[no-any-return]


def _area(q: Question) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the data lies, and a tenth more on each side."""
    places = {a.name: a for a in q.model.source.inputs}
    sets = data_sets(q.project)
    for place in places.values():
        if place.node in sets:
            points = sets[place.node][place.port].reshape(len(sets[place.node]), -1)
            if points.shape[1] == 2:
                low, high = points.min(0), points.max(0)
                margin = 0.1 * np.maximum(high - low, 1e-6)
                low, high = low - margin, high + margin
                return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))
    return (-1.0, 1.0), (-1.0, 1.0)


def _samples(q: Question) -> Result:
    """What a generative model makes. arguments: count, seed."""
    from netbuilder.explain.samples import samples

    return plain(samples(q.model, q.project, **q.pick("count", "seed")))  # type: ignore[no-any-return]


def _reconstruction(q: Question) -> Result:
    """Samples beside what an autoencoder makes of them. arguments: output."""
    from netbuilder.explain.samples import reconstruction

    return plain(reconstruction(q.model, q.batch, **q.pick("output")))  # type: ignore[no-any-return]


def _text(q: Question) -> Result:
    """A language model's continuation. arguments: prompt, length, temperature, seed."""
    from netbuilder.explain.text import generate

    options = q.pick("length", "temperature", "seed")
    return {"text": generate(q.model, q.project, str(q.arguments.get("prompt", "")), **options)}


def _neighbours(q: Question) -> Result:
    """Tokens nearest to one in an Embedding. arguments: node, token, count, measure."""
    from netbuilder.explain.neighbours import neighbours

    options = q.pick("node", "token", "count", "measure")
    return plain(neighbours(q.model, q.project, **options))  # type: ignore[no-any-return]


def _export(q: Question) -> Result:
    """Write the model to a file. arguments: to, path."""
    from netbuilder.export import export

    to, path = q.arguments["to"], Path(q.arguments["path"])
    model = None if to == "code" else q.model
    record: Result | None = None
    if q.found is not None and q.found.run:
        try:
            record = {"run": q.found.run, **open_run(q.found.run).environment}
        except RunError:
            record = None
    return plain(export(to, q.project, model, path, record))  # type: ignore[no-any-return]


def _trial(q: Question) -> Result:
    """What torch makes of declarations. arguments: ``cases``, pairs of layer and specs."""
    from netbuilder.compiler.trial import attempt

    return {"trials": [attempt(layer, specs) for layer, specs in q.arguments["cases"]]}


def _baseline(q: Question) -> Result:
    """One row of the table of baselines. arguments: name, settings; ``network`` for the run.

    row: None where this model cannot do what is asked, or nothing has been trained.
    """
    from netbuilder.baselines import choose
    from netbuilder.baselines.compare import fitted, network
    from netbuilder.baselines.task import task_of

    name = str(q.arguments.get("name", ""))
    task = task_of(q.project)
    if name == "network":
        run = q.weights.run
        return {"row": network(task, run) if run is not None and run.checkpoint else None}
    (baseline,) = choose([name])
    if not baseline.target(task.classes):
        return {"row": None}
    return {"row": fitted(task, baseline, baseline.checked(q.arguments.get("settings", {})))}


def _sweep(q: Question) -> Result:
    """Losses at growing learning rates, of a fresh network. arguments: optimiser."""
    from netbuilder.training.rehearsal import sweep

    seed = q.project.training.seed
    return plain(q.weights.apart(lambda: sweep(q.project, q.arguments.get("optimiser")), seed))  # type: ignore[no-any-return]


def _one_batch(q: Question) -> Result:
    """Whether a fresh network learns one batch by heart."""
    from netbuilder.training.rehearsal import one_batch

    return plain(q.weights.apart(lambda: one_batch(q.project), q.project.training.seed))  # type: ignore[no-any-return]


def _race(q: Question) -> Result:
    """Paths of optimisers on a surface. arguments: surface, optimisers, start, steps, noise."""
    from netbuilder.playground.race import race

    options = q.pick("start", "steps", "noise", "seed")
    return {"racers": race(q.arguments["surface"], q.arguments["optimisers"], **options)}


ANSWERS: Mapping[str, Callable[[Question], Result]] = {
    "data": _data,
    "predict": _predict,
    "saliency": _saliency,
    "attention": _attention,
    "activations": _activations,
    "channels": _channels,
    "gradients": _gradients,
    "beginnings": _beginnings,
    "baseline": _baseline,
    "augmented": _augmented,
    "boundary": _boundary,
    "one_batch": _one_batch,
    "race": _race,
    "samples": _samples,
    "reconstruction": _reconstruction,
    "sweep": _sweep,
    "text": _text,
    "neighbours": _neighbours,
    "export": _export,
    "trial": _trial,
}
