"""What a file of weights says of itself, read without torch."""

import json
import subprocess
import sys

import pytest
import torch
from safetensors.torch import save_file

from netbuilder import resources
from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build
from netbuilder.graph.file import load
from netbuilder.training import checkpoint
from netbuilder.training.header import HeaderError, read_header, weight_shapes


@pytest.mark.parametrize("name", [path.stem for path in resources.examples()])
def test_the_names_and_shapes_of_a_network_are_those_of_its_parameters(name):
    project = load(resources.example(name)).project
    with torch.device("meta"):
        model = build(generate(project))
    parameters = {n: tuple(p.shape) for n, p in model.named_parameters()}
    assert weight_shapes(check(project)) == parameters


def test_a_state_dict_and_a_checkpoint_have_the_same_weights(classifier, tmp_path):
    project = classifier()
    model = build(generate(project))
    save_file(model.state_dict(), tmp_path / "weights.safetensors")
    parts = checkpoint.of_model(model), checkpoint.of_random(torch.device("cpu"))
    checkpoint.write(tmp_path / "last.safetensors", checkpoint.taken({"step": 3}, *parts))
    plain = read_header(tmp_path / "weights.safetensors")
    saved = read_header(tmp_path / "last.safetensors")
    assert plain.weights == saved.weights
    assert (plain.prefix, saved.prefix) == ("", "model.")
    count = len(model.state_dict())
    assert plain.fitting(check(project)) == (count, count)
    fits, wanted = plain.fitting(check(classifier(width=5)))
    assert 0 < fits < wanted


def broken(text: bytes, body: bytes = b"") -> bytes:
    return len(text).to_bytes(8, "little") + text + body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 a zip archive",
        (2**60).to_bytes(8, "little") + b"{}",
        broken(b"not json"),
        broken(b"[1, 2]"),
        broken(b"{}"),
        broken(b"[" * 100_000),
        broken(json.dumps({"a": {"dtype": "F32", "shape": [2]}}).encode()),
        broken(json.dumps({"a": {"shape": [-1], "data_offsets": [0, 4]}}).encode(), b"1234"),
        broken(json.dumps({"a": {"shape": [2], "data_offsets": [0, 8]}}).encode(), b"1234"),
        broken(json.dumps({"a": {"shape": "x", "data_offsets": [0, 8]}}).encode(), b"12345678"),
        broken(json.dumps({"__metadata__": 5, "a": 3}).encode()),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, data):
    path = tmp_path / "odd.safetensors"
    path.write_bytes(data)
    with pytest.raises(HeaderError) as caught:
        read_header(path)
    assert str(caught.value).startswith("odd.safetensors cannot be used: ")
    assert str(caught.value).endswith(".")


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(HeaderError, match=r"gone\.safetensors"):
        read_header(tmp_path / "gone.safetensors")
    with pytest.raises(HeaderError):
        read_header(tmp_path)


def test_it_needs_no_torch():
    program = "import sys, netbuilder.training.header; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
