"""Metrics over two batches of unequal size, against their definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

from netbuilder.layers import REGISTRY, B, Metric, ShapeError, TensorSpec

Interpret = Callable[[Any, Mapping[str, Any]], Any]
Batches = list[Mapping[str, torch.Tensor]]


def computed(
    interpret: Interpret, kind: str, specs: tuple[TensorSpec, ...], batches: Batches
) -> dict[str, torch.Tensor]:
    layer = REGISTRY[kind]()
    assert isinstance(layer, Metric)
    assert layer.infer(*specs) == {}
    found = {}
    for name, call in layer.metrics(*specs).items():
        metric = interpret(call, {})
        for batch in batches:
            ports = {port: [value] for port, value in batch.items()}
            metric.update(*(interpret(a, ports) for a in layer.prepared(*specs)))
        found[name] = metric.compute()
    return found


def scored(*rows: int, classes: int = 4) -> tuple[tuple[TensorSpec, ...], Batches]:
    label = TensorSpec((B, *rows), "int64", classes)
    shape = (classes, *rows) if len(rows) == 2 else (*rows, classes)
    specs = (TensorSpec((B, *shape)), label)
    batches: Batches = [
        {"logits": torch.randn(n, *shape), "label": torch.randint(0, classes, (n, *rows))}
        for n in (9, 4)
    ]
    return specs, batches


@pytest.mark.parametrize("rows", [(), (5,), (3, 2)])
def test_accuracy_and_confusion(rows: tuple[int, ...], interpret: Interpret) -> None:
    specs, batches = scored(*rows)
    found = computed(interpret, "accuracy", specs, batches)
    axis = 1 if len(rows) == 2 else -1
    guess = torch.cat([b["logits"].argmax(axis).flatten() for b in batches])
    true = torch.cat([b["label"].flatten() for b in batches])
    torch.testing.assert_close(found["accuracy"], (guess == true).float().mean())
    matrix = torch.zeros(4, 4, dtype=torch.long)
    for t, g in zip(true, guess, strict=True):
        matrix[t, g] += 1
    assert torch.equal(found["confusion"], matrix)


def test_a_large_vocabulary_has_no_confusion_matrix() -> None:
    layer = REGISTRY["accuracy"]()
    assert isinstance(layer, Metric)
    specs = TensorSpec((B, 5, 101)), TensorSpec((B, 5), "int64", 101)
    assert set(layer.metrics(*specs)) == {"accuracy"}


@pytest.mark.parametrize("rows", [(), (5,)])
def test_perplexity_is_the_exponential_of_cross_entropy(
    rows: tuple[int, ...], interpret: Interpret
) -> None:
    specs, batches = scored(*rows)
    found = computed(interpret, "perplexity", specs, batches)
    logits = torch.cat([b["logits"].reshape(-1, 4) for b in batches])
    true = torch.cat([b["label"].flatten() for b in batches])
    expected = torch.nn.functional.cross_entropy(logits, true).exp()
    torch.testing.assert_close(found["perplexity"], expected)


@pytest.mark.parametrize("dtype", ["int64", "float32"])
def test_binary_accuracy_reads_scores_between_0_and_1_as_scores(
    dtype: str, interpret: Interpret
) -> None:
    specs = TensorSpec((B, 1)), TensorSpec((B,), dtype, 2 if dtype == "int64" else None)  # type: ignore[arg-type]
    target = torch.tensor([1, 1, 0]).to(getattr(torch, dtype))
    batch = {"logits": torch.tensor([[0.2], [0.3], [0.4]]), "target": target}
    found = computed(interpret, "binary_accuracy", specs, [batch])
    torch.testing.assert_close(found["accuracy"], torch.tensor(2 / 3))


@pytest.mark.parametrize("shapes", [((1,), ()), ((3,), (3,)), ((2, 3), (2, 3))])
def test_regression_figures(shapes: tuple[tuple[int, ...], ...], interpret: Interpret) -> None:
    specs = tuple(TensorSpec((B, *s)) for s in shapes)
    batches: Batches = [
        {"prediction": torch.randn(n, *shapes[0]), "target": torch.randn(n, *shapes[1])}
        for n in (9, 4)
    ]
    y = torch.cat([b["prediction"].flatten() for b in batches])
    t = torch.cat([b["target"].flatten() for b in batches])
    expected = {
        "mae": (y - t).abs().mean(),
        "rmse": (y - t).pow(2).mean().sqrt(),
        "r2": 1 - (y - t).pow(2).sum() / (t - t.mean()).pow(2).sum(),
    }
    for kind, figure in expected.items():
        found = computed(interpret, kind, specs, batches)
        torch.testing.assert_close(found[kind], figure, rtol=1e-4, atol=1e-5)


def test_numbers_are_not_classes() -> None:
    labels = TensorSpec((B,), "int64", 10)
    with pytest.raises(ShapeError, match="labels or tokens"):
        REGISTRY["r2"]().infer(TensorSpec((B, 1)), labels)
    with pytest.raises(ShapeError, match="10"):
        REGISTRY["binary_accuracy"]().infer(TensorSpec((B,)), labels)
