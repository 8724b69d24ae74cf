"""The Python API: what the window does, in a few calls."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import netbuilder as nb
from netbuilder.compiler import CompileError
from netbuilder.graph import Project
from netbuilder.graph.atomic import FileError
from netbuilder.training.events import EpochDone, Finished, Started, Steps
from netbuilder.training.run import open_run


@pytest.fixture
def project() -> Project:
    net = nb.Network("small")
    data = net.xor(points=200)
    x = net.tanh(net.linear(data.point, out_features=8))
    logits = net.linear(x, out_features=2)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    return net.project(epochs=2, device="cpu")


def test_everything_promised_is_there() -> None:
    for name in nb.__all__:
        assert getattr(nb, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'warp'"):
        _ = nb.warp


def test_importing_it_loads_no_torch() -> None:
    script = (
        "import sys, netbuilder as nb\n"
        "project = nb.load(nb.examples()['digits_cnn'])\n"
        "assert 'class DigitsCnn' in nb.code(project)\n"
        "assert not nb.check(project).problems\n"
        "assert not {'torch', 'PySide6', 'sklearn'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_files(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "small.netbuilder"
    nb.save(project, path)
    assert nb.load(path) == project
    assert nb.load(str(path)) == project
    with pytest.raises(FileError, match="does not exist"):
        nb.load(tmp_path / "none.netbuilder")


def test_compile(project: Project) -> None:
    torch.manual_seed(0)
    model = nb.compile(project)
    torch.manual_seed(0)
    again = nb.compile(project)
    x = torch.randn(3, 2)
    assert torch.equal(model(x), again(x))
    assert not torch.equal(model(x), nb.compile(project)(x))
    assert nb.code(project) == model.source.text
    assert sum(p.numel() for p in model.parameters()) == nb.check(project).parameters
    with pytest.raises(CompileError, match="canvas is empty"):
        nb.compile(Project())


def test_a_compiled_model_is_an_ordinary_module(project: Project) -> None:
    """Trained by hand, saved and loaded, without anything of NetBuilder."""
    torch.manual_seed(0)
    model = nb.compile(project)
    x = torch.rand(256, 2) * 2 - 1
    y = (x[:, 0] * x[:, 1] < 0).long()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
    first = None
    for _ in range(150):
        optimiser.zero_grad()
        loss, _ = model.objective_main(point=x, label=y)
        loss.backward()
        optimiser.step()
        first = first or loss.item()
    assert loss.item() < 0.5 * first
    other = nb.compile(project)
    other.load_state_dict(model.state_dict())
    assert torch.equal(other(x), model(x))


def test_train_yields_events(project: Project, tmp_path: Path) -> None:
    events = list(nb.train(project, folder=tmp_path / "run"))
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert {type(e) for e in events} == {Started, Steps, EpochDone, Finished}
    assert sum(isinstance(e, EpochDone) for e in events) == 2
    run = open_run(tmp_path / "run")
    assert run.project() == project
    more = list(nb.train(project, resume=tmp_path / "run"))
    assert isinstance(more[-1], Finished)
    assert more[-1].test == events[-1].test


def test_leaving_the_loop_stops_the_run(project: Project, tmp_path: Path) -> None:
    for event in nb.train(project, folder=tmp_path / "run"):
        if isinstance(event, EpochDone):
            break
    assert open_run(tmp_path / "run").state == "stopped"


@pytest.mark.parametrize("loaded", [False, True])
def test_export(project: Project, tmp_path: Path, loaded: bool) -> None:
    """The same whether or not the package of that name has been imported before."""
    if loaded:
        importlib.import_module("netbuilder.export")
    model = nb.compile(project)
    report = nb.export("safetensors", project, model, tmp_path / "small.safetensors")
    assert report.kind == "safetensors"
    assert report.bytes == (tmp_path / "small.safetensors").stat().st_size
    with pytest.raises(ValueError, match="no export to pickle"):
        nb.export("pickle", project, model, tmp_path / "small.pkl")
