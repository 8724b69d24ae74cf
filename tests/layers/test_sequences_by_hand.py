"""Recurrent layers, embeddings and attention do what the call by hand does, bit by bit."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from netbuilder.building import Network
from netbuilder.compiler.build import build
from netbuilder.layers import REGISTRY

# torch says once that it has no faster way for this on the CPU; the result is right.
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections")


class _Value(nn.Module):
    def __init__(self, *sizes: int) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.zeros(sizes))


SEQUENCE = (5, 6)
TOKENS = {"vocabulary": 11, "length": 5}


def _case(id: str, kind: str, inputs: list[Any], by_hand: Any, **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": kind, "inputs": inputs, "by_hand": by_hand, **more}


def _recurrent(kind: str, made: Any) -> list[dict[str, Any]]:
    """A layer alone, stacked both ways with dropout, and started from a state."""
    stack = {"num_layers": 2, "bidirectional": True, "dropout": 0.5}
    start = [SEQUENCE, (4, 3)]
    cell = torch.zeros(4, 3, 3)

    def started(m: Any, x: Any, s: Any) -> Any:
        first = s.transpose(0, 1).contiguous()
        return m(x, (first, cell) if kind == "lstm" else first)[0]

    def ended(m: Any, x: Any) -> Any:
        h = m(x)[1]
        return (h[0] if kind == "lstm" else h).transpose(0, 1)

    small: dict[str, Any] = {"params": {"hidden_size": 3}}
    deep: dict[str, Any] = {"params": {"hidden_size": 3, **stack}}
    plain = lambda: made(6, 3, batch_first=True)  # noqa: E731
    stacked = lambda: made(6, 3, batch_first=True, **stack)  # noqa: E731
    return [
        _case(kind, kind, [SEQUENCE], lambda m, x: m(x)[0], module=plain, **small),
        _case(f"{kind} stacked", kind, [SEQUENCE], lambda m, x: m(x)[0], module=stacked, **deep),
        _case(f"{kind} state", kind, [SEQUENCE], ended, module=stacked, port="state", **deep),
        _case(f"{kind} started", kind, start, started, module=stacked, **deep),
    ]


def _attention(m: Any, *qkv: Any) -> Any:
    return m(*qkv, need_weights=False)[0]


CASES = [
    *_recurrent("rnn", nn.RNN),
    *_recurrent("lstm", nn.LSTM),
    *_recurrent("gru", nn.GRU),
    _case(
        "rnn relu", "rnn", [SEQUENCE], lambda m, x: m(x)[1][-1], port="last",
        module=lambda: nn.RNN(6, 3, nonlinearity="relu", batch_first=True),
        params={"hidden_size": 3, "nonlinearity": "relu"},
    ),
    _case(
        "lstm projection", "lstm", [SEQUENCE], lambda m, x: m(x)[0],
        module=lambda: nn.LSTM(6, 4, proj_size=2, batch_first=True),
        params={"hidden_size": 4, "proj_size": 2},
    ),
    _case(
        "lstm cell", "lstm", [SEQUENCE, (3,), (4,)], port="cell",
        by_hand=lambda m, x, s, c: m(x, (s.repeat(2, 1, 1), c.repeat(2, 1, 1)))[1][1].transpose(
            0, 1
        ),
        module=lambda: nn.LSTM(6, 4, 2, proj_size=3, batch_first=True),
        params={"hidden_size": 4, "proj_size": 3, "num_layers": 2},
    ),
    _case("last step", "last_step", [SEQUENCE], lambda x: x[:, -1]),
    _case(
        "repeat vector", "repeat_vector", [(6,)], lambda x: x.unsqueeze(1).repeat(1, 4, 1),
        params={"steps": 4},
    ),
    _case(
        "embedding", "embedding", [TOKENS], lambda m, x: m(x),
        module=lambda: nn.Embedding(11, 4, padding_idx=2, max_norm=1.5),
        params={"embedding_dim": 4, "padding_idx": 2, "max_norm": 1.5},
    ),
    _case("one-hot", "one_hot", [TOKENS], lambda x: F.one_hot(x, 11).float()),
    *(
        _case(
            f"embedding bag {mode}", "embedding_bag", [TOKENS], lambda m, x: m(x),
            module=lambda mode=mode: nn.EmbeddingBag(11, 4, mode=mode, padding_idx=0),
            params={"embedding_dim": 4, "mode": mode, "padding_idx": 0},
        )
        for mode in ("mean", "sum", "max")
    ),
    _case("tied linear", "tied_linear", [SEQUENCE, (6,)], F.linear),
    _case(
        "learned", "learned", [SEQUENCE], lambda m, x: m.value[None].repeat(3, 1, 1),
        module=lambda: _Value(2, 4), params={"sizes": (2, 4)},
    ),
    _case("scale", "scale", [SEQUENCE], lambda x: x * -0.5, params={"factor": -0.5}),
    _case("select", "select", [SEQUENCE], lambda x: x[:, :, -2], params={"dim": 2, "index": -2}),
    _case(
        "multi-head attention", "multihead_attention", [SEQUENCE, (7, 3), (7, 4)],
        lambda m, q, k, v: m(q, k, v, average_attn_weights=False)[1], port="weights",
        module=lambda: nn.MultiheadAttention(6, 2, kdim=3, vdim=4, batch_first=True),
        params={"num_heads": 2},
    ),
    _case(
        "multi-head attention, dropout", "multihead_attention", [SEQUENCE],
        lambda m, x: m(x, x, x, need_weights=False)[0],
        module=lambda: nn.MultiheadAttention(6, 3, dropout=0.4, batch_first=True),
        params={"num_heads": 3, "dropout": 0.4},
    ),
    *(
        _case(
            f"transformer encoder, norm {where}", "transformer_encoder", [SEQUENCE],
            lambda m, x: m(x),
            module=lambda first=first: nn.TransformerEncoder(
                nn.TransformerEncoderLayer(
                    6, 2, 24, activation="gelu", batch_first=True, norm_first=first
                ),
                2,
                enable_nested_tensor=False,
            ),
            params={"num_heads": 2, "num_layers": 2, "norm_first": first},
        )
        for where, first in (("first", True), ("last", False))
    ),
    *(
        _case(
            f"transformer decoder, norm {where}", "transformer_decoder", [SEQUENCE, (7, 6)],
            lambda m, x, memory: m(
                x, memory, tgt_mask=torch.ones(5, 5, dtype=torch.bool).triu(1), tgt_is_causal=True
            ),
            module=lambda first=first: nn.TransformerDecoder(
                nn.TransformerDecoderLayer(6, 3, 10, 0.3, batch_first=True, norm_first=first), 2
            ),
            params={
                "num_heads": 3, "num_layers": 2, "hidden": 10, "dropout": 0.3,
                "activation": "relu", "norm_first": first,
            },
        )
        for where, first in (("first", True), ("last", False))
    ),
    _case(
        "dot product", "dot_product_attention", [SEQUENCE, (7, 6), (7, 4)],
        lambda q, k, v: F.scaled_dot_product_attention(q[:, None], k[:, None], v[:, None])[:, 0],
    ),
    _case(
        "dot product, causal", "dot_product_attention", [SEQUENCE], training=False,
        by_hand=lambda x: F.scaled_dot_product_attention(
            x[:, None], x[:, None], x[:, None],
            attn_mask=torch.ones(5, 5, dtype=torch.bool).tril()[None, None], scale=1.0,
        )[:, 0],
        params={"causal": True, "scaled": False},
    ),
    _case(
        "bilinear", "bilinear_attention", [SEQUENCE, (7, 3)],
        lambda m, q, k: (m.query(q) @ k.mT).softmax(-1) @ k,
        module=lambda: nn.ModuleDict({"query": nn.Linear(6, 3, bias=False)}),
    ),
]  # fmt: skip


def module_of(case: dict[str, Any]) -> nn.Module:
    """The generated module of one node whose inputs are data and whose output is the result."""
    net = Network("one")
    given = []
    for value in case["inputs"]:
        if isinstance(value, tuple):
            given.append(net.random_numbers(sizes=value).values)
        else:
            given.append(net.random_tokens(**value).tokens)
    node = net.place(case["kind"], *given, id="it", **case.get("params", {}))
    result = getattr(node, case.get("port", node.port))
    net.output(result)
    if REGISTRY[case["kind"]].role != "loss":
        beside = net.linear(net.random_numbers(sizes=(2,)).values, out_features=1, id="beside")
        net.mse(beside, beside)  # a project has something to learn
    return build(net.project())


def arriving(case: dict[str, Any]) -> list[Tensor]:
    """A batch of three for each input that is wired."""
    torch.manual_seed(1)
    return [
        torch.randn(3, *value, requires_grad=True)
        if isinstance(value, tuple)
        else torch.randint(0, value["vocabulary"], (3, value["length"]))
        for value in case["inputs"]
    ]


def gradients(result: Tensor, given: list[Tensor], weights: list[Tensor]) -> list[Tensor | None]:
    """Of the sum of squares, by what arrives and by every weight."""
    asked = [x for x in (*given, *weights) if x.requires_grad]
    if not result.requires_grad:
        return []
    return list(torch.autograd.grad((result**2).sum(), asked, allow_unused=True))


@pytest.mark.parametrize("case", [pytest.param(c, id=c["id"]) for c in CASES])
def test_the_generated_call_is_the_one_by_hand(case: dict[str, Any]) -> None:
    torch.manual_seed(0)
    ours = module_of(case).train(case.get("training", True))
    theirs = case["module"]() if "module" in case else None
    if theirs is not None:
        theirs.load_state_dict(ours.it.state_dict())
        theirs.train(case.get("training", True))
    given = arriving(case)
    torch.manual_seed(2)
    found = ours(*given)
    torch.manual_seed(2)
    expected = case["by_hand"](theirs, *given) if theirs is not None else case["by_hand"](*given)
    assert torch.equal(found, expected)
    a = gradients(found, given, [] if theirs is None else list(ours.it.parameters()))
    b = gradients(expected, given, [] if theirs is None else list(theirs.parameters()))
    assert len(a) == len(b)
    assert a or not given[0].is_floating_point()
    for one, other in zip(a, b, strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert torch.equal(one, other)
