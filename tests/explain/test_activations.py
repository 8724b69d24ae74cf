from __future__ import annotations

import numpy as np
import pytest
import torch

from netbuilder.compiler.build import build
from netbuilder.explain.activations import activations, summary
from netbuilder.explain.undisturbed import ExplainError


def batch(rows: int = 6) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(2)
    image = torch.rand(rows, 1, 8, 8, generator=generator)
    return {"image": image, "label": torch.arange(rows) % 10}


def test_pictures_show_the_most_active_channels(digits):
    torch.manual_seed(0)
    model, given = build(digits), batch()
    found = activations(model, digits, given)["relu_1.y"]
    model.eval()
    with torch.no_grad():
        expected = torch.relu(model.batch_norm_1(model.conv2d_1(given["image"])))
    order = expected[0].mean((1, 2)).argsort(descending=True)[:3].tolist()
    assert found.shows == "image"
    assert list(found.channels) == order
    for channel, picture in zip(found.channels, found.pictures, strict=True):
        np.testing.assert_array_equal(picture, expected[0, channel].numpy())
    assert found.mean == pytest.approx(float(expected.mean()), rel=1e-5)
    assert found.counts.sum() == expected.numel()
    assert found.dead == pytest.approx(float((expected.flatten(1) == 0).all(0).float().mean()))


def test_every_node_is_there_and_labels_are_not(digits):
    found = activations(build(digits), digits, batch())
    assert set(found) == {
        "digits_1.image", "conv2d_1.y", "batch_norm_1.y", "relu_1.y", "flatten_1.y", "linear_1.y",
    }  # fmt: skip
    assert found["linear_1.y"].shows == "histogram"
    assert found["linear_1.y"].shape == (6, 10)


def test_sequences_are_matrices(letters):
    tokens = torch.randint(0, 9, (2, 12))
    found = activations(build(letters), letters, {"tokens": tokens, "next": tokens})
    assert found["embedding_1.y"].shows == "matrix"
    assert found["embedding_1.y"].pictures[0].shape == (12, 8)
    assert "attend_1[1].add_1.y" in found


def test_dead_units_and_numbers_that_are_not_finite():
    value = torch.zeros(4, 5)
    value[0, 0], value[1, 1], value[2, 2] = 1.0, float("nan"), float("inf")
    found = summary(value)
    assert found.dead == pytest.approx(2 / 5)
    assert found.counts.sum() == 18
    assert found.mean == pytest.approx(1 / 18)


def test_large_pictures_are_averaged_down():
    value = (
        torch.arange(4.0).reshape(1, 1, 2, 2).repeat_interleave(100, 2).repeat_interleave(100, 3)
    )
    (picture,) = summary(value).pictures
    assert picture.shape == (64, 64)
    assert picture[[0, 0, -1, -1], [0, -1, 0, -1]].tolist() == [0, 1, 2, 3]


def test_the_model_and_the_random_state_stay(variational):
    model = build(variational)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    random = torch.get_rng_state()
    found = activations(model, variational, batch())
    assert "reparameterise_1.z" in found
    assert torch.equal(random, torch.get_rng_state())
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())
    assert model.training


def test_a_missing_field_is_named(digits):
    with pytest.raises(ExplainError, match="label"):
        activations(build(digits), digits, {"image": torch.zeros(1, 1, 8, 8)})
