"""Figures of classes, regions and tokens, against their definitions and scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from sklearn import metrics as sk

from netbuilder.layers import REGISTRY, B, Metric, ShapeError, TensorSpec
from netbuilder.layers.suiting import suiting
from netbuilder.training.evaluate import _file, _metric

LABEL = TensorSpec((B,), "int64", 4)


def computed(
    kind: str,
    specs: tuple[TensorSpec, TensorSpec],
    batches: list[Mapping[str, torch.Tensor]],
    interpret: Callable[..., Any],
    **params: Any,
) -> dict[str, Any]:
    """Figures as training names them, over several batches."""
    layer = REGISTRY[kind].from_params(params)
    assert isinstance(layer, Metric)
    assert layer.infer(*specs) == {}
    scalars: dict[str, float] = {}
    for name, call in layer.metrics(*specs).items():
        metric = _metric(call)
        for batch in batches:
            ports = {port: [value] for port, value in batch.items()}
            metric.update(*(interpret(a, ports) for a in layer.prepared(*specs)))
        _file(name, metric.compute(), scalars, {})
    return scalars


def scores(*rows: int) -> tuple[tuple[TensorSpec, TensorSpec], list[dict[str, torch.Tensor]]]:
    """Scores of 4 classes and labels, in two batches."""
    torch.manual_seed(0)
    shape = (4, *rows) if len(rows) == 2 else (*rows, 4)
    specs = TensorSpec((B, *shape)), TensorSpec((B, *rows), "int64", 4)
    made = [
        {"logits": 0.4 * torch.randn(n, *shape), "label": torch.randint(0, 4, (n, *rows))}
        for n in (40, 23)
    ]
    return specs, made


def flat(batches: list[dict[str, torch.Tensor]], images: bool) -> tuple[Any, Any]:
    """Every row of scores, and every label."""
    given = [b["logits"].movedim(1, -1) if images else b["logits"] for b in batches]
    found = torch.cat([x.reshape(-1, x.shape[-1]) for x in given])
    return found.numpy(), torch.cat([b["label"].flatten() for b in batches]).numpy()


@pytest.mark.parametrize("rows", [(), (5,), (3, 2)])
@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
def test_precision_recall_and_f1(
    rows: tuple[int, ...], average: str, interpret: Callable[..., Any]
) -> None:
    specs, batches = scores(*rows)
    x, true = flat(batches, len(rows) == 2)
    functions = {"precision": sk.precision_score, "recall": sk.recall_score, "f1": sk.f1_score}
    for kind, function in functions.items():
        found = computed(kind, specs, batches, interpret, average=average)
        assert found[kind] == pytest.approx(function(true, x.argmax(1), average=average), rel=1e-5)


@pytest.mark.parametrize(
    ("kind", "function"),
    [("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)],
)
@pytest.mark.parametrize("dtype", ["int64", "float32"])
def test_yes_or_no(
    kind: str, function: Callable[..., float], dtype: str, interpret: Callable[..., Any]
) -> None:
    torch.manual_seed(1)
    specs = TensorSpec((B, 1)), TensorSpec((B,), dtype, 2 if dtype == "int64" else None)  # type: ignore[arg-type]
    target = torch.randint(0, 2, (50,))
    logits = torch.rand(50, 1) - 0.3  # most between 0 and 1, and still scores
    batch = {"logits": logits, "label": target.to(getattr(torch, dtype))}
    found = computed(kind, specs, [batch], interpret)
    assert found[kind] == pytest.approx(function(target, logits[:, 0] > 0), rel=1e-5)


def test_a_figure_for_each_class(interpret: Callable[..., Any]) -> None:
    specs, batches = scores()
    x, true = flat(batches, images=False)
    found = computed("recall", specs, batches, interpret, average="each class")
    wanted = sk.recall_score(true, x.argmax(1), average=None)
    assert list(found) == ["recall.0", "recall.1", "recall.2", "recall.3"]
    np.testing.assert_allclose(list(found.values()), wanted, rtol=1e-5)


@pytest.mark.parametrize("rows", [(), (5,)])
def test_scores_are_ranked(rows: tuple[int, ...], interpret: Callable[..., Any]) -> None:
    specs, batches = scores(*rows)
    x, true = flat(batches, images=False)
    p = torch.tensor(x).softmax(1).numpy()
    auc = computed("roc_auc", specs, batches, interpret)["roc_auc"]
    assert auc == pytest.approx(sk.roc_auc_score(true, p, multi_class="ovr"), rel=1e-5)
    each = [sk.average_precision_score(true == k, p[:, k]) for k in range(4)]
    found = computed("average_precision", specs, batches, interpret)["average_precision"]
    assert found == pytest.approx(np.mean(each), rel=1e-5)
    best = computed("top_k_accuracy", specs, batches, interpret, k=2)["top_k_accuracy"]
    assert best == pytest.approx(sk.top_k_accuracy_score(true, p, k=2))


def test_yes_or_no_is_ranked(interpret: Callable[..., Any]) -> None:
    torch.manual_seed(2)
    specs = TensorSpec((B,)), TensorSpec((B,), "int64", 2)
    x, t = torch.rand(60), torch.randint(0, 2, (60,))
    batches = [{"logits": x[:40], "label": t[:40]}, {"logits": 9 * x[40:], "label": t[40:]}]
    x = torch.cat([b["logits"] for b in batches])
    auc = computed("roc_auc", specs, batches, interpret)["roc_auc"]
    assert auc == pytest.approx(sk.roc_auc_score(t, x), rel=1e-5)
    found = computed("average_precision", specs, batches, interpret)["average_precision"]
    assert found == pytest.approx(sk.average_precision_score(t, x), rel=1e-5)


def test_regions_overlap(interpret: Callable[..., Any]) -> None:
    specs, batches = scores(6, 5)
    x, true = flat(batches, images=True)
    guess = x.argmax(1)
    both = np.array([((guess == k) & (true == k)).sum() for k in range(4)])
    mine = np.array([(guess == k).sum() for k in range(4)])
    theirs = np.array([(true == k).sum() for k in range(4)])
    iou = computed("iou", specs, batches, interpret)["iou"]
    assert iou == pytest.approx((both / (mine + theirs - both)).mean(), rel=1e-5)
    dice = computed("dice_score", specs, batches, interpret)["dice_score"]
    assert dice == pytest.approx((2 * both / (mine + theirs)).mean(), rel=1e-5)


def test_one_region(interpret: Callable[..., Any]) -> None:
    torch.manual_seed(0)
    specs = TensorSpec((B, 1, 4, 4)), TensorSpec((B, 4, 4), "int64", 2)
    batch = {"logits": torch.randn(9, 1, 4, 4), "label": torch.randint(0, 2, (9, 4, 4))}
    mine, true = batch["logits"][:, 0] > 0, batch["label"].bool()
    found = computed("iou", specs, [batch], interpret)["iou"]
    assert found == pytest.approx(((mine & true).sum() / (mine | true).sum()).item(), rel=1e-5)


def test_more_guesses_than_classes_are_refused() -> None:
    with pytest.raises(ShapeError, match="always right") as error:
        REGISTRY["top_k_accuracy"]().infer(TensorSpec((B, 4)), LABEL)
    assert error.value.params == {"k": 3}


def test_bleu_is_that_of_the_tokens_as_words(interpret: Callable[..., Any]) -> None:
    from torchmetrics.text import BLEUScore

    torch.manual_seed(0)
    specs = TensorSpec((B, 9, 5)), TensorSpec((B, 9), "int64", 5)
    label = torch.randint(1, 5, (6, 9))
    label[:, 7:] = 0  # padding
    logits = 2 * torch.nn.functional.one_hot(label, 5).float() + torch.randn(6, 9, 5)
    batches = [
        {"logits": logits[:4], "label": label[:4]}, {"logits": logits[4:], "label": label[4:]},
    ]  # fmt: skip
    found = computed("bleu", specs, batches, interpret, ignore_index=0)["bleu"]
    words = [" ".join(map(str, row[:7])) for row in logits.argmax(-1).tolist()]
    wanted = [[" ".join(map(str, row[:7]))] for row in label.tolist()]
    assert 0.1 < found < 0.9
    assert found == pytest.approx(BLEUScore()(words, wanted).item(), rel=1e-5)
    perfect = {"logits": torch.nn.functional.one_hot(label, 5).float(), "label": label}
    assert computed("bleu", specs, [perfect], interpret)["bleu"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("loss", "predicted", "target", "first"),
    [
        ("cross_entropy", (B, 4), LABEL, "accuracy"),
        ("cross_entropy", (B, 7, 4), TensorSpec((B, 7), "int64", 4), "perplexity"),
        ("focal", (B, 4, 3, 3), TensorSpec((B, 3, 3), "int64", 4), "iou"),
        ("bce_with_logits", (B, 1), TensorSpec((B,), "int64", 2), "binary_accuracy"),
        ("mse", (B, 1), TensorSpec((B,)), "mae"),
        ("mse", (B, 1, 8, 8), TensorSpec((B, 1, 8, 8)), "mae"),
    ],
)
def test_what_suits_a_loss_takes_its_two_wires(
    loss: str, predicted: tuple[Any, ...], target: TensorSpec, first: str
) -> None:
    found = suiting(loss, TensorSpec(predicted), target)
    assert found[0] == first
    for kind in found:
        if kind != "top_k_accuracy":  # of four classes five guesses are too many
            assert REGISTRY[kind]().infer(TensorSpec(predicted), target) == {}
    assert suiting("wasserstein", TensorSpec(predicted), None) == ()
    assert suiting("bce_with_logits", TensorSpec((B, 1)), None) == ()
