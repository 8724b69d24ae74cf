"""Two processes end on the weights of one, with the same batches; a killed one goes on."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from netbuilder.building import Network
from netbuilder.graph import Optimiser, Project, Schedule
from netbuilder.graph.file import save
from netbuilder.training import checkpoint
from netbuilder.training.events import Failed
from netbuilder.training.loop import train
from netbuilder.training.run import Run

Making = Callable[..., Project]
Launching = Callable[..., "subprocess.Popen[str]"]

pytestmark = pytest.mark.slow

SPLIT = {"processes": {"strategy": "fsdp"}}

#: Trains every project there is; the second process dies once, in the midst of the last one.
EACH = """
import os, signal, sys
from pathlib import Path
import netbuilder as nb
from netbuilder.cli import main
from netbuilder.training import session
from netbuilder.training.run import Run
from netbuilder.training.together.team import Team

session._SHARE = float("inf")
*others, killed = sorted(Path(sys.argv[1]).glob("*.netbuilder"))
for file in others:
    folder = file.with_suffix("")
    # Whenever losses are reported, also within an epoch, which all processes must do together.
    session._EVERY_S = 0.0 if file.stem == "tied_split" else 1000.0
    if os.environ["TORCHELASTIC_RESTART_COUNT"] == "0":
        *_, last = nb.train(nb.load(file), folder=folder)
        assert type(last).__name__ == "Finished", last
    else:
        assert Run(folder).state == "finished"

obey = Team.obey
def dying(self, control, step):
    if step == 15 and self.place.rank and not self.place.restarts:
        os.kill(os.getpid(), signal.SIGKILL)
    obey(self, control, step)
Team.obey = dying
session._EVERY_S, session._AT_LEAST_S = 1000.0, 0.0  # after every epoch
sys.argv = ["netbuilder", "train", str(killed), "--folder", str(killed.with_suffix("")), "--json"]
main()
"""


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return dict(checkpoint.read(Run(folder).last).part("model"))


def furthest(a: Path, b: Path) -> float:
    """The largest difference between two runs' weights and buffers."""
    one, other = weights(a), weights(b)
    assert one.keys() == other.keys()
    return max(float((one[k].double() - other[k].double()).abs().max()) for k in one)


def train_whole(project: Project, folder: Path | None = None, resume: Path | None = None) -> None:
    """Train in this process, and expect that it went well."""
    *_, last = train(project, folder=folder, resume=resume)
    assert not isinstance(last, Failed), last


def longer(project: Project, epochs: int) -> Project:
    """The same for more epochs."""
    return replace(project, training=replace(project.training, epochs=epochs))


def normed() -> Project:
    """A small convolutional network with batch norm."""
    net = Network("normed")
    digits = net.digits()
    x = net.conv2d(digits.image, out_channels=4, kernel_size=3)
    x = net.relu(net.batch_norm(x))
    scores = net.linear(net.flatten(x), out_features=10)
    net.output(scores)
    net.cross_entropy(scores, digits.label)
    net.accuracy(scores, digits.label)
    # Adam would divide the gradient of a bias in front of the batch norm, which is rounding
    # and nothing else, by its own size.
    sgd = Optimiser(algorithm="sgd", settings={"lr": 0.05, "momentum": 0.9})
    return net.project(epochs=1, batch_size=256, device="cpu", optimisers=(sgd,))


def tied() -> Project:
    """A block twice, and scores read from the table of the embedding."""
    net = Network("tied")
    with net.block("residual") as inner:
        x = inner.input()
        y = inner.linear(inner.layer_norm(x), out_features=16)
        inner.output(inner.add(x, inner.tanh(y)))
    data = net.random_tokens(vocabulary=11, length=6, samples=90)
    words = net.embedding(data.tokens, embedding_dim=16)
    scores = net.tied_linear(net.residual(words, repeat=2), words.table)
    net.output(scores)
    net.cross_entropy(scores, data.next)
    net.perplexity(scores, data.next)
    return net.project(epochs=2, batch_size=16, device="cpu", settings=SPLIT)


