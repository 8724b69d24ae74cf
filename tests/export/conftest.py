"""Projects small enough to be exported in a moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netbuilder.graph import Block, Edge, Graph, Node, Project, Training


def graph(nodes: dict[str, dict[str, Any]], *wires: str) -> Graph:
    """Nodes by id, their kind the id without its number; wires as ``linear_1.y -> relu_1.x``."""
    made = [Node(i, p.pop("kind", i.rsplit("_", 1)[0]), p) for i, p in nodes.items()]
    ends = [w.replace(" -> ", ".").split(".") for w in wires]
    return Graph().add(*made).connect(*(Edge(*end) for end in ends))


@pytest.fixture
def wire() -> Callable[..., Graph]:
    """`graph`, for tests."""
    return graph


@pytest.fixture
def digits() -> Project:
    """Pictures: convolution, batch norm, dropout, a linear layer."""
    found = graph(
        {
            "digits_1": {},
            "conv2d_1": {"out_channels": 4, "padding": "same", "bias": False},
            "batch_norm_1": {},
            "relu_1": {},
            "flatten_1": {},
            "dropout_1": {"p": 0.2},
            "linear_1": {"out_features": 10},
            "output_1": {"name": "digit"},
            "cross_entropy_1": {},
            "accuracy_1": {},
        },
        "digits_1.image -> conv2d_1.x",
        "conv2d_1.y -> batch_norm_1.x",
        "batch_norm_1.y -> relu_1.x",
        "relu_1.y -> flatten_1.x",
        "flatten_1.y -> dropout_1.x",
        "dropout_1.y -> linear_1.x",
        "linear_1.y -> output_1.x",
        "linear_1.y -> cross_entropy_1.logits",
        "digits_1.label -> cross_entropy_1.label",
        "linear_1.y -> accuracy_1.logits",
        "digits_1.label -> accuracy_1.label",
    )
    return Project("digits small", found, training=Training(epochs=2, device="cpu"))


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    """A text of nine different characters."""
    path = tmp_path / "letters.txt"
    path.write_text("abcdefg \n" * 200)
    return path


@pytest.fixture
def letters(text_file: Path) -> Project:
    """Tokens: embedding, positions, two blocks of causal attention, LSTM."""
    inside = graph(
        {
            "input_1": {"name": "x"},
            "multihead_attention_1": {"num_heads": 2, "causal": True},
            "add_1": {},
            "output_1": {"name": "y"},
        },
        "input_1.y -> multihead_attention_1.query",
        "input_1.y -> add_1.x",
        "multihead_attention_1.y -> add_1.x",
        "add_1.y -> output_1.x",
    )
    found = graph(
        {
            "text_1": {"context": 12, "path": str(text_file)},
            "embedding_1": {"embedding_dim": 8},
            "positional_encoding_1": {},
            "attend_1": {"kind": "block:attend", "repeat": 2},
            "lstm_1": {"hidden_size": 8},
            "linear_1": {"out_features": 9},
            "output_1": {"name": "next"},
            "cross_entropy_1": {},
            "perplexity_1": {},
        },
        "text_1.tokens -> embedding_1.x",
        "embedding_1.y -> positional_encoding_1.x",
        "positional_encoding_1.y -> attend_1.x",
        "attend_1.y -> lstm_1.x",
        "lstm_1.y -> linear_1.x",
        "linear_1.y -> output_1.x",
        "linear_1.y -> cross_entropy_1.logits",
        "text_1.next -> cross_entropy_1.label",
        "linear_1.y -> perplexity_1.logits",
        "text_1.next -> perplexity_1.label",
    )
    blocks = {"attend": Block("attend", inside)}
    return Project("letters", found, blocks, Training(epochs=2, device="cpu"))
