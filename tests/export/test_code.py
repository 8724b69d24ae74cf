"""Scripts that train without this program, against training by this program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import safetensors.torch
import torch

from netbuilder.data import divided, load, split
from netbuilder.export import export
from netbuilder.export.script import script
from netbuilder.export.specialised import NotPlain, Specialised
from netbuilder.graph import Graph, Optimiser, Project, Schedule, Training, WeightGroup
from netbuilder.layers import REGISTRY
from netbuilder.training.checkpoint import read
from netbuilder.training.events import EpochDone, Finished
from netbuilder.training.loop import train
from netbuilder.training.run import open_run

Wire = Callable[..., Graph]
CPU = Training(epochs=2, device="cpu")


def regression(folder: Path, wire: Wire) -> Project:
    """A table of one's own, no test part, clipped momentum."""
    random = np.random.default_rng(3)
    rows = "\n".join(f"{a:.4f};{b:.4f};{a - 2 * b:.4f}" for a, b in random.normal(size=(97, 2)))
    (folder / "own.csv").write_text(f"a;b;y\n{rows}\n")
    graph = wire(
        {
            "csv_1": {"path": str(folder / "own.csv"), "task": "number"},
            "linear_1": {"out_features": 1},
            "output_1": {},
            "l1_1": {"weight": 0.5},
            "mse_1": {},
            "r2_1": {},
            "mae_1": {},
            "rmse_1": {},
        },
        "csv_1.features -> linear_1.x",
        "linear_1.y -> output_1.x",
        *(f"linear_1.y -> {n}.prediction" for n in ("l1_1", "mse_1", "r2_1", "mae_1", "rmse_1")),
        *(f"csv_1.target -> {n}.target" for n in ("l1_1", "mse_1", "r2_1", "mae_1", "rmse_1")),
    )
    settings = {"lr": 0.05, "momentum": 0.9, "nesterov": True, "clip": 0.5}
    optimisers = (Optimiser("main", "sgd", settings),)
    training = replace(CPU, batch_size=16, test=0.0, seed=5, optimisers=optimisers)
    return Project("regression", graph, training=training)


def adversaries(folder: Path, wire: Wire) -> Project:
    """Two optimisers over their own weights, a shared critic, noise of two kinds."""
    graph = wire(
        {
            "digits_1": {},
            "noise_1": {"size": (6,)},
            "make_1": {"kind": "linear", "out_features": 64},
            "sigmoid_1": {},
            "reshape_1": {"sizes": (1, 8, 8)},
            "output_1": {"name": "image"},
            "detach_1": {},
            "real_1": {"kind": "flatten"},
            "fake_1": {"kind": "flatten"},
            "again_1": {"kind": "flatten"},
            "judge_1": {"kind": "linear", "out_features": 1},
            "judge_2": {"kind": "linear", "out_features": 1},
            "judge_3": {"kind": "linear", "out_features": 1},
            "gaussian_kl_1": {"weight": 0.01},
            "mse_1": {},
            "mse_2": {"weight": 0.5},
        },
        "noise_1.y -> make_1.x",
        "make_1.y -> sigmoid_1.x",
        "sigmoid_1.y -> reshape_1.x",
        "reshape_1.y -> output_1.x",
        "reshape_1.y -> detach_1.x",
        "digits_1.image -> real_1.x",
        "detach_1.y -> fake_1.x",
        "reshape_1.y -> again_1.x",
        "real_1.y -> judge_1.x",
        "fake_1.y -> judge_2.x",
        "again_1.y -> judge_3.x",
        "judge_1.y -> mse_1.prediction",
        "judge_2.y -> mse_1.target",
        "judge_3.y -> mse_2.prediction",
        "judge_1.y -> mse_2.target",
        "make_1.y -> gaussian_kl_1.mu",
        "make_1.y -> gaussian_kl_1.log_variance",
    )
    for judge in ("judge_2", "judge_3"):
        graph = graph.put(replace(graph[judge], share="judge_1"))
    optimisers = (
        Optimiser("Critic", "rmsprop", {"lr": 1e-3}, ("mse_1",), ("judge_1",), steps=2),
        Optimiser("maker", "adamw", {"lr": 1e-3}, ("mse_2", "gaussian_kl_1"), ("make_1",), every=2),
    )
    return Project("adversaries", graph, training=replace(CPU, optimisers=optimisers))


