"""Every example is what its maker builds, trains as it ships, and reaches what it should.

Each is trained once, with its own settings (seed 0), as a person does who presses Train. Where
the first epochs show it, only ``NETBUILDER_LONG=1`` goes on to the last.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import netbuilder as nb
from netbuilder import resources
from netbuilder.architectures import ARCHITECTURES
from netbuilder.data import Fields, Split, load, split
from netbuilder.explain.neighbours import neighbours
from netbuilder.graph import Optimiser, Project
from netbuilder.graph.file import dumps
from netbuilder.graph.order import ancestors
from netbuilder.layers import DataSet, declare
from netbuilder.training import checkpoint
from netbuilder.training.events import EpochDone, Finished
from netbuilder.training.run import open_run
from netbuilder.tuning import TrialEnded

FOLDER = Path(__file__).parents[1] / "examples"
NAMES = (
    "digits_cnn", "spirals_mlp", "diabetes_regression", "digits_lstm", "digits_vae", "digits_gan",
    "char_transformer", "perceptron_xor", "linear_classifiers", "ridge_regression",
    "deep_tanh_mlp", "digits_denoising", "shapes_segmentation", "digits_wgan", "reverse_seq2seq",
    "word2vec", "digits_augmented", "tones_listener", "digits_search", "classic_mistakes",
)  # fmt: skip
#: What an example is there to warn of.
MISTAKEN = {
    "classic_mistakes": {"batch_norm_1", "softmax_1", "sigmoid_1", "linear_1", "linear_2"},
}
#: Epochs that are enough to see whether it learns.
FIRST = {} if os.environ.get("NETBUILDER_LONG") else {"char_transformer": 1, "perceptron_xor": 8}
#: Made of the same layers as the others, or exported by tests of its own.
ALIKE = (
    "deep_tanh_mlp", "digits_augmented", "digits_denoising", "digits_search", "digits_wgan",
    "linear_classifiers", "perceptron_xor", "reverse_seq2seq", "ridge_regression", "spirals_mlp",
)  # fmt: skip
CORES, LONGEST_S = 2, 90.0
pytestmark = pytest.mark.timeout(600)
TOLERANCE = 1e-4


@cache
def maker() -> ModuleType:
    path = FOLDER / "make_examples.py"
    spec = importlib.util.spec_from_file_location("make_examples", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_these_are_all_examples() -> None:
    assert set(nb.examples()) == set(NAMES)
    assert {make.__name__ for make in maker().EXAMPLES} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_what_its_maker_builds(name: str) -> None:
    """``python examples/make_examples.py`` writes them anew."""
    made = getattr(maker(), name)()
    path = nb.examples()[name]
    assert nb.load(path) == made
    assert path.read_text("utf-8") == dumps(made)
    assert {p.node for p in nb.check(made).problems} == MISTAKEN.get(name, set())
    assert made.name == name
    assert made.notes.endswith(".")
    assert made.training.seed == 0


def test_each_classic_mistake_is_named_and_mended_by_a_click() -> None:
    project = nb.load(nb.examples()["classic_mistakes"])
    for left in range(5, 0, -1):
        problems = nb.check(project).problems
        assert [p.severity for p in problems] == ["warning"] * left
        project = problems[0].fixes[0].apply(project)
    assert nb.check(project).problems == ()
    kinds = {node.kind for node in project.graph}
    assert not kinds & {"softmax", "sigmoid"}
    assert project.training.batch_size > 1


@pytest.mark.slow
def test_the_example_of_a_search_can_be_searched_and_one_trial_lies_in_its_space() -> None:
    project = nb.load(nb.examples()["digits_search"])
    few = replace(project, training=replace(project.training, epochs=1))
    ended = [e for e in nb.tune(few, trials=1) if isinstance(e, TrialEnded)]
    (trial,) = ended
    assert trial.state == "complete", trial.message
    assert 0 < trial.value < 1  # type: ignore[operator]
    assert list(trial.values) == list(project.search.space)
    for name, found in project.search.space.items():
        value = trial.values[name]
        assert value in found.choices or found.low <= value <= found.high  # type: ignore[operator]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_published_network_is_what_its_function_builds(name: str) -> None:
    """It opens without a word, and the full size is in the file."""
    made = ARCHITECTURES[name]()
    path = resources.example(name)
    assert path in resources.published()
    assert path.read_text("utf-8") == dumps(made)
    opened = nb.load(path)
    found = nb.check(opened)
    assert found.problems == ()
    assert found.parameters == nb.check(made).parameters > 0
    assert opened.notes.endswith(".")


def test_these_are_all_published_networks() -> None:
    assert {path.stem for path in resources.published()} == set(ARCHITECTURES)


def test_skips_are_added_gated_and_put_side_by_side() -> None:
    """Residual, gated, dense and U-Net skips: what arrives beside what was computed from it."""

    def joins(name: str) -> set[str]:
        """Kinds of nodes at which a wire meets what came of it."""
        project = nb.load(resources.example(name))
        graphs = [project.graph, *(block.graph for block in project.blocks.values())]
        found = set()
        for graph in graphs:
            for node in graph:
                sources = [edge.source for edge in graph.incoming[node.id]]
                later = [s for s in sources if set(sources) & (ancestors(graph, {s}) - {s})]
                if later:
                    found.add(node.block or node.kind)
        return found

    assert "add" in joins("digits_cnn")
    assert {"multiply", "gate", "concat"} <= joins("shapes_segmentation")
    assert "concat" in joins("densenet121")
    assert "concat" in joins("unet") or "up" in joins("unet")


# --- trained once ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trained:
    """A finished run of an example, with the weights that the run recommends."""

    project: Project
    epochs: list[EpochDone]
    finished: Finished
    model: nn.Module
    cpu_s: float  # of the processor, all threads together


Training = Callable[[str], Trained]


def trained_in(folder: Path, project: Project) -> Trained:
    begin = time.process_time()
    events = list(nb.train(project, folder=folder))
    taken = time.process_time() - begin
    finished = events[-1]
    assert isinstance(finished, Finished), finished
    run = open_run(folder)
    assert run.checkpoint is not None
    model = nb.compile(project)
    checkpoint.load_model(model, checkpoint.read(run.checkpoint))
    epochs = [event for event in events if isinstance(event, EpochDone)]
    return Trained(project, epochs, finished, model.eval(), taken)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """`trained(name)`: the example, trained the first time it is asked for, and only then."""
    found: dict[str, Trained | Exception] = {}

    def train(name: str) -> Trained:
        if name not in found:
            try:
                folder = tmp_path_factory.mktemp(name) / "run"
                project = nb.load(nb.examples()[name])
                epochs = FIRST.get(name, project.training.epochs)
                training = replace(project.training, epochs=epochs)
                found[name] = trained_in(folder, replace(project, training=training))
            except Exception as error:
                found[name] = error
        outcome = found[name]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return train


def data_of(project: Project) -> tuple[Fields, Split]:
    """The arrays of the only data node, and which rows train, validate and test."""
    (layer,) = [declare(n) for n in project.graph if declare(n, project.blocks).role == "data"]
    assert isinstance(layer, DataSet)
    fields, t = load(layer), project.training
    return fields, split(fields, t.validation, t.test, t.seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_trains_in_time(trained: Training, name: str) -> None:
    """Under 90 seconds on two idle cores, told in processor time, which no neighbour makes longer.

    A busy machine slows down memory too, hence the half more.
    """
    found = trained(name)
    assert len(found.epochs) == found.project.training.epochs
    assert not found.finished.stopped
    share = len(found.epochs) / nb.load(nb.examples()[name]).training.epochs
    assert found.cpu_s < 1.5 * CORES * LONGEST_S * share


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("digits_cnn", 0.985),
        ("spirals_mlp", 0.99),
        ("digits_lstm", 0.95),
        ("digits_augmented", 0.97),
        ("tones_listener", 0.95),
        ("digits_search", 0.9),
    ],
)
def test_accuracy(trained: Training, name: str, least: float) -> None:
    assert trained(name).finished.test["accuracy"] >= least


@pytest.mark.slow
def test_diabetes_is_as_good_as_ridge_regression(trained: Training) -> None:
    from sklearn.linear_model import Ridge

    found = trained("diabetes_regression")
    fields, rows = data_of(found.project)
    x, y = fields["features"], fields["target"]
    ridge = Ridge().fit(x[rows["train"]], y[rows["train"]])
    theirs = ridge.score(x[rows["test"]], y[rows["test"]])
    assert found.finished.test["r2"] >= theirs - 0.02


@pytest.mark.slow
def test_diabetes_finds_the_closed_form(tmp_path: Path) -> None:
    """The whole training split in one batch, until nothing moves: least squares."""
    plain = nb.load(nb.examples()["diabetes_regression"])
    adjusted = replace(
        plain.training,
        batch_size=442,
        epochs=600,
        optimisers=(Optimiser("main", "sgd", {"lr": 0.1, "momentum": 0.9}),),
    )
    project = replace(plain, training=adjusted)
    folder = tmp_path / "run"
    assert isinstance(list(nb.train(project, folder=folder))[-1], Finished)
    model = nb.compile(project)
    checkpoint.load_model(model, checkpoint.read(open_run(folder).last))
    fields, rows = data_of(project)
    x = fields["features"][rows["train"]].astype(np.float64)
    y = fields["target"][rows["train"]].astype(np.float64)
    solved, *_ = np.linalg.lstsq(np.hstack([x, np.ones((len(x), 1))]), y, rcond=None)
    linear = model.get_submodule("linear_1")
    assert isinstance(linear, nn.Linear)
    ours = torch.cat([linear.weight[0], linear.bias]).detach().double().numpy()
    np.testing.assert_allclose(ours, solved[:, 0], rtol=0, atol=1e-3)


@pytest.mark.slow
def test_ridge_regression_is_that_of_its_closed_form(trained: Training) -> None:
    found = trained("ridge_regression")
    fields, rows = data_of(found.project)
    x, y = (fields[name][rows["train"]].astype(np.float64) for name in ("features", "target"))
    penalty = 0.1 * len(x) / 2
    closed = np.linalg.solve(x.T @ x + penalty * np.eye(10), x.T @ y)
    share = 1 - _squares(fields, rows["test"], closed)
    assert found.finished.test["r2"] == pytest.approx(share, abs=0.02)


def _squares(fields: Fields, rows: np.ndarray, weight: np.ndarray) -> float:
    """Squared mistakes of a linear model, as a share of the variation of the target."""
    x, y = fields["features"][rows], fields["target"][rows]
    return float(((x @ weight - y) ** 2).sum() / ((y - y.mean()) ** 2).sum())


@pytest.mark.slow
def test_a_perceptron_leaves_a_quarter_of_xor_wrong(trained: Training) -> None:
    epochs = trained("perceptron_xor").epochs
    assert max(epoch.validation["accuracy"] for epoch in epochs) <= 0.75


@pytest.mark.slow
def test_three_linear_models_tell_clouds_apart(trained: Training) -> None:
    found = trained("linear_classifiers").finished.test
    scores = {name: value for name, value in found.items() if "accuracy" in name}
    assert len(scores) == 3
    assert min(scores.values()) >= 0.97


@pytest.mark.slow
def test_the_vae_learns_to_draw_again(trained: Training) -> None:
    found = trained("digits_vae")
    assert found.epochs[-1].train["main"] < 0.6 * found.epochs[0].train["main"]
    assert {"mse_1", "gaussian_kl_1"} <= set(found.finished.test)


@pytest.mark.slow
def test_each_pixel_finds_its_class(trained: Training) -> None:
    """Of shapes on pictures that it has not seen; always *behind* would be right less often."""
    found = trained("shapes_segmentation")
    fields, rows = data_of(found.project)
    behind = float((fields["mask"][rows["test"]] == 0).mean())
    assert behind < 0.85
    assert found.finished.test["accuracy"] > 0.95


@pytest.mark.slow
def test_noise_is_taken_off_digits(trained: Training) -> None:
    """Noise of deviation 0.5 is a mean squared difference of 0.25."""
    assert trained("digits_denoising").finished.test["main"] < 0.25 / 5


@pytest.mark.slow
def test_weights_that_begin_too_small_learn_nothing(trained: Training, tmp_path: Path) -> None:
    found = trained("deep_tanh_mlp")
    assert found.finished.test["accuracy"] < 0.2
    graph = found.project.graph
    for node in list(graph):
        if "weight_init" in node.params:
            graph = graph.set_param(node.id, "weight_init", "xavier_uniform")
            graph = graph.set_param(node.id, "init_value", None)
    mended = trained_in(tmp_path / "run", replace(found.project, graph=graph))
    assert mended.finished.test["accuracy"] > 0.8


@pytest.mark.slow
@pytest.mark.parametrize(("name", "classes"), [("digits_gan", 9), ("digits_wgan", 8)])
def test_the_gan_draws_digits(trained: Training, name: str, classes: int) -> None:
    """What it draws is taken for digits, of nearly all classes, by the trained classifier."""
    judge, forger = trained("digits_cnn").model, trained(name).model
    torch.manual_seed(0)
    (noise,) = forger.source.inputs
    with torch.no_grad():
        drawn = forger(torch.randn(500, *(int(n) for n in noise.spec.shape[1:])))
        sure, digit = judge(drawn).softmax(1).max(1)
    seen = torch.unique(digit[sure > 0.8])
    assert len(seen) >= classes, seen


@pytest.mark.slow
def test_the_critic_of_the_wasserstein_gan_stays_flat(trained: Training) -> None:
    """Its slope is near 1, so that its loss is a distance, which becomes smaller."""
    epochs = trained("digits_wgan").epochs
    assert all(epoch.validation["penalty"] < 0.1 for epoch in epochs[5:])
    distance = [epoch.validation["real_up"] + epoch.validation["fake_down"] for epoch in epochs]
    assert 0 < -sum(distance[-5:]) < -0.7 * 5 * min(distance)


@pytest.mark.slow
def test_the_transformer_beats_counting_characters(trained: Training) -> None:
    found = trained("char_transformer")
    fields, rows = data_of(found.project)
    counts = np.bincount(fields["next"][rows["train"]].ravel(), minlength=fields["next"].max() + 1)
    share = (counts + 1) / (counts + 1).sum()
    unigram = float(np.exp(-np.log(share[fields["next"][rows["validation"]]]).mean()))
    assert unigram > 10
    perplexity = [epoch.validation["perplexity"] for epoch in found.epochs]
    assert perplexity[0] <= unigram / 4
    assert FIRST or perplexity[-1] <= unigram / 5


@pytest.mark.slow
def test_letters_are_said_backwards_without_a_teacher(trained: Training) -> None:
    """In evaluation the decoder hears only itself, so this is greedy free-running accuracy."""
    found = trained("reverse_seq2seq")
    assert found.finished.test["accuracy"] >= 0.95
    fields, rows = data_of(found.project)
    read, wanted, lengths = (fields[n][rows["test"]] for n in ("tokens", "target", "lengths"))
    nothing = torch.zeros(wanted.shape, dtype=torch.int64)
    with torch.no_grad():
        scores = found.model(torch.from_numpy(read), torch.from_numpy(lengths), nothing)
    said = scores.argmax(2).numpy()
    whole = ((said == wanted) | (wanted == 0)).all(1)
    assert whole.mean() >= 0.9


@pytest.mark.slow
def test_words_of_the_novel_find_their_likes(trained: Training) -> None:
    found = trained("word2vec")
    for word, like in (("he", "she"), ("mother", "father"), ("elizabeth", "jane")):
        near = neighbours(found.model, found.project, token=word, count=10)
        assert like in near.tokens, (word, near.tokens)


def ways() -> list[Any]:
    """Each example in each form; an export that takes seconds, once of those that are alike."""
    return [
        pytest.param(name, to, marks=[pytest.mark.long] if slow and name in ALIKE else [])
        for to, slow in (("code", False), ("safetensors", False), ("onnx", True), ("pt2", True))
        for name in NAMES
        if name not in MISTAKEN
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "to"), ways())
def test_it_can_be_taken_away(trained: Training, tmp_path: Path, name: str, to: str) -> None:
    found = trained(name)
    path = tmp_path / f"{name}.{to}"
    report = nb.export(to, found.project, found.model, path)
    assert path.exists()
    assert report.sentence.endswith(".")
    if to in ("onnx", "pt2"):
        assert set(report.differences) == {1, 2, 5}
        assert max(report.differences.values()) < TOLERANCE
    if to == "code":
        text = path.read_text("utf-8")
        assert "import netbuilder" not in text
        compile(text, str(path), "exec")
