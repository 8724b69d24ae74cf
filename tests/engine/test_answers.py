"""Every question about a small model is answered plainly, or refused in one sentence."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from netbuilder.engine import answers
from netbuilder.engine.answers import ANSWERS, answer
from netbuilder.engine.messages import Answer, Ask
from netbuilder.engine.weights import Weights
from netbuilder.graph import Project
from netbuilder.layers.blocks import group, ungroup
from netbuilder.training import checkpoint
from netbuilder.training.control import Control
from netbuilder.training.events import EpochDone, Event, Started, Steps
from netbuilder.training.loop import train
from netbuilder.training.run import Run

Making = Callable[..., Project]


def ask(weights: Weights, project: Project, about: str, **arguments: Any) -> Answer:
    return answer(Ask(1, about, project, arguments), weights)


def result(weights: Weights, project: Project, about: str, **arguments: Any) -> dict[str, Any]:
    given = ask(weights, project, about, **arguments)
    assert given.error is None, given.error
    assert given.result is not None
    return dict(given.result)


def trained(weights: Weights, project: Project) -> Run:
    run = None
    for event in train(project):
        weights.follow(event)
        run = Run(Path(event.folder)) if isinstance(event, Started) else run
    assert run is not None
    return run


@pytest.mark.parametrize(
    ("about", "arguments", "keys"),
    [
        ("data", {"samples": 4}, {"rows", "fields", "samples", "node"}),
        ("predict", {"rows": [0, 5]}, {"outputs", "fields"}),
        ("saliency", {"sample": 3, "method": "integrated_gradients"}, {"map", "scores", "target"}),
        ("activations", {"rows": [0, 1, 2]}, {"nodes"}),
        ("gradients", {"rows": [0, 1, 2]}, {"norms"}),
        ("boundary", {"resolution": 8}, {"probabilities", "winner"}),
        ("attention", {}, {"maps"}),
    ],
)
def test_what_comes_back_needs_no_torch(
    classifier: Making, about: str, arguments: dict, keys: set
) -> None:
    found = result(Weights(), classifier(), about, **arguments)
    assert keys <= set(found)
    assert b"torch" not in pickle.dumps(found)
    if about != "data":
        assert found["weights"] == {"origin": "fresh", "run": "", "step": 0}


def test_a_prediction_is_that_of_the_trained_weights(classifier: Making) -> None:
    weights, project = Weights(), classifier(epochs=8)
    run = trained(weights, project)
    found = result(weights, project, "predict", rows=list(range(100)))
    assert found["weights"]["origin"] == "best"
    right = found["outputs"]["output"].argmax(1) == found["fields"]["label"]
    assert right.mean() > 0.9
    by_id = result(Weights(), project, "predict", rows=list(range(100)), run=run.id)
    np.testing.assert_array_equal(by_id["outputs"]["output"], found["outputs"]["output"])
    last = result(weights, project, "predict", run=run.id, which="last")
    assert last["weights"] == {"origin": "last", "run": run.id, "step": 24}
    part = result(weights, project, "predict", rows=[0], part="test")
    assert part["outputs"]["output"].shape == (1, 3)


def test_fresh_weights_are_those_a_run_begins_with(classifier: Making) -> None:
    project = classifier(seed=3)
    model = Weights().model(project).module
    events = train(project)
    started = next(events)
    events.close()
    assert isinstance(started, Started)
    first = checkpoint.read(Run(Path(started.folder)).last).part("model")
    assert all(torch.equal(t, first[k]) for k, t in model.state_dict().items())


def test_weights_survive_an_edit(classifier: Making) -> None:
    weights, project = Weights(), classifier()
    trained(weights, project)
    graph = project.graph
    edited = project.with_graph(graph.put(replace(graph["act"], kind="relu")))
    kept = weights.model(edited).module.state_dict()
    assert all(
        torch.equal(t, kept[k]) for k, t in weights.model(project).module.state_dict().items()
    )
    other = project.with_graph(graph.put(graph["head"].with_params(bias=False)))
    assert torch.equal(weights.model(other).module.hidden.weight, kept["hidden.weight"])


def test_weights_stay_with_their_layers_in_and_out_of_blocks(classifier: Making) -> None:
    weights, project = Weights(), classifier()
    run = trained(weights, project).id
    flat = weights.model(project).module.state_dict()
    grouped, unit = group(project, (), ["hidden", "act"], "Unit")
    deeper, inner = group(grouped, ("Unit",), ["hidden"], "Inner")
    back, _ = ungroup(deeper, (), unit)
    for changed, path in (
        (grouped, f"{unit}.hidden"),
        (deeper, f"{unit}.{inner}.hidden"),
        (back, f"{inner}.hidden"),
    ):
        for named in (None, run):  # as far as it fits, and of a run that has to fit
            found = weights.model(changed, named)
            kept = found.module.state_dict()
            assert found.origin != "fresh"
            assert kept.keys() == {k.replace("hidden", path) for k in flat}
            assert all(torch.equal(t, kept[k.replace("hidden", path)]) for k, t in flat.items())


class Running:
    """A run on a thread of its own, as in the engine, held at its first epoch's end."""

    def __init__(self, weights: Weights, project: Project) -> None:
        self.weights, self.project = weights, project
        self.control, self.events = Control(), list[Event]()
        self.going = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        torch.set_num_threads(1)
        with self.weights.training(self.control):
            for event in train(self.project, control=self.control):
                self.weights.follow(event)
                self.events.append(event)
                if isinstance(event, EpochDone):
                    self.going.set()

    def __enter__(self) -> Running:
        self.thread.start()
        assert self.going.wait(30)
        return self

    def __exit__(self, *exception: object) -> None:
        self.control.stop()
        self.thread.join(30)
        assert not self.thread.is_alive()