def two_sources(folder: Path, wire: Wire) -> Project:
    """Two data sets of different length; the smaller one starts over."""
    graph = wire(
        {
            "spirals_1": {"points": 150, "turns": 0.5},
            "moons_1": {"points": 61},
            "linear_1": {"out_features": 2},
            "linear_2": {"out_features": 2},
            "output_1": {},
            "cross_entropy_1": {},
            "cross_entropy_2": {},
            "accuracy_1": {},
            "accuracy_2": {},
        },
        "spirals_1.point -> linear_1.x",
        "linear_1.y -> output_1.x",
        "linear_1.y -> cross_entropy_1.logits",
        "spirals_1.label -> cross_entropy_1.label",
        "linear_1.y -> accuracy_1.logits",
        "spirals_1.label -> accuracy_1.label",
        "moons_1.point -> linear_2.x",
        "linear_2.y -> cross_entropy_2.logits",
        "moons_1.label -> cross_entropy_2.label",
        "linear_2.y -> accuracy_2.logits",
        "moons_1.label -> accuracy_2.label",
    )
    return Project("two sources", graph, training=replace(CPU, batch_size=29))


def moons(optimiser: Optimiser, width: int = 6, **training: object) -> Callable[..., Project]:
    """Two moons by a network of one hidden layer, trained in this way."""

    def make(folder: Path, wire: Wire) -> Project:
        graph = wire(
            {
                "moons_1": {"points": 120},
                "linear_1": {"out_features": width},
                "tanh_1": {},
                "linear_2": {"out_features": 2},
                "output_1": {},
                "cross_entropy_1": {},
                "accuracy_1": {},
            },
            "moons_1.point -> linear_1.x",
            "linear_1.y -> tanh_1.x",
            "tanh_1.y -> linear_2.x",
            "linear_2.y -> output_1.x",
            "linear_2.y -> cross_entropy_1.logits",
            "moons_1.label -> cross_entropy_1.label",
            "linear_2.y -> accuracy_1.logits",
            "moons_1.label -> accuracy_1.label",
        )
        values = {"epochs": 4, "batch_size": 20, "optimisers": (optimiser,), **training}
        return Project("moons", graph, training=replace(CPU, **values))

    return make


#: What optimisers, schedules and the parts of training can be told, in few runs.
SETTINGS = {
    "one_cycle": moons(
        Optimiser(
            "main",
            "sgd",
            {"lr": 0.3, "momentum": 0.9, "weight_decay": 0.01, "decoupled": True, "l1": 1e-3,
             "decay_biases": False, "clip_value": 0.2, "clip": 0.5, "accumulate": 3},
            schedule=Schedule("one_cycle", {"warmup": 5}),
            groups=(WeightGroup(("linear_1",), {"rate": 0.3}),),
        ),
        epochs=30,
        settings={"ema": {"decay": 0.8}, "early_stopping": {"metric": "accuracy", "patience": 2}},
    ),
    "muon": moons(
        Optimiser(
            "main", "muon", {"lr": 0.02},
            schedule=Schedule("cosine", {"warmup": 1, "warmup_unit": "epochs", "eta_min": 1e-3}),
        ),
        settings={"mixup": {"alpha": 0.5}},
    ),
    "frozen": moons(
        Optimiser(
            "main", "adamw", {"lr": 0.02, "decay_biases": False},
            schedule=Schedule("step", {"step_size": 1, "gamma": 0.5, "warmup": 4}),
            groups=(WeightGroup(("linear_1",), {"frozen": True}),),
        ),
        settings={"early_stopping": {"patience": 2, "min_delta": 0.001}},
    ),
    "lbfgs": moons(
        Optimiser(
            "main", "lbfgs", {"lr": 0.5, "max_iter": 5, "l1": 1e-3, "accumulate": 2},
            schedule=Schedule("plateau", {"patience": 0, "threshold": 0.3}),
        ),
        batch_size=40,
    ),
    "newton": moons(
        Optimiser(
            "main", "newton", {"lr": 0.5, "damping": 1.0, "weight_decay": 0.01},
            schedule=Schedule("inverse_time", {"decay": 0.3}),
        ),
    ),
}  # fmt: skip

