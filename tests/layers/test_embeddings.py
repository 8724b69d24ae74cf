"""Tables of vectors: how they are read, and how their weights leave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from netbuilder.building import Network
from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build
from netbuilder.layers import REGISTRY, B, Dim, ShapeError, TensorSpec

TOKENS = TensorSpec((B, Dim("T", 5)), "int64", 7)
Apply = Callable[..., Any]


def test_padding_is_zero_and_learns_nothing_and_long_vectors_are_cut(apply: Apply) -> None:
    layer = REGISTRY["embedding"].from_params({"padding_idx": 3, "max_norm": 0.5})
    given = torch.tensor([[0, 3, 6, 3, 1]])
    ran = apply(layer, TOKENS, given={"x": given})
    y = ran.outputs["y"]
    assert y[0, [1, 3]].eq(0).all()
    torch.testing.assert_close(y[0, [0, 2, 4]].norm(dim=-1), torch.full((3,), 0.5))
    y.square().sum().backward()
    grad = ran.module.weight.grad
    assert grad[3].eq(0).all()
    assert grad[[0, 6, 1]].ne(0).any(1).all()


def test_an_embedding_is_a_one_hot_times_its_table(apply: Apply) -> None:
    ran = apply(REGISTRY["embedding"](), TOKENS)
    (x,) = ran.inputs["x"]
    hot = apply(REGISTRY["one_hot"](), TOKENS, given={"x": x}).outputs["y"]
    assert hot.sum(-1).eq(1).all()
    torch.testing.assert_close(hot @ ran.outputs["table"], ran.outputs["y"])


@pytest.mark.parametrize("mode", ["mean", "sum", "max"])
def test_a_bag_forgets_order_and_padding(mode: str, apply: Apply) -> None:
    layer = REGISTRY["embedding_bag"].from_params({"mode": mode, "padding_idx": 0})
    ran = apply(layer, TOKENS, given={"x": torch.tensor([[1, 2, 3, 0, 0], [3, 0, 1, 0, 2]])})
    y, table = ran.outputs["y"], ran.module.weight
    torch.testing.assert_close(y[0], y[1])
    found = getattr(table[1:4], {"max": "amax"}.get(mode, mode))(0)
    torch.testing.assert_close(y[0], found)


def test_a_tied_linear_learns_the_table_it_reads() -> None:
    net = Network("tied")
    data = net.random_tokens(vocabulary=7, length=5)
    words = net.embedding(data.tokens, embedding_dim=4)
    scores = net.tied_linear(net.tanh(net.linear(words, out_features=4)), words.table)
    net.output(scores)
    net.cross_entropy(scores, data.next)
    project = net.project()
    assert check(project).problems == ()
    assert check(project).parameters == 7 * 4 + 4 * 4 + 4
    assert "self.embedding_1.weight" in generate(project).text
    torch.manual_seed(0)
    module = build(project)
    tokens, after = torch.randint(0, 7, (3, 5)), torch.randint(0, 7, (3, 5))
    loss, _ = module.objective_main(tokens, after)
    table = module.embedding_1.weight
    (found,) = torch.autograd.grad(loss, table)
    x = torch.tanh(module.linear_1(table[tokens]))
    expected = torch.nn.functional.cross_entropy((x @ table.T).flatten(0, 1), after.flatten())
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(found, torch.autograd.grad(expected, table)[0])
    assert found.ne(0).any(1).all()  # also words that were never read


def test_what_does_not_fit_is_said_with_its_numbers() -> None:
    with pytest.raises(ShapeError, match="one of the 7 tokens, 0 to 6, not 7") as error:
        REGISTRY["embedding"].from_params({"padding_idx": 7}).infer(TOKENS)
    assert error.value.params == {"padding_idx": 0}
    with pytest.raises(ShapeError, match="carries yes or no"):
        REGISTRY["one_hot"]().infer(TensorSpec((B, 5), "bool"))
    with pytest.raises(ShapeError, match="Linear with 4 outputs") as error:
        REGISTRY["tied_linear"]().infer(TensorSpec((B, 5, 6)), TensorSpec((7, 4)))
    assert (error.value.port, error.value.width) == ("x", 4)
    with pytest.raises(ShapeError, match="has 5 places, 0 to 4; there is no 5"):
        REGISTRY["select"].from_params({"index": 5}).infer(TensorSpec((B, 5, 6)))
