"""Losses against their definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from netbuilder.layers import REGISTRY, B, Dim, ParamError, ShapeError, TensorSpec

Apply = Callable[..., Any]
T = Dim("T", 5)


@pytest.mark.parametrize("rows", [(), (T,), (3, 2)])
def test_cross_entropy_is_the_mean_surprise_at_the_true_class(
    rows: tuple[int, ...], apply: Apply
) -> None:
    shape = (B, 4, *rows) if len(rows) == 2 else (B, *rows, 4)
    label = TensorSpec((B, *rows), "int64", 4)
    ran = apply(REGISTRY["cross_entropy"](), TensorSpec(shape), label)
    (logits,), (true,) = ran.inputs["logits"], ran.inputs["label"]
    scores = logits.movedim(1, -1) if len(rows) == 2 else logits
    surprise = -scores.log_softmax(-1).gather(-1, true[..., None])
    torch.testing.assert_close(ran.outputs["loss"], surprise.mean())


def test_label_smoothing_spreads_part_of_the_target(apply: Apply) -> None:
    layer = REGISTRY["cross_entropy"].from_params({"label_smoothing": 0.2})
    ran = apply(layer, TensorSpec((B, 4)), TensorSpec((B,), "int64", 4))
    surprise = -ran.inputs["logits"][0].log_softmax(-1)
    wanted = torch.nn.functional.one_hot(ran.inputs["label"][0], 4) * 0.8 + 0.05
    torch.testing.assert_close(ran.outputs["loss"], (wanted * surprise).sum(1).mean())


@pytest.mark.parametrize(
    ("logits", "label", "words"),
    [
        (TensorSpec((B, 8)), TensorSpec((B,), "int64", 10), "10 classes"),
        (TensorSpec((B, 10)), TensorSpec((B, 10)), "whole numbers"),
        (TensorSpec((B, 7, 10)), TensorSpec((B,), "int64", 10), "labels of B × 7"),
        (TensorSpec((B, 1)), TensorSpec((B,), "int64", 2), "at least 2 classes"),
    ],
)
def test_cross_entropy_refuses_what_does_not_fit(
    logits: TensorSpec, label: TensorSpec, words: str
) -> None:
    with pytest.raises(ShapeError, match=words):
        REGISTRY["cross_entropy"]().infer(logits, label)


@pytest.mark.parametrize("constant", [0.0, 0.9, 1.0])
def test_a_constant_target_needs_no_data(constant: float, apply: Apply) -> None:
    layer = REGISTRY["bce_with_logits"].from_params({"constant": constant})
    ran = apply(layer, TensorSpec((B, 1)), None)
    p = ran.inputs["logits"][0].sigmoid()
    expected = -(constant * p.log() + (1 - constant) * (1 - p).log()).mean()
    torch.testing.assert_close(ran.outputs["loss"], expected)


def test_binary_labels_fit_a_single_score(apply: Apply) -> None:
    layer = REGISTRY["bce_with_logits"]()
    ran = apply(layer, TensorSpec((B, 1)), TensorSpec((B,), "int64", 2))
    (x,), (t,) = ran.inputs["logits"], ran.inputs["target"]
    chosen = torch.where(t == 1, x[:, 0].sigmoid(), 1 - x[:, 0].sigmoid())
    torch.testing.assert_close(ran.outputs["loss"], -chosen.log().mean())
    with pytest.raises(ShapeError, match="neither"):
        layer.infer(TensorSpec((B, 1)), None)


@pytest.mark.parametrize("kind", ["mse", "l1"])
def test_differences(kind: str, apply: Apply) -> None:
    ran = apply(REGISTRY[kind](), TensorSpec((B, 1)), TensorSpec((B,)))
    gap = ran.inputs["prediction"][0][:, 0] - ran.inputs["target"][0]
    expected = gap.pow(2).mean() if kind == "mse" else gap.abs().mean()
    torch.testing.assert_close(ran.outputs["loss"], expected)
    with pytest.raises(ShapeError, match="B × 2"):
        REGISTRY[kind]().infer(TensorSpec((B, 2)), TensorSpec((B, 3)))


def test_gaussian_kl_is_that_of_torch_distributions(apply: Apply) -> None:
    spec = TensorSpec((B, 6))
    ran = apply(REGISTRY["gaussian_kl"](), spec, spec)
    (mu,), (log_variance,) = ran.inputs["mu"], ran.inputs["log_variance"]
    normal = torch.distributions.Normal
    expected = torch.distributions.kl_divergence(
        normal(mu, (0.5 * log_variance).exp()), normal(0.0, 1.0)
    )
    torch.testing.assert_close(ran.outputs["loss"], expected.sum(1).mean())


def test_class_weights_weigh_the_mean(apply: Apply) -> None:
    layer = REGISTRY["cross_entropy"].from_params({"class_weights": "1, 2, 5"})
    ran = apply(layer, TensorSpec((B, T, 3)), TensorSpec((B, T), "int64", 3))
    (logits,), (label,) = ran.inputs["logits"], ran.inputs["label"]
    weight = torch.tensor([1.0, 2.0, 5.0])[label]
    surprise = -logits.log_softmax(-1).gather(-1, label[..., None])[..., 0]
    torch.testing.assert_close(ran.outputs["loss"], (weight * surprise).sum() / weight.sum())


def test_an_ignored_label_does_not_count(apply: Apply) -> None:
    layer = REGISTRY["cross_entropy"].from_params({"ignore_index": 3})
    # Nothing has to be scored for the last class, if that is the one left out.
    ran = apply(layer, TensorSpec((B, 3)), TensorSpec((B,), "int64", 4))
    (logits,), (label,) = ran.inputs["logits"], ran.inputs["label"]
    kept = label != 3
    surprise = -logits[kept].log_softmax(-1).gather(-1, label[kept][:, None])
    torch.testing.assert_close(ran.outputs["loss"], surprise.mean())
    with pytest.raises(ShapeError, match="5 classes"):
        layer.infer(TensorSpec((B, 3)), TensorSpec((B,), "int64", 5))


@pytest.mark.parametrize(
    ("kind", "param", "text", "words"),
    [
        ("cross_entropy", "class_weights", "1, 2", "takes 3 numbers here, not 2"),
        ("cross_entropy", "class_weights", "1, two, 3", "not 1, two, 3"),
        ("cross_entropy", "class_weights", "1, -2, 3", "numbers from 0"),
        ("cross_entropy", "class_weights", "0 0 0", "not all of them 0"),
        ("cross_entropy", "class_weights", "1, nan, 3", "numbers from 0"),
        ("bce_with_logits", "pos_weight", "1, 2", "1 or 3 numbers here, not 2"),
    ],
)
def test_weights_that_do_not_fit_are_refused(kind: str, param: str, text: str, words: str) -> None:
    layer = REGISTRY[kind].from_params({param: text})
    label = TensorSpec((B,), "int64", 3) if kind == "cross_entropy" else TensorSpec((B, 3))
    with pytest.raises(ParamError, match=words) as error:
        layer.infer(TensorSpec((B, 3)), label)
    assert error.value.param == param


@pytest.mark.parametrize("weights", ["", "4", "1, 2, 3"])
def test_each_output_is_a_yes_or_no_of_its_own(weights: str, apply: Apply) -> None:
    layer = REGISTRY["bce_with_logits"].from_params({"pos_weight": weights})
    ran = apply(layer, TensorSpec((B, 3)), TensorSpec((B, 3), "int64", 2))
    (x,), (t,) = ran.inputs["logits"], ran.inputs["target"]
    p = x.sigmoid()
    yes = torch.tensor([float(w) for w in weights.split(",")] if weights else [1.0])
    expected = -(yes * t * p.log() + (1 - t) * (1 - p).log()).mean()
    torch.testing.assert_close(ran.outputs["loss"], expected)


def test_huber_is_a_square_near_zero_and_straight_far_away(apply: Apply) -> None:
    given = {"prediction": torch.tensor([0.5, 5.0]), "target": torch.zeros(2)}
    spec = TensorSpec((B,))
    huber = apply(REGISTRY["huber"].from_params({"delta": 2.0}), spec, spec, given=given)
    assert huber.outputs["loss"].item() == pytest.approx((0.5 * 0.25 + 2 * (5 - 1)) / 2)
    smooth = apply(REGISTRY["smooth_l1"].from_params({"beta": 2.0}), spec, spec, given=given)
    assert smooth.outputs["loss"].item() == pytest.approx(huber.outputs["loss"].item() / 2)


def test_a_triplet_asks_for_a_margin(apply: Apply) -> None:
    spec = TensorSpec((B, 2))
    given = {
        "anchor": torch.zeros(2, 2),
        "positive": torch.tensor([[3.0, 4.0], [1.0, 0.0]]),
        "negative": torch.tensor([[0.0, 2.0], [0.0, 9.0]]),
    }
    ran = apply(REGISTRY["triplet"](), spec, spec, spec, given=given)
    assert ran.outputs["loss"].item() == pytest.approx((5 - 2 + 1 + 0) / 2, rel=1e-5)


def test_the_critic_and_its_generator(apply: Apply) -> None:
    """Real up and fake down is, summed, the distance that the critic sees, negative."""
    spec, real, fake = TensorSpec((B, 1)), torch.randn(6, 1), torch.randn(6, 1)
    up = apply(REGISTRY["wasserstein"](), spec, given={"score": real})
    down = apply(REGISTRY["wasserstein"].from_params({"goal": "down"}), spec, given={"score": fake})
    found = up.outputs["loss"] + down.outputs["loss"]
    torch.testing.assert_close(found, fake.mean() - real.mean())


@pytest.mark.parametrize(
    ("logits", "label", "binary"),
    [
        (TensorSpec((B, 1)), TensorSpec((B,), "int64", 2), True),
        (TensorSpec((B,)), TensorSpec((B,)), True),
        (TensorSpec((B, 2)), TensorSpec((B,), "int64", 2), False),
        (TensorSpec((B, T, 4)), TensorSpec((B, T), "int64", 4), False),
    ],
)
def test_the_wires_decide_which_perceptron(
    logits: TensorSpec, label: TensorSpec, binary: bool
) -> None:
    target = REGISTRY["perceptron_loss"]().call(logits, label).target
    assert target.endswith("perceptron_loss" if binary else "multiclass_perceptron")


def test_a_single_score_tells_no_three_classes_apart() -> None:
    with pytest.raises(ShapeError, match="at least 2 classes") as error:
        REGISTRY["perceptron_loss"]().infer(TensorSpec((B, 1)), TensorSpec((B,), "int64", 3))
    assert error.value.width == 3


def test_kl_of_pixels_runs_over_their_classes(apply: Apply) -> None:
    spec = TensorSpec((B, 4, 3, 2))
    ran = apply(REGISTRY["kl_divergence"](), spec, spec)
    student, teacher = (ran.inputs[p][0].movedim(1, -1) for p in ("logits", "target"))
    named = [torch.distributions.Categorical(logits=x) for x in (teacher, student)]
    expected = torch.distributions.kl_divergence(*named).mean()
    torch.testing.assert_close(ran.outputs["loss"], expected)