CASES = ("digits", "fast", "letters", "regression", "adversaries", "two_sources", *SETTINGS)

#: Runs scripts in turn, each in its folder, where importing netbuilder fails.
_RUN = """
import os, runpy, sys
sys.modules["netbuilder"] = None
for path in sys.argv[1:]:
    os.chdir(os.path.dirname(path))
    print("==", path)
    sys.argv = [path]
    runpy.run_path(path, run_name="__main__")
"""


@pytest.fixture
def projects(digits, letters, tmp_path, request) -> dict[str, Project]:
    wire = request.getfixturevalue("wire")
    made = {f.__name__: f(tmp_path, wire) for f in (regression, adversaries, two_sources)}
    made |= {name: make(tmp_path, wire) for name, make in SETTINGS.items()}
    fast = {"speed": {"layout": "channels_last", "precision": "bfloat16", "compile": "off"}}
    made["fast"] = replace(digits, training=replace(digits.training, settings=fast))
    return {"digits": digits, "letters": letters, **made}


@pytest.mark.slow
def test_scripts_reach_the_same_numbers(projects, tmp_path):
    paths = {}
    for name in CASES:
        folder = tmp_path / f"{name}_script"
        folder.mkdir()
        paths[name] = folder / f"{name}.py"
        report = export("code", projects[name], None, paths[name])
        assert set(report.paths) == set(folder.iterdir())
        assert report.bytes == sum(path.stat().st_size for path in report.paths)
    # Neither this program nor the person's own files are there any more.
    for own in ("own.csv", "letters.txt"):
        (tmp_path / own).rename(tmp_path / f"away_{own}")
    environment = {**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())}
    command = [sys.executable, "-I", "-W", "error", "-c", _RUN, *map(str, paths.values())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr
    printed = done.stdout.split("== ")[1:]
    for own in ("own.csv", "letters.txt"):
        (tmp_path / f"away_{own}").rename(tmp_path / own)
    for name, text in zip(CASES, printed, strict=True):
        events = list(train(projects[name], folder=tmp_path / f"{name}_run"))
        finished = events[-1]
        assert isinstance(finished, Finished), (name, finished)
        said = numbers(text)
        epochs = [e for e in events if isinstance(e, EpochDone)]
        expected = [
            {**e.train, **{f"validation {k}": v for k, v in e.validation.items()}} for e in epochs
        ]
        for found, wanted in zip(said.epochs, expected, strict=True):
            assert found == pytest.approx(wanted, rel=2e-5), name
        assert said.test == pytest.approx(dict(finished.test), rel=2e-5), name
        kept = open_run(tmp_path / f"{name}_run").checkpoint
        assert kept is not None
        best = read(kept).part("model")
        weights = safetensors.torch.load_file(paths[name].parent / "model.safetensors")
        assert weights.keys() == best.keys(), name
        assert all(torch.equal(weights[k], best[k]) for k in best), name


def numbers(text: str) -> SimpleNamespace:
    """What a script printed: figures of each epoch, and of the test."""

    def pairs(words: str) -> dict[str, float]:
        parts = [part.rsplit(" ", 1) for part in words.strip().split("  ") if part.strip()]
        return {name.strip(): float(value) for name, value in parts}

    epochs, test = [], {}
    for line in text.splitlines():
        if line.startswith("epoch"):
            _, train_part, *rest = line.replace("validation:", "train:").split("train:")
            found = pairs(train_part)
            for words in rest:
                found |= {f"validation {k}": v for k, v in pairs(words).items()}
            epochs.append(found)
        elif line.startswith("test"):
            test = pairs(line.removeprefix("test"))
    return SimpleNamespace(epochs=epochs, test=test)


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("digits", {}),
        ("iris", {}),
        ("breast_cancer", {}),
        ("diabetes", {"standardise": False}),
        ("diabetes", {}),
        ("spirals", {"points": 90, "arms": 3}),
        ("moons", {"noise": 0.3}),
        ("circles", {}),
        ("blobs", {"clouds": 4}),
        ("xor", {"seed": 8}),
    ],
)
def test_a_specialised_loader_reads_the_same_data(kind, params):
    layer = REGISTRY[kind].from_params(params)
    made = Specialised(layer)
    text = "\n\n\n".join([*sorted(made.imports), *made.functions.values()])
    assert "layer" not in text
    assert "netbuilder" not in text
    names: dict[str, object] = {"__name__": "script"}
    exec(text, names)
    found, expected = names[made.name](), load(layer).arrays
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_a_loader_that_needs_its_declaration_is_refused():
    with pytest.raises(NotPlain):
        Specialised(REGISTRY["text"]())


