"""Augmentation: what each kind does to samples in training, and nothing afterwards."""

from __future__ import annotations

import math

import pytest
import torch

import netbuilder as nb
from netbuilder import nn as own
from netbuilder.building import Network
from netbuilder.explain.augmented import augmented
from netbuilder.explain.undisturbed import ExplainError
from netbuilder.graph import Project
from netbuilder.layers import REGISTRY

#: By kind: a module that surely changes what it gets, and what it is given.
IMAGE, SEQUENCE = (64, 3, 8, 8), (64, 12, 4)
CASES = {
    "random_flip": (own.RandomFlip(p=0.5), IMAGE),
    "random_affine": (own.RandomAffine(30, 0.2, 0.2), IMAGE),
    "random_crop": (own.RandomCrop(8, 8, padding=2), IMAGE),
    "random_resized_crop": (own.RandomResizedCrop(0.3), IMAGE),
    "colour_jitter": (own.ColourJitter(saturation=0.3), IMAGE),
    "random_blur": (own.RandomBlur(p=0.5), IMAGE),
    "add_noise": (own.AddNoise(), SEQUENCE),
    "cutout": (own.Cutout(3, p=0.7), IMAGE),
    "time_mask": (own.TimeMask(4), SEQUENCE),
}


def test_these_are_all_that_are_random() -> None:
    there = {k for k, layer in REGISTRY.items() if layer.family == "Augmentation"}
    assert there == {*CASES, "sobel"}


@pytest.mark.parametrize("kind", CASES)
def test_only_in_training_and_each_sample_its_own(kind: str) -> None:
    module, shape = CASES[kind]
    x = torch.randn(shape[1:]).expand(shape).clone() + 3  # the same sample 64 times
    torch.manual_seed(1)
    made = module.train()(x)
    assert made.shape == x.shape
    assert not torch.equal(made, x)
    assert len({tuple(one.flatten().tolist()) for one in made}) >= 2
    state = torch.get_rng_state()
    torch.manual_seed(1)
    assert torch.equal(module(x), made)  # the seed decides
    torch.set_rng_state(state)
    assert torch.equal(module.eval()(x), x)
    assert torch.equal(torch.get_rng_state(), state)  # nothing is drawn in evaluation


def test_turning_keeps_a_disc_and_moves_what_lies_outside() -> None:
    module = own.RandomAffine(degrees=90.0, shift=0.0).train()
    side = torch.linspace(-1, 1, 33)
    disc = ((side[:, None] ** 2 + side[None] ** 2) < 0.5).float().expand(50, 1, 33, 33)
    assert float((module(disc).sum((1, 2, 3)) / disc[0].sum() - 1).abs().max()) < 0.02
    right = torch.zeros(50, 1, 33, 33)
    right[:, :, 16, 28] = 1  # 12 pixels right of the middle
    made = module(right)
    places = torch.arange(33.0) - 16
    mass = made.sum((1, 2, 3))
    x, y = (made.sum((1, 2)) * places).sum(1) / mass, (made.sum((1, 3)) * places).sum(1) / mass
    torch.testing.assert_close((x**2 + y**2).sqrt(), torch.full((50,), 12.0), atol=0.5, rtol=0)
    assert float(y.min()) < -6
    assert float(y.max()) > 6


def test_a_shift_moves_by_its_share() -> None:
    module = own.RandomAffine(degrees=0.0, shift=0.25)
    x = torch.zeros(500, 1, 16, 16)
    x[:, :, 8, 8] = 1
    made = module.train()(x)
    places = torch.arange(16.0)
    down = (made.sum((1, 3)) * places).sum(1) - 8
    assert float(down.abs().max()) <= 4.01
    assert abs(float(down.std()) - 8 / math.sqrt(12)) < 0.2  # even from −4 to 4


def test_a_crop_is_a_part_of_the_picture() -> None:
    x = torch.arange(49.0).view(1, 1, 7, 7).repeat(40, 1, 1, 1)
    made = own.RandomCrop(4, 3).train()(x)
    corners = made[:, 0, 0, 0]
    assert len(set(corners.tolist())) > 8
    for one, corner in zip(made, corners, strict=True):
        top, left = divmod(int(corner), 7)
        assert torch.equal(one[0], x[0, 0, top : top + 4, left : left + 3])
    middle = own.RandomCrop(3, 3).eval()(x)
    assert torch.equal(middle[0, 0], x[0, 0, 2:5, 2:5])


def test_cutout_and_time_mask_hide_what_they_say() -> None:
    x = torch.ones(2000, 1, 32, 32)
    hidden = (own.Cutout(4, p=1.0).train()(x) == 0).sum((1, 2, 3))
    assert int(hidden.max()) == 16
    assert int(hidden.min()) == 4  # at a corner
    steps = (own.TimeMask(5).train()(torch.ones(2000, 20, 3)) == 0).all(2).sum(1)
    assert {int(n) for n in steps} == {0, 1, 2, 3, 4, 5}


def test_noise_blur_and_jitter_in_numbers() -> None:
    x = torch.randn(200, 3, 10, 10)
    noise = own.AddNoise(0.3).train()(x) - x
    assert abs(float(noise.std()) - 0.3) < 0.005
    blurred = own.RandomBlur(2.0, p=1.0).train()(x)
    assert float(blurred.std()) < 0.6 * float(x.std())
    flat = torch.full((4, 2, 9, 9), 2.5)
    torch.testing.assert_close(own.RandomBlur(p=1.0).train()(flat), flat)
    added = own.ColourJitter(0.2, 0.0).train()(x) - x
    assert float(added.abs().max()) <= 0.2001
    torch.testing.assert_close(added.amax((1, 2, 3)), added.amin((1, 2, 3)), atol=1e-5, rtol=0)


def test_sobel_of_a_slope_is_its_steepness() -> None:
    ramp = (3.0 * torch.arange(9.0)).expand(1, 2, 9, 9)
    for x in (ramp, ramp.mT):
        torch.testing.assert_close(own.Sobel()(x)[:, :, 1:-1, 1:-1], torch.full((1, 2, 7, 7), 3.0))


def digits() -> Project:
    net = Network("digits")
    data = net.digits()
    x = net.random_flip(net.random_affine(data.image))
    logits = net.linear(net.flatten(net.dropout(x)), out_features=10)
    net.output(logits, name="digit")
    net.cross_entropy(logits, data.label)
    return net.project()


def test_a_look_before_training_at_what_training_sees() -> None:
    project = digits()
    model = nb.compile(project)
    x = torch.rand(3, 1, 8, 8)
    batch = {"image": x, "label": torch.zeros(3, dtype=torch.int64)}
    found = augmented(model, project, batch, times=5)
    assert found.node == "random_flip_1"
    assert found.made.shape == (3, 5, 1, 8, 8)
    assert (found.samples == x.numpy()).all()
    assert len({one.tobytes() for one in found.made[0]}) == 5
    first = augmented(model, project, batch, node="random_affine_1")
    assert first.node == "random_affine_1"
    with pytest.raises(ExplainError, match="dropout_1 augments nothing"):
        augmented(model, project, batch, node="dropout_1")
