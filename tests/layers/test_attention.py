"""Attention against its formula, written out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch

from netbuilder.building import Network
from netbuilder.compiler import check
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


# --- masks --------------------------------------------------------------------------------------

ATTEND = [
    "multihead_attention", "grouped_query_attention", "dot_product_attention",
    "cosine_attention", "bilinear_attention", "additive_attention",
]  # fmt: skip


@pytest.mark.parametrize("kind", ATTEND)
@pytest.mark.parametrize("used", [{"y"}, {"y", "weights"}])
@pytest.mark.parametrize("training", [True, False])
def test_a_mask_hides_keys(kind: str, used: set[str], training: bool, apply: Apply) -> None:
    layer = REGISTRY[kind]()
    key, mask = TensorSpec((B, 7, 12)), TensorSpec((B, 7), "bool")
    module = apply(layer, QUERY, key, None, mask).module.train(training)
    q, k = torch.randn(2, 5, 12), torch.randn(2, 7, 12)
    seen = torch.tensor([[True] * 7, [True] * 4 + [False] * 3])
    changed = k.clone()
    changed[1, 4:] += 1.0
    with torch.no_grad():
        before, after = (
            apply(
                layer, QUERY, key, None, mask, module=module, used=frozenset(used),
                given={"query": q, "key": v, "value": v, "mask": seen},
            ).outputs
            for v in (k, changed)
        )  # fmt: skip
    torch.testing.assert_close(before["y"], after["y"])
    if "weights" in used:
        assert before["weights"][1, ..., 4:].eq(0).all()


@pytest.mark.parametrize("kind", [*ATTEND, "attention_pooling"])
def test_weights_leave_as_those_of_multi_head_attention(kind: str, apply: Apply) -> None:
    """So that what shows attention shows all of them: (B, heads, T, S), rows that sum to 1."""
    weights = apply(REGISTRY[kind](), QUERY).outputs["weights"]
    assert weights.ndim == 4
    torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))


@pytest.mark.parametrize("kind", ATTEND)
def test_a_mask_is_a_yes_or_no_for_each_key(kind: str) -> None:
    for wrong in (TensorSpec((B, 5), "int64", 3), TensorSpec((B, 6), "bool"), QUERY):
        with pytest.raises(ShapeError, match="Put a Padding mask before it") as error:
            REGISTRY[kind]().infer(QUERY, None, None, wrong)
        assert error.value.port == "mask"


def test_a_padding_mask_is_true_where_a_token_is(apply: Apply) -> None:
    layer = REGISTRY["padding_mask"].from_params({"padding": 2})
    tokens = torch.tensor([[1, 2, 0, 2]])
    ran = apply(layer, TensorSpec((B, 4), "int64", 3), given={"x": tokens})
    assert ran.outputs["y"].tolist() == [[True, False, True, False]]


def test_key_heads_divide_the_heads_and_rotary_needs_pairs() -> None:
    made = REGISTRY["grouped_query_attention"].from_params
    with pytest.raises(ShapeError, match="Use 3 key heads") as error:
        made({"num_heads": 6, "num_kv_heads": 4}).infer(QUERY)
    assert error.value.params == {"num_kv_heads": 3}
    with pytest.raises(ShapeError, match="each of 4 heads is 3 wide"):
        made({"rotary": True}).infer(QUERY)


def test_scores_that_compare_values_need_one_width() -> None:
    for kind in ("dot_product_attention", "cosine_attention"):
        with pytest.raises(ShapeError, match="one width, not 12 with 8") as error:
            REGISTRY[kind]().infer(QUERY, TensorSpec((B, 7, 8)))
        assert (error.value.port, error.value.width) == ("key", 12)
    for kind in ("bilinear_attention", "additive_attention"):
        assert REGISTRY[kind]().infer(QUERY, TensorSpec((B, 7, 8)))["y"].shape == (B, 5, 8)


@pytest.mark.parametrize("kind", ATTEND)
@pytest.mark.parametrize("used", [{"y"}, {"y", "weights"}])
def test_a_mask_and_causality_hold_together(kind: str, used: set[str], apply: Apply) -> None:
    layer = REGISTRY[kind].from_params({"causal": True})
    mask = TensorSpec((B, 5), "bool")
    x, seen = torch.randn(1, 5, 12), torch.tensor([[True, False, True, True, True]])
    module = apply(layer, QUERY, None, None, mask).module
    answers = []
    for place in (None, 1, 4):  # unchanged, a hidden step, a step to come
        changed = x.clone()
        if place is not None:
            changed[:, place] += 1.0
        given = {"query": x, "key": changed, "value": changed, "mask": seen}
        specs = (QUERY, QUERY, QUERY, mask)
        ran = apply(layer, *specs, module=module, used=frozenset(used), given=given)
        answers.append(ran.outputs["y"][:, :4])
    torch.testing.assert_close(answers[1], answers[0])
    torch.testing.assert_close(answers[2], answers[0])


def test_a_mask_of_tokens_is_mended_by_one_click() -> None:
    net = Network("masked")
    data = net.random_tokens(vocabulary=9, length=5)
    x = net.embedding(data.tokens, embedding_dim=8)
    y = net.multihead_attention(x, mask=data.tokens)
    net.output(y)
    net.cross_entropy(net.linear(y, out_features=9), data.next)
    project = net.project()
    (problem,) = check(project).errors
    (fix, *_) = problem.fixes
    assert fix.label == "Insert Padding mask"
    assert check(fix.apply(project)).problems == ()


# --- whole layers -------------------------------------------------------------------------------


def test_a_stack_hides_what_fills_up_and_what_comes_later(apply: Apply) -> None:
    """An encoder by its mask and causality, a decoder by the mask of its memory and always."""
    encoder = REGISTRY["transformer_encoder"].from_params({"causal": True, "num_layers": 2})
    decoder = REGISTRY["transformer_decoder"].from_params({"num_layers": 2, "norm_first": False})
    memory, mask = TensorSpec((B, 7, 12)), TensorSpec((B, 7), "bool")
    seen = torch.tensor([[True] * 7, [True] * 4 + [False] * 3])
    for layer, specs, given in (
        (encoder, (memory, mask), {"x": torch.randn(2, 7, 12), "mask": seen}),
        (decoder, (QUERY, memory, mask),
         {"x": torch.randn(2, 5, 12), "memory": torch.randn(2, 7, 12), "mask": seen}),
    ):  # fmt: skip
        module = apply(layer, *specs).module.eval()
        hidden = given | {"memory" if "memory" in given else "x": _behind(given, 4)}
        later = given | {"x": torch.cat([given["x"][:, :2], given["x"][:, 2:] + 1], 1)}
        with torch.no_grad():
            before, masked, moved = (
                apply(layer, *specs, module=module, given=g, used=frozenset({"y", "weights"}))
                for g in (given, hidden, later)
            )
        torch.testing.assert_close(before.outputs["y"][1, :4], masked.outputs["y"][1, :4])
        torch.testing.assert_close(before.outputs["y"][:, :2], moved.outputs["y"][:, :2])
        assert (before.outputs["y"][:, 2] - moved.outputs["y"][:, 2]).abs().max() > 1e-3
        weights = before.outputs["weights"]
        assert weights.shape == (2, 2, 4, given["x"].shape[1], 7)  # samples, layers, heads
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))
        assert weights[1, ..., 4:].eq(0).all()


def _behind(given: dict[str, torch.Tensor], first: int) -> torch.Tensor:
    """The second sample of what a mask speaks of, changed from a step on."""
    changed = given.get("memory", given["x"]).clone()
    changed[1, first:] += 1.0
    return changed


def test_costs_of_a_stack_grow_with_its_layers() -> None:
    """One layer counts as its parts do: 4·C² for attention, 2·C·4C between, two norms."""
    made = REGISTRY["transformer_encoder"].from_params
    one, three = made({"bias": False}), made({"bias": False, "num_layers": 3})
    sizes = one.weights(QUERY)
    assert sum(math.prod(map(int, s)) for s in sizes.values()) == 12 * 12 * 12 + 2 * 12
    out = QUERY
    assert one.multiply_adds(out, QUERY) == 5 * 12 * 12 * 12 + 2 * 5 * 5 * 12
    assert three.multiply_adds(out, QUERY) == 3 * one.multiply_adds(out, QUERY)


def test_a_memory_of_another_width_is_refused() -> None:
    with pytest.raises(ShapeError, match="as wide as x, 12") as error:
        REGISTRY["transformer_decoder"]().infer(QUERY, TensorSpec((B, 7, 8)))
    assert (error.value.port, error.value.width) == ("memory", 12)
