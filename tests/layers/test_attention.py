"""Attention against its formula, written out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch

from netbuilder.layers import REGISTRY, B, Dim, ShapeError, TensorSpec

MHA = REGISTRY["multihead_attention"]
QUERY = TensorSpec((B, Dim("T", 5), 12))
Apply = Callable[..., Any]


def by_hand(
    module: torch.nn.Module, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, heads: int
) -> Any:
    """softmax(Q Kᵀ / √d) V for each head, projected; and the weights (B, heads, T, S)."""
    parts = module.get_parameter("in_proj_weight").chunk(3)
    shifts = module.get_parameter("in_proj_bias").chunk(3)
    split = [
        (x @ w.T + b).unflatten(2, (heads, -1)).transpose(1, 2)  # (B, heads, T, d)
        for x, w, b in zip((q, k, v), parts, shifts, strict=True)
    ]
    scores = split[0] @ split[1].transpose(2, 3) / math.sqrt(split[0].shape[-1])
    weights = scores.softmax(-1)
    told = (weights @ split[2]).transpose(1, 2).flatten(2)
    project = module.get_submodule("out_proj")
    return project(told), weights


@pytest.mark.parametrize("training", [True, False])
def test_it_is_softmax_of_query_key_times_value(apply: Apply, training: bool) -> None:
    layer = MHA.from_params({"num_heads": 3})
    key = TensorSpec((B, 7, 12))
    module = apply(layer, QUERY, key, None).module.train(training)
    ran = apply(layer, QUERY, key, None, module=module)
    (q,), (k,) = ran.inputs["query"], ran.inputs["key"]
    y, weights = by_hand(module, q, k, k, 3)
    torch.testing.assert_close(ran.outputs["y"], y, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(ran.outputs["weights"], weights, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("used", [{"y"}, {"y", "weights"}])
def test_a_causal_mask_hides_the_future(apply: Apply, training: bool, used: set[str]) -> None:
    layer = MHA.from_params({"causal": True})
    module = apply(layer, QUERY, None, None).module.train(training)
    x = torch.randn(2, 5, 12)
    changed = x.clone()
    changed[:, 3:] += 1.0
    with torch.no_grad():
        before, after = (
            apply(
                layer, QUERY, None, None, given={"query": v, "key": v, "value": v},
                used=frozenset(used), module=module,
            ).outputs
            for v in (x, changed)
        )  # fmt: skip
    torch.testing.assert_close(before["y"][:, :3], after["y"][:, :3])
    assert (before["y"][:, 3:] - after["y"][:, 3:]).abs().max() > 1e-3
    if "weights" in used:
        assert torch.all(before["weights"].triu(1) == 0)
        torch.testing.assert_close(before["weights"].sum(-1), torch.ones(2, 4, 5))


def test_weights_are_computed_only_where_used() -> None:
    layer = MHA()
    assert layer.applied(frozenset({"y"})).kwargs["need_weights"] is False
    assert "need_weights" not in layer.applied(frozenset({"y", "weights"})).kwargs


def test_free_ports_make_it_self_attention(apply: Apply) -> None:
    layer = MHA()
    ran = apply(layer, QUERY, None, None)
    y, _ = by_hand(ran.module, *ran.inputs["query"] * 3, 4)
    torch.testing.assert_close(ran.outputs["y"], y, rtol=1e-4, atol=1e-5)
    assert layer.infer(QUERY, None, None) == {
        "y": QUERY,
        "weights": TensorSpec((B, 4, Dim("T", 5), Dim("T", 5))),
    }


@pytest.mark.parametrize(("keys", "values"), [(5, 7), (12, 7), (5, 12)])
def test_keys_and_values_may_have_widths_of_their_own(keys: int, values: int, apply: Apply) -> None:
    specs = (QUERY, TensorSpec((B, 7, keys)), TensorSpec((B, 7, values)))
    ran = apply(MHA(), *specs)
    assert tuple(ran.outputs["y"].shape) == QUERY.shape
    named = {name: tuple(weight.shape) for name, weight in ran.module.named_parameters()}
    assert dict(MHA().weights(*specs)) == named


def test_the_cost_counts_projections_scores_and_sums() -> None:
    cost = MHA().multiply_adds(QUERY, QUERY, None, None)
    assert cost == 4 * 5 * 12 * 12 + 2 * 5 * 5 * 12


def test_a_width_that_heads_do_not_divide_is_refused_with_a_number_that_works() -> None:
    with pytest.raises(ShapeError, match=r"12 cannot be split evenly over 5 heads. Use 4 heads"):
        MHA.from_params({"num_heads": 5}).infer(QUERY)


def test_positions_reject_a_sequence_that_is_too_long() -> None:
    layer = REGISTRY["positional_encoding"].from_params({"max_length": 4})
    with pytest.raises(ShapeError, match="5 steps"):
        layer.infer(QUERY)