@pytest.fixture
def quiet() -> None:
    torch.set_num_threads(1)


def test_during_a_run_a_copy_answers_and_no_bit_of_the_run_changes(
    classifier: Making, quiet: None
) -> None:
    project = classifier(epochs=60)
    with Running(Weights(), project) as running:
        steps = []
        for about in ("predict", "saliency", "gradients", "activations", "boundary"):
            arguments = {"resolution": 8} if about == "boundary" else {}
            found = result(running.weights, project, about, **arguments)
            assert found["weights"]["origin"] == "training"
            steps.append(found["weights"]["step"])
        # Edits while it trains: a node moved aside, then another width.
        moved = project.with_graph(project.graph.move({"act": (1.0, 1.0)}))
        assert result(running.weights, moved, "predict")["weights"]["origin"] == "training"
        wider = classifier(width=9, epochs=60)
        assert ask(running.weights, wider, "predict").error is None
        running.thread.join()  # to the end of the run
    assert steps == sorted(steps)
    told = np.concatenate([e.losses["main"] for e in running.events if isinstance(e, Steps)])
    alone = [e for e in train(project) if isinstance(e, Steps)]
    assert told.tobytes() == np.concatenate([e.losses["main"] for e in alone]).tobytes()


def test_the_copy_follows_the_model_and_what_was_checked_is_kept(
    classifier: Making, quiet: None
) -> None:
    project = classifier(epochs=2_000)
    with Running(Weights(), project) as running:
        weights, models = running.weights, []
        for _ in range(2):
            running.control.pause()
            numbers = running.control.visit(
                lambda live: {n: t.clone() for n, t in live.model.state_dict().items()}
            ).result()
            models.append(weights.model(project))
            kept = models[-1].module.state_dict()
            assert all(torch.equal(kept[name], numbers[name]) for name in numbers)
            running.control.resume()
            time.sleep(0.1)
        assert models[0].step < models[1].step
        assert models[0].module is models[1].module  # no second copy of the modules
        first, second = (pickle.loads(pickle.dumps(project)) for _ in range(2))
        assert weights.same(first) is weights.same(second)
        other = classifier(width=9, epochs=2_000)
        assert weights.same(other) is other
    assert weights.same(first) is not weights.same(second)  # files may have changed


def test_export_writes_a_file(classifier: Making, tmp_path: Path) -> None:
    weights, project = Weights(), classifier()
    trained(weights, project)
    path = tmp_path / "model.safetensors"
    found = result(weights, project, "export", to="safetensors", path=str(path))
    assert path.exists()
    assert found["paths"] == (str(path),)


@pytest.mark.parametrize(
    ("about", "arguments", "part"),
    [
        ("wisdom", {}, "The engine does not know wisdom"),
        ("predict", {"sample": 300}, "rows 0 to 299, not 300"),
        ("predict", {"sample": -1}, "rows 0 to 299"),
        ("predict", {"part": "exam"}, "no exam split"),
        ("predict", {"run": "nowhere"}, "There is no run nowhere"),
        ("predict", {"which": "worst"}, "not worst"),
        ("saliency", {"method": "guess"}, "There is no method guess"),
        ("samples", {}, "This model makes nothing"),
        ("text", {"prompt": "a"}, "tokens"),
        ("data", {"node": "act"}, "There is no data set to look at"),
        ("export", {"to": "gold", "path": "x"}, "There is no export to gold"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(
    classifier: Making, about: str, arguments: dict, part: str
) -> None:
    given = ask(Weights(), classifier(), about, **arguments)
    assert given.result is None
    assert given.error is not None
    assert part in given.error
    assert "\n" not in given.error


def test_a_project_with_an_error_names_the_node(classifier: Making) -> None:
    project = classifier()
    broken = project.with_graph(project.graph.put(project.graph["head"].with_params(bias=3)))
    given = ask(Weights(), broken, "predict")
    assert given.node == "head"
    assert given.error


def test_nothing_that_goes_wrong_leaves_a_question_unanswered(
    classifier: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(project: Project) -> None:
        raise RuntimeError("something nobody foresaw\nand more")

    monkeypatch.setattr(answers, "check", odd)
    given = ask(Weights(), classifier(), "predict")
    assert given.error == "predict could not be computed: something nobody foresaw"


def test_every_question_says_what_it_answers() -> None:
    assert all(function.__doc__ for function in ANSWERS.values())
