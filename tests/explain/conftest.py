"""Models written by hand, with the few facts that the compiler's source would state."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from netbuilder.graph import Block, Edge, Graph, Node, Project
from netbuilder.layers import B, TensorSpec

Stating = Callable[..., nn.Module]


@pytest.fixture
def stating() -> Stating:
    """Give a hand-written module a source: inputs by name (shape, dtype), one output."""

    def give(model: nn.Module, **inputs: tuple[tuple[int, ...], str]) -> nn.Module:
        places = [
            SimpleNamespace(name=n, node="data_1", port=n, spec=TensorSpec((B, *shape), dtype))
            for n, (shape, dtype) in inputs.items()
        ]
        model.source = SimpleNamespace(  # type: ignore[assignment]
            inputs=tuple(places), fields=tuple(places), outputs=(("scores", "output_1"),)
        )
        return model

    return give


class Mixed(nn.Module):
    """Convolution, batch norm, dropout and a linear read-out over 1×8×8 pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.conv2d_1 = nn.Conv2d(1, 4, 3, padding=1)
        self.norm_1 = nn.BatchNorm2d(4)
        self.dropout_1 = nn.Dropout(0.5)
        self.linear_1 = nn.Linear(4 * 8 * 8, 3)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = torch.tanh(self.norm_1(self.conv2d_1(image)))
        return self.linear_1(self.dropout_1(x).flatten(1))


@pytest.fixture
def pictures(stating: Stating) -> nn.Module:
    """A small model of pictures, as training left it: in training mode, with gradients."""
    torch.manual_seed(0)
    model = stating(Mixed(), image=((1, 8, 8), "float32"))
    model(torch.randn(16, 1, 8, 8)).sum().backward()
    return model


@pytest.fixture
def wired() -> Callable[..., Project]:
    """A project from kinds with their parameters and wires such as ``linear_1.y -> relu_1.x``."""

    def wire(
        nodes: dict[str, dict[str, Any]], *wires: str, blocks: tuple[Block, ...] = ()
    ) -> Project:
        return Project("tried", graph(nodes, *wires), {block.name: block for block in blocks})

    return wire


def graph(nodes: dict[str, dict[str, Any]], *wires: str) -> Graph:
    made = [Node(i, p.pop("kind", i.rsplit("_", 1)[0]), p) for i, p in nodes.items()]
    ends = [w.replace(" -> ", ".").split(".") for w in wires]
    return Graph().add(*made).connect(*(Edge(*end) for end in ends))


@pytest.fixture
def digits(wired) -> Project:
    """Digits through convolution, batch norm and a linear layer, with a loss."""
    return wired(
        {
            "digits_1": {},
            "conv2d_1": {"out_channels": 4, "padding": "same"},
            "batch_norm_1": {},
            "relu_1": {},
            "flatten_1": {},
            "linear_1": {"out_features": 10},
            "output_1": {"name": "digit"},
            "cross_entropy_1": {"weight": 2.0},
        },
        "digits_1.image -> conv2d_1.x",
        "conv2d_1.y -> batch_norm_1.x",
        "batch_norm_1.y -> relu_1.x",
        "relu_1.y -> flatten_1.x",
        "flatten_1.y -> linear_1.x",
        "linear_1.y -> output_1.x",
        "linear_1.y -> cross_entropy_1.logits",
        "digits_1.label -> cross_entropy_1.label",
    )


@pytest.fixture
def letters(wired, tmp_path) -> Project:
    """A language model of characters: a causal attention block, twice."""
    file = tmp_path / "text.txt"
    file.write_text("abcdefg \n" * 40)
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
    return wired(
        {
            "text_1": {"context": 12, "path": str(file)},
            "embedding_1": {"embedding_dim": 8},
            "positional_encoding_1": {},
            "attend_1": {"kind": "block:attend", "repeat": 2},
            "linear_1": {"out_features": 9},
            "output_1": {"name": "next"},
            "cross_entropy_1": {},
        },
        "text_1.tokens -> embedding_1.x",
        "embedding_1.y -> positional_encoding_1.x",
        "positional_encoding_1.y -> attend_1.x",
        "attend_1.y -> linear_1.x",
        "linear_1.y -> output_1.x",
        "linear_1.y -> cross_entropy_1.logits",
        "text_1.next -> cross_entropy_1.label",
        blocks=(Block("attend", inside),),
    )


@pytest.fixture
def variational(wired) -> Project:
    """A variational autoencoder of digits; 3 latent numbers."""
    return wired(
        {
            "digits_1": {},
            "flatten_1": {},
            "encode_1": {"kind": "linear", "out_features": 8},
            "tanh_1": {},
            "mu_1": {"kind": "linear", "out_features": 3},
            "spread_1": {"kind": "linear", "out_features": 3},
            "reparameterise_1": {},
            "decode_1": {"kind": "linear", "out_features": 64},
            "sigmoid_1": {},
            "reshape_1": {"sizes": (1, 8, 8)},
            "output_1": {"name": "image"},
            "mse_1": {},
            "gaussian_kl_1": {"weight": 0.1},
        },
        "digits_1.image -> flatten_1.x",
        "flatten_1.y -> encode_1.x",
        "encode_1.y -> tanh_1.x",
        "tanh_1.y -> mu_1.x",
        "tanh_1.y -> spread_1.x",
        "mu_1.y -> reparameterise_1.mu",
        "spread_1.y -> reparameterise_1.log_variance",
        "reparameterise_1.z -> decode_1.x",
        "decode_1.y -> sigmoid_1.x",
        "sigmoid_1.y -> reshape_1.x",
        "reshape_1.y -> output_1.x",
        "reshape_1.y -> mse_1.prediction",
        "digits_1.image -> mse_1.target",
        "mu_1.y -> gaussian_kl_1.mu",
        "spread_1.y -> gaussian_kl_1.log_variance",
    )
