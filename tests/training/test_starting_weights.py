"""Runs that begin with weights of a file instead of fresh ones."""

import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from netbuilder.compiler import generate
from netbuilder.compiler.build import build
from netbuilder.graph.file import load, save
from netbuilder.layers.paths import anchored, portable
from netbuilder.training.checkpoint import CheckpointError
from netbuilder.training.loop import train
from netbuilder.training.run import Run
from netbuilder.training.session import Session


def beginning(project, folder):
    """The weights before the first step."""
    session = Session(project, folder=folder)
    weights = {k: t.clone() for k, t in session.model.state_dict().items()}
    session.close()
    return weights


def with_weights(project, path):
    return replace(project, training=replace(project.training, weights=str(path)))


@pytest.fixture
def done(classifier, tmp_path):
    """A run of two epochs and the project that it trained."""
    project = classifier(epochs=2)
    for _ in train(project, folder=tmp_path / "first"):
        pass
    return project, Run(tmp_path / "first")


def test_a_run_begins_where_another_ended(done, tmp_path):
    project, run = done
    saved = load_file(run.last)
    own = beginning(with_weights(project, run.last), tmp_path / "second")
    assert own
    assert all(torch.equal(own[k], saved[f"model.{k}"]) for k in own)
    fresh = beginning(project, tmp_path / "third")
    assert not all(torch.equal(own[k], fresh[k]) for k in own)


def test_of_an_edited_network_the_untouched_layers_begin_with_them(classifier, done, tmp_path):
    _, run = done
    wider = classifier(width=5)
    own = beginning(with_weights(wider, run.last), tmp_path / "second")
    fresh = beginning(wider, tmp_path / "third")
    saved = load_file(run.last)
    fits = [k for k in own if saved[f"model.{k}"].shape == own[k].shape]
    assert 0 < len(fits) < len(own)
    assert all(torch.equal(own[k], saved[f"model.{k}"]) for k in fits)
    assert all(torch.equal(own[k], fresh[k]) for k in own.keys() - set(fits))


def test_weights_that_are_gone_or_of_another_network_are_one_sentence(classifier, tmp_path):
    project = classifier()
    with pytest.raises(CheckpointError, match="starting weights are missing"):
        Session(with_weights(project, tmp_path / "gone.safetensors"), folder=tmp_path / "a")
    save_file({"other": torch.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(CheckpointError, match=r"None of the starting weights in other\.safe"):
        Session(with_weights(project, tmp_path / "other.safetensors"), folder=tmp_path / "b")


def test_a_run_goes_on_though_its_starting_weights_are_gone(done, tmp_path):
    project, run = done
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes(run.last.read_bytes())
    begun = with_weights(project, copy)
    for _ in train(begun, folder=tmp_path / "second"):
        pass
    copy.unlink()
    longer = replace(begun, training=replace(begun.training, epochs=3))
    session = Session(longer, resume=tmp_path / "second")
    assert session.epochs_done == 2
    session.close()


def test_the_file_of_a_project_names_them_beside_itself(classifier, tmp_path):
    project = with_weights(classifier(), tmp_path / "start.safetensors")
    written = portable(project, tmp_path)
    assert written.training.weights == "start.safetensors"
    save(written, tmp_path / "a.netbuilder")
    read = load(tmp_path / "a.netbuilder").project
    assert read == written
    assert anchored(read, tmp_path) == project
    save(classifier(), tmp_path / "b.netbuilder")
    assert '"weights"' not in (tmp_path / "b.netbuilder").read_text()


@pytest.mark.parametrize("kind", ["checkpoint", "state dict"])
def test_the_script_begins_with_them_too(done, tmp_path, kind):
    from netbuilder.export.script import script

    project, run = done
    path = run.last
    if kind == "state dict":
        path = tmp_path / "plain.safetensors"
        save_file(build(generate(project)).state_dict(), path)
    text = script(with_weights(project, path), "train.py").text
    assert f"load_file({str(path)!r})" in text
    assert "from safetensors.torch import load_file, save_model" in text
    assert 'removeprefix("model.")' in text if kind == "checkpoint" else "removeprefix" not in text
    (tmp_path / "train.py").write_text(text)
    done_by = subprocess.run(
        [sys.executable, "train.py", "--epochs", "1", "--device", "cpu"],
        cwd=tmp_path, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done_by.returncode == 0, done_by.stderr
    assert "load_file" not in script(project, "train.py").text
