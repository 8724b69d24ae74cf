"""Weights and bundles: what was written can be had back, damage is found."""

from __future__ import annotations

import json
import os
import zipfile

import pytest
import safetensors
import safetensors.torch
import torch

from netbuilder.compiler.build import build
from netbuilder.export import KINDS, SUFFIXES, ExportError, export
from netbuilder.export.bundle import read_bundle
from netbuilder.export.report import size_text
from netbuilder.graph.atomic import FileError


@pytest.fixture
def model(digits) -> torch.nn.Module:
    torch.manual_seed(4)
    return build(digits)


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return list(a) == list(b) and all(torch.equal(a[k], b[k]) for k in a)


def test_weights_come_back(digits, model, tmp_path):
    path = tmp_path / "model.safetensors"
    report = export("safetensors", digits, model, path)
    other = build(digits)
    safetensors.torch.load_model(other, path)
    assert same(dict(model.state_dict()), dict(other.state_dict()))
    with safetensors.safe_open(path, "pt") as file:
        assert file.metadata()["project"] == "digits small"
        assert file.metadata()["class"] == "DigitsSmall"
    assert report.bytes == path.stat().st_size
    assert report.paths == (path,)


def test_tied_weights_are_written_once(digits, tmp_path):
    tied = torch.nn.ModuleList([torch.nn.Linear(50, 50, bias=False) for _ in range(2)])
    tied[1].weight = tied[0].weight
    path = tmp_path / "tied.safetensors"
    assert export("safetensors", digits, tied, path).bytes < 1.5 * 50 * 50 * 4
    other = torch.nn.ModuleList([torch.nn.Linear(50, 50, bias=False) for _ in range(2)])
    other[1].weight = other[0].weight
    safetensors.torch.load_model(other, path)
    assert torch.equal(other[1].weight, tied[0].weight)


def test_a_bundle_comes_back(digits, model, tmp_path):
    path = tmp_path / "model.zip"
    record = {"seed": 0, "test": {"accuracy": 0.99}, "title": "größer"}
    export("bundle", digits, model, path, record)
    found = read_bundle(path)
    assert found.project == digits
    assert same(dict(model.state_dict()), {k: found.weights[k] for k in model.state_dict()})
    assert found.record == record
    first = path.read_bytes()
    export("bundle", digits, model, path, record)
    assert path.read_bytes() == first


def rewritten(path, change) -> None:
    """The same ZIP with some entries changed: `change` from name and bytes to bytes."""
    with zipfile.ZipFile(path) as archive:
        content = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            if data is not None:
                archive.writestr(name, data)


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda n, d: flipped(d) if "safetensors" in n else d, "model.safetensors is not what"),
        (lambda n, d: d + b" " if n == "run.json" else d, "run.json has"),
        (lambda n, d: None if n == "run.json" else d, "run.json is missing"),
        (lambda n, d: None if "manifest" in n else d, "no manifest"),
        (lambda n, d: d.replace(b'"version": 1', b'"version": 9'), "newer NetBuilder"),
        (lambda n, d: b"{" if "manifest" in n else d, "damaged"),
        (lambda n, d: b"[]" if "manifest" in n else d, "damaged"),
    ],
)
def test_damage_is_found(digits, model, tmp_path, change, says):
    path = tmp_path / "model.zip"
    export("bundle", digits, model, path)
    rewritten(path, change)
    with pytest.raises(ExportError, match=says):
        read_bundle(path)


def test_what_is_no_bundle(tmp_path):
    (tmp_path / "no.zip").write_bytes(b"hello")
    with pytest.raises(ExportError, match="no bundle"):
        read_bundle(tmp_path / "no.zip")
    with pytest.raises(ExportError, match="cannot be read"):
        read_bundle(tmp_path / "missing.zip")


def test_the_manifest_names_sizes_and_sums(digits, model, tmp_path):
    export("bundle", digits, model, tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for name, entry in manifest["files"].items():
            assert entry["bytes"] == len(archive.read(name))
            assert len(entry["sha256"]) == 64
    assert set(manifest["files"]) == {"project.netbuilder", "model.safetensors", "run.json"}


@pytest.mark.parametrize("to", ["safetensors", "bundle", "code"])
def test_a_folder_that_does_not_exist_is_one_sentence(digits, model, tmp_path, to):
    with pytest.raises(FileError, match=r"^[^\n]+\.$"):
        export(to, digits, model, tmp_path / "missing" / "model")


@pytest.mark.parametrize("to", ["safetensors", "bundle", "code"])
def test_a_write_protected_file_stays(digits, model, tmp_path, to, monkeypatch):
    path = tmp_path / "model"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everything
    with pytest.raises(FileError, match="write-protected"):
        export(to, digits, model, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_kinds(digits, model, tmp_path):
    assert set(SUFFIXES) == set(KINDS)
    with pytest.raises(ExportError, match="no export to tflite"):
        export("tflite", digits, model, tmp_path / "x")
    with pytest.raises(ExportError, match="train the network first"):
        export("onnx", digits, None, tmp_path / "x")


@pytest.mark.parametrize(
    ("size", "text"), [(940, "940 bytes"), (12_345, "12 kB"), (3_400_000, "3.4 MB")]
)
def test_sizes_read_well(size, text):
    assert size_text(size) == text
