"""Sequences of several lengths leave the program: what fills up counts for nothing there too."""

from __future__ import annotations

from pathlib import Path

import pytest

import netbuilder as nb
from netbuilder.building import Network
from netbuilder.graph import Project


def reader() -> Project:
    """Every kind that takes lengths, on rows of two tokens: steps are written out one by one.

    One starts from nothing, one from a state of another but without its cell, one from a vector
    for both of its directions.
    """
    net = Network("reader")
    data = net.random_tokens(vocabulary=5, length=2, classes=4)
    x, lengths = net.embedding(data.tokens, embedding_dim=3), data.label
    first = net.gru(x, lengths=lengths, hidden_size=2)
    cell = net.lstm(x, lengths=lengths, state=first.state, hidden_size=3, proj_size=2)
    both = net.rnn(x, lengths=lengths, state=first.last, hidden_size=2, bidirectional=True)
    pooled = [
        net.last_step(cell, lengths=lengths),
        net.mean_pool(first, lengths=lengths),
        net.attention_pooling(both, lengths=lengths),
        both.last,
        net.flatten(cell.cell),
    ]
    for i, value in enumerate(pooled):
        net.output(value, name=f"of_{i}")
    net.cross_entropy(net.linear(net.concat(*pooled), out_features=5), data.label)
    return net.project()


@pytest.mark.slow
@pytest.mark.parametrize("to", ["onnx", "pt2"])
def test_lengths_are_written_with_the_rest(to: str, tmp_path: Path) -> None:
    project = reader()
    report = nb.export(to, project, nb.compile(project), tmp_path / f"reader.{to}")
    assert max(report.differences.values()) < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("to", ["onnx", "pt2"])
def test_a_kernel_as_long_as_the_sequence_keeps_its_length(to: str, tmp_path: Path) -> None:
    net = Network("whole")
    data = net.random_tokens(vocabulary=5, length=4, classes=4)
    x = net.transpose(net.embedding(data.tokens, embedding_dim=3))
    y = net.flatten(net.conv1d(x, out_channels=2, kernel_size=(4,), padding="valid"))
    net.output(y, name="y")
    net.cross_entropy(net.linear(y, out_features=4), data.label)
    project = net.project()
    report = nb.export(to, project, nb.compile(project), tmp_path / f"whole.{to}")
    assert max(report.differences.values()) < 1e-4
    assert (
        "sequences of 4 steps only" in report.sentence or "trained length only" in report.sentence
    )