def in_shares(project: Project) -> Project:
    """The same with weights in shares where there are several processes."""
    settings = {**project.training.settings, **SPLIT}
    return replace(project, training=replace(project.training, settings=settings))


def cases(classifier: Making, adversaries: Making) -> dict[str, Project]:
    every = {"lr": 0.1, "momentum": 0.9, "accumulate": 3, "clip": 0.5, "l1": 1e-3}
    busy = Optimiser(algorithm="sgd", settings=every, schedule=Schedule("cosine", {"warmup": 2}))
    newton_like = Optimiser(algorithm="lbfgs", settings={"lr": 0.1, "max_iter": 4})
    parts = {"ema": {"decay": 0.9}, "early_stopping": {"patience": 2}}
    found = {
        # 281 rows of training in batches of 40: the last has one row, and is left out.
        "busy": classifier(points=401, batch_size=40, epochs=3, optimisers=(busy,), settings=parts),
        # Batches of one row: the second process never has one of its own.
        "single": classifier(points=12, batch_size=1, epochs=1),
        "gan": adversaries(points=200, batch_size=30),
        "lbfgs": classifier(points=60, batch_size=64, epochs=2, optimisers=(newton_like,)),
        "normed": normed(),
    }
    split_too = {f"{name}_split": in_shares(found[name]) for name in ("busy", "single", "gan")}
    # 240 rows of training: ten steps an epoch.
    killed = classifier(points=400, batch_size=24, epochs=3)
    return found | split_too | {"tied_split": tied(), "zz_killed": killed}


def test_the_weights_are_those_of_one_process_also_after_a_kill(
    classifier: Making, adversaries: Making, tmp_path: Path, torchrun: Launching
) -> None:
    projects = cases(classifier, adversaries)
    for name, project in projects.items():
        save(project, tmp_path / f"{name}.netbuilder")
    begun = in_shares(classifier(points=200, epochs=1))
    train_whole(begun, tmp_path / "begun")
    save(longer(begun, 2), tmp_path / "begun.netbuilder")
    launched = torchrun(["--max-restarts", "1"], EACH, tmp_path)
    for name, project in projects.items():
        train_whole(project, tmp_path / "one" / name)
    train_whole(longer(begun, 3), tmp_path / "one" / "begun")
    out, said = launched.communicate(timeout=400)
    assert launched.returncode == 0, said
    for name in projects:
        both, one = Run(tmp_path / name), Run(tmp_path / "one" / name)
        assert furthest(both.folder, one.folder) <= 1e-5, name
        assert both.environment["processes"] == 2
        share = both.environment["parameters_held"] / one.environment["parameters"]
        assert share == pytest.approx(0.5, abs=0.1) if name.endswith("_split") else share == 1
        assert both.state == "finished"
        with both.record() as record, one.record() as other:
            for split in ("train", "validation", "test"):
                assert record.epochs(split).keys() == other.epochs(split).keys()
                for figure, points in record.epochs(split).items():
                    expected = other.epochs(split)[figure]
                    assert [e for e, _ in points] == [e for e, _ in expected]
                    assert [v for _, v in points] == pytest.approx(
                        [v for _, v in expected], abs=1e-4, rel=1e-5
                    )
    # Only the first process speaks, once each time; it goes on from the last checkpoint.
    first, second = (json.loads(line) for line in out.splitlines() if '"Started"' in line)
    assert (first["step"], second["step"]) == (0, 10)
    # Begun by one, gone on with by two with their weights in shares, and ended by one again.
    assert checkpoint.read(Run(tmp_path / "begun").last).values["epochs_done"] == 2
    train_whole(longer(begun, 3), resume=tmp_path / "begun")
    assert furthest(tmp_path / "begun", tmp_path / "one" / "begun") <= 1e-5
