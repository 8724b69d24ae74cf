from __future__ import annotations

import pytest
import torch

from netbuilder.compiler.build import build
from netbuilder.explain.latent import Part, between, decode, latent_node
from netbuilder.explain.samples import reconstruction, samples
from netbuilder.explain.undisturbed import ExplainError


def decoder_by_hand(model: torch.nn.Module, z: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return torch.sigmoid(model.decode_1(z)).reshape(-1, 1, 8, 8)


def test_the_part_behind_a_node_is_the_decoder(variational):
    torch.manual_seed(0)
    model = build(variational)
    random = torch.get_rng_state()
    z = torch.tensor([[0.5, -1.0, 2.0], [0.0, 0.0, 0.0]])
    part = Part.of(variational, model, "reparameterise_1")
    assert torch.equal(random, torch.get_rng_state())
    (found,) = part(z)
    assert torch.equal(found, decoder_by_hand(model, z))
    # It follows the model as that learns.
    with torch.no_grad():
        model.decode_1.bias.add_(1)
    assert torch.equal(part(z)[0], decoder_by_hand(model, z))
    assert model.training


def test_any_node_will_do(digits):
    torch.manual_seed(0)
    model = build(digits)
    image = torch.rand(3, 1, 8, 8)
    model.eval()
    with torch.no_grad():
        norm = model.batch_norm_1(model.conv2d_1(image))
        expected = model(image)
    assert torch.allclose(decode(digits, model, "batch_norm_1", norm)[0], expected, atol=1e-6)


def test_a_part_keeps_weights_that_an_encoder_shares_with_it(wired):
    from dataclasses import replace

    project = wired(
        {
            "blobs_1": {},
            "first_1": {"kind": "linear", "out_features": 2},
            "tanh_1": {},
            "second_1": {"kind": "linear", "out_features": 2},
            "output_1": {},
            "mse_1": {},
        },
        "blobs_1.point -> first_1.x",
        "first_1.y -> tanh_1.x",
        "tanh_1.y -> second_1.x",
        "second_1.y -> output_1.x",
        "second_1.y -> mse_1.prediction",
        "blobs_1.point -> mse_1.target",
    )
    graph = project.graph
    project = project.with_graph(graph.put(replace(graph["second_1"], share="first_1")))
    model = build(project)
    z = torch.rand(4, 2)
    with torch.no_grad():
        assert torch.equal(decode(project, model, "tanh_1", z)[0], model.first_1(z))


def test_what_cannot_be_cut_says_why(digits, variational):
    model = build(digits)
    with pytest.raises(ExplainError, match="no output z"):
        Part.of(digits, model, "conv2d_1", "z")
    with pytest.raises(ExplainError, match="computes nothing"):
        Part.of(digits, model, "output_1")
    with pytest.raises(ExplainError, match=r"shape \(3,\)"):
        decode(variational, build(variational), "reparameterise_1", torch.zeros(2, 4))


def test_samples_of_a_variational_autoencoder(variational):
    model = build(variational)
    found = samples(model, variational, 5, seed=3)
    assert found.latent.shape == (5, 3)
    expected = decoder_by_hand(model, torch.from_numpy(found.latent))
    assert torch.equal(torch.from_numpy(found.outputs["image"]), expected)
    again, other = (samples(model, variational, 5, seed=s) for s in (3, 4))
    assert (again.latent == found.latent).all()
    assert (other.latent != found.latent).any()


def test_samples_of_a_generator(wired):
    project = wired(
        {
            "digits_1": {},
            "noise_1": {"size": (4,), "distribution": "uniform"},
            "linear_1": {"out_features": 64},
            "reshape_1": {"sizes": (1, 8, 8)},
            "output_1": {"name": "image"},
            "mse_1": {},
        },
        "noise_1.y -> linear_1.x",
        "linear_1.y -> reshape_1.x",
        "reshape_1.y -> output_1.x",
        "reshape_1.y -> mse_1.prediction",
        "digits_1.image -> mse_1.target",
    )
    model, random = build(project), torch.get_rng_state()
    found = samples(model, project, 50)
    assert torch.equal(random, torch.get_rng_state())
    assert abs(found.latent).max() <= 1
    with torch.no_grad():
        expected = model(torch.from_numpy(found.latent))
    assert torch.equal(torch.from_numpy(found.outputs["image"]), expected)


def test_a_classifier_makes_nothing(digits):
    with pytest.raises(ExplainError, match="makes nothing"):
        samples(build(digits), digits)
    with pytest.raises(ExplainError, match="returns nothing of the shape"):
        reconstruction(build(digits), {"image": torch.zeros(2, 1, 8, 8)})


def test_reconstructions_lie_beside_their_inputs(variational):
    model = build(variational)
    image = torch.rand(3, 1, 8, 8)
    found = reconstruction(model, {"image": image})
    with torch.no_grad():
        mean = model.mu_1(torch.tanh(model.encode_1(image.flatten(1))))
    expected = decoder_by_hand(model, mean)
    assert torch.allclose(torch.from_numpy(found.outputs), expected)
    assert found.errors == pytest.approx(((expected - image) ** 2).mean((1, 2, 3)).numpy())
    assert latent_node(variational) == "reparameterise_1"


def test_between_two_points():
    line = between(torch.tensor([0.0, 2.0]), torch.tensor([1.0, 0.0]), 3)
    assert line.tolist() == [[0, 2], [0.5, 1], [1, 0]]