@pytest.mark.parametrize("validation", [0.2, 0.0, 0.001])
def test_the_split_is_the_same(digits, letters, validation):
    for project in (digits, letters):
        project = replace(
            project, training=replace(project.training, validation=validation, seed=7)
        )
        text = script(project).text.rpartition("if __name__")[0]
        names: dict[str, object] = {"__name__": "script", "__file__": "train.py"}
        exec(text, names)
        (node,) = [n for n in project.graph if n.kind in ("digits", "text")]
        fields = load(REGISTRY[node.kind].from_params(node.params))
        expected = split(fields, validation, 0.2, 7)
        counts = {part: len(rows) for part, rows in expected.items()}
        if fields.overlap is None:
            found = names["split"](len(fields), counts, fields[fields.label])
        else:
            found = names["split_by_place"](counts, fields.overlap)
        assert list(found) == list(expected)
        for part, rows in expected.items():
            np.testing.assert_array_equal(found[part].numpy(), rows)


def test_words_are_read_by_the_script_as_here(letters, text_file, tmp_path):
    text_file.write_text("\ufeff“Don’t!” said the cat,\nthe _dog_ and I.\n \n" * 20, "utf-8")
    graph, changes = letters.graph, {"unit": "words", "vocabulary": 9, "stride": 5}
    for name, value in changes.items():
        graph = graph.set_param("text_1", name, value)
    made = script(letters.with_graph(graph))
    names: dict[str, object] = {"__name__": "script", "__file__": str(tmp_path / "train.py")}
    for beside, content in made.files.items():
        (tmp_path / beside).write_bytes(content)
    exec(made.text.rpartition("if __name__")[0], names)
    read, fields = (
        names["read_text_1"](),
        load(REGISTRY["text"].from_params(graph["text_1"].params)),
    )
    assert fields["tokens"].min() == 0  # some are unknown
    assert fields["tokens"].max() == 8
    for field in ("tokens", "next"):
        np.testing.assert_array_equal(read[field], fields[field])
    assert max(map(len, made.text.partition("# --- data")[2].splitlines())) <= 100


def test_a_split_that_cannot_be_drawn_anew_lies_beside_the_script(digits, tmp_path):
    training = replace(digits.training, split="group", split_by="label", folds=4, fold=2)
    project = replace(digits, training=training)
    made = script(project)
    (beside,) = made.files
    (tmp_path / beside).write_bytes(made.files[beside])
    names = {"__name__": "script", "__file__": str(tmp_path / "train.py")}
    exec(made.text.rpartition("if __name__")[0], names)
    (node,) = [n for n in project.graph if n.kind == "digits"]
    expected = divided(load(REGISTRY[node.kind]()), training)
    found = names["split_of"](beside)
    assert list(found) == list(expected) == ["train", "validation"]
    for part, rows in expected.items():
        np.testing.assert_array_equal(found[part].numpy(), rows)
    assert f'rows = split_of("{beside}")' in made.text


def test_a_script_computes_as_its_project_says(digits):
    def text(**settings: str) -> str:
        training = replace(digits.training, settings={"speed": settings})
        return script(replace(digits, training=training)).text

    plain = text()
    assert not any(word in plain for word in ("channels_last", "autocast", "torch.compile"))
    assert "model.to(memory_format=torch.channels_last)" in text(layout="channels_last")
    assert "torch.autocast" in text(precision="bfloat16")
    assert " = compiled(model." in text(compile="on")
    assert text(layout="contiguous", precision="float32", compile="off") == plain


def test_a_script_is_tidy(digits, letters):
    for project in (digits, letters):
        text = script(project).text
        assert "netbuilder." not in text
        ours = text.partition("# --- data")[2]
        assert max(map(len, ours.splitlines())) <= 100
        for line in text.splitlines():
            assert line == line.rstrip()
    assert "import math" in script(digits).text
    assert "sklearn" not in script(letters).text
    assert set(script(letters).files) == {"train_letters.txt"}
