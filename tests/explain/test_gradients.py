from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from netbuilder.compiler.build import build
from netbuilder.explain.gradients import gradients
from netbuilder.explain.undisturbed import ExplainError


def test_norms_are_autograds(digits):
    torch.manual_seed(0)
    model = build(digits)
    batch = {"image": torch.rand(5, 1, 8, 8), "label": torch.arange(5)}
    found = gradients(model, digits, batch)
    model.eval()
    conv = model.conv2d_1(batch["image"])
    norm = model.batch_norm_1(conv)
    relu = F.relu(norm)
    logits = model.linear_1(relu.flatten(1))
    # The loss's own weight of 2 counts, as it does in training.
    loss = 2 * F.cross_entropy(logits, batch["label"])
    expected = torch.autograd.grad(loss, [conv, norm, relu, logits])
    keys = ["conv2d_1.y", "batch_norm_1.y", "relu_1.y", "linear_1.y"]
    for key, grad in zip(keys, expected, strict=True):
        assert found[key] == pytest.approx(float(grad.norm()), rel=1e-4), key
    assert found["flatten_1.y"] == pytest.approx(found["relu_1.y"])
    assert "digits_1.image" not in found
    assert all(p.grad is None for p in model.parameters())
    assert found == gradients(model, digits, batch, objective="main")


def test_nothing_flows_past_a_detach(wired):
    project = wired(
        {
            "blobs_1": {},
            "first_1": {"kind": "linear", "out_features": 4},
            "detach_1": {},
            "second_1": {"kind": "linear", "out_features": 3},
            "output_1": {},
            "cross_entropy_1": {},
        },
        "blobs_1.point -> first_1.x",
        "first_1.y -> detach_1.x",
        "detach_1.y -> second_1.x",
        "second_1.y -> output_1.x",
        "second_1.y -> cross_entropy_1.logits",
        "blobs_1.label -> cross_entropy_1.label",
    )
    batch = {"point": torch.rand(4, 2), "label": torch.tensor([0, 1, 2, 0])}
    found = gradients(build(project), project, batch)
    assert found["second_1.y"] > 0
    assert "first_1.y" not in found


def test_an_unknown_optimiser_is_named(digits):
    with pytest.raises(ExplainError, match="no optimiser called side"):
        gradients(build(digits), digits, {}, objective="side")
