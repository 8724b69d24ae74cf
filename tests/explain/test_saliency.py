from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from netbuilder.explain.saliency import METHODS, saliency
from netbuilder.explain.undisturbed import ExplainError


@pytest.fixture
def sample() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {"image": torch.randn(1, 1, 8, 8, generator=generator), "label": torch.tensor([2])}


def by_hand(model: nn.Module, image: torch.Tensor, target: int) -> torch.Tensor:
    """The gradient of one score, with nothing but autograd."""
    mode, x = model.training, image.clone().requires_grad_()
    model.eval()
    (gradient,) = torch.autograd.grad(model(x)[0, target], x)
    model.train(mode)
    return gradient[0]


def test_gradient_is_autograds(pictures, sample):
    found = saliency(pictures, sample, method="gradient", target=1)
    expected = by_hand(pictures, sample["image"], 1)
    np.testing.assert_array_equal(found.map, expected.numpy())
    assert found.field == "image"
    assert found.map.dtype == np.float32


def test_gradient_times_input(pictures, sample):
    found = saliency(pictures, sample, method="gradient_x_input", target=0)
    expected = by_hand(pictures, sample["image"], 0) * sample["image"][0]
    np.testing.assert_allclose(found.map, expected.numpy(), rtol=1e-6)


def test_the_predicted_class_is_explained_by_default(pictures, sample):
    found = saliency(pictures, sample)
    pictures.eval()
    scores = pictures(sample["image"])[0].detach().numpy()
    assert found.target == found.predicted == int(scores.argmax())
    np.testing.assert_array_equal(found.scores, scores)


def test_integrated_gradients_are_complete(pictures, sample):
    found = saliency(pictures, sample, method="integrated_gradients", target=2)
    pictures.eval()
    with torch.no_grad():
        gained = pictures(sample["image"])[0, 2] - pictures(torch.zeros(1, 1, 8, 8))[0, 2]
    assert found.map.sum() == pytest.approx(float(gained), rel=1e-4)


def test_smoothgrad_of_a_linear_model_is_its_weight(stating):
    model = nn.Linear(5, 2)
    stating(model, point=((5,), "float32"))
    for seed in (0, 7):
        found = saliency(
            model, {"point": torch.randn(1, 5)}, method="smoothgrad", target=1, seed=seed
        )
        np.testing.assert_allclose(found.map, model.weight[1].detach().numpy(), rtol=1e-5)


def test_occlusion_of_a_linear_model_is_weight_times_input(stating):
    model = stating(nn.Linear(5, 2), point=((5,), "float32"))
    point = torch.randn(1, 5)
    found = saliency(model, {"point": point}, method="occlusion", target=0)
    expected = (model.weight[0] * point[0]).detach().numpy()
    np.testing.assert_allclose(found.map, expected, rtol=1e-4, atol=1e-6)


def test_grad_cam_finds_the_only_bright_place(stating):
    class Seen(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv2d_1 = nn.Conv2d(1, 1, 1, bias=False)
            nn.init.ones_(self.conv2d_1.weight)

        def forward(self, image):
            return self.conv2d_1(image).flatten(2).sum(-1)

    model = stating(Seen(), image=((1, 6, 6), "float32"))
    image = torch.zeros(1, 1, 6, 6)
    image[0, 0, 4, 1] = 3
    found = saliency(model, {"image": image}, method="grad_cam")
    assert np.unravel_index(found.map.argmax(), found.map.shape) == (0, 4, 1)
    assert (found.map > 0).sum() == 1
    with pytest.raises(ExplainError, match="linear_1 is none"):
        saliency(model, {"image": image}, method="grad_cam", layer="linear_1")


class Sounds(nn.Module):
    """Adds up a signal, which arrives with channels first or, turned, with time first."""

    def __init__(self, turned: bool) -> None:
        super().__init__()
        self.turned = turned
        self.conv1d_1 = nn.Conv1d(2, 1, 1, bias=False)
        nn.init.ones_(self.conv1d_1.weight)

    def forward(self, signal):
        return self.conv1d_1(signal.transpose(1, 2) if self.turned else signal).sum(2)


@pytest.mark.parametrize("turned", [False, True])
def test_grad_cam_along_time(stating, turned):
    signal = torch.zeros(1, 2, 7)
    signal[0, 1, 5] = 1
    signal = signal.transpose(1, 2) if turned else signal
    model = stating(Sounds(turned), signal=(tuple(signal.shape[1:]), "float32"))
    found = saliency(model, {"signal": signal}, method="grad_cam").map
    expected = np.zeros((2, 7), np.float32)
    expected[:, 5] = 1
    np.testing.assert_allclose(found, expected.T if turned else expected)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_changes(pictures, sample, method):
    before = {name: tensor.clone() for name, tensor in pictures.state_dict().items()}
    grads = {name: p.grad.clone() for name, p in pictures.named_parameters()}
    pictures.conv2d_1.eval()  # a mode of its own survives, too
    modes = [m.training for m in pictures.modules()]
    random, image = torch.get_rng_state(), sample["image"].clone()
    found = saliency(pictures, sample, method=method)
    assert found.map.shape == (1, 8, 8)
    assert np.isfinite(found.map).all()
    assert np.abs(found.map).max() > 0
    assert torch.equal(sample["image"], image)
    assert torch.equal(torch.get_rng_state(), random)
    assert [m.training for m in pictures.modules()] == modes
    assert all(torch.equal(before[n], t) for n, t in pictures.state_dict().items())
    assert all(torch.equal(grads[n], p.grad) for n, p in pictures.named_parameters())
    assert not any(m._forward_hooks or m._backward_hooks for m in pictures.modules())


class Reader(nn.Module):
    """Adds up what each token is worth: token 3 speaks for class 1, all others for none."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding_1 = nn.Embedding(5, 4)
        self.linear_1 = nn.Linear(4, 2, bias=False)
        with torch.no_grad():
            self.embedding_1.weight.copy_(torch.eye(5, 4))
            self.linear_1.weight.copy_(torch.tensor([[0, 0, 0, 0.0], [0, 0, 0, 2.0]]))

    def forward(self, tokens):
        return self.linear_1(self.embedding_1(tokens)).sum(1)


@pytest.mark.parametrize("method", ["gradient_x_input", "integrated_gradients", "occlusion"])
def test_tokens_get_one_value_each(stating, method):
    model = stating(Reader(), tokens=((6,), "int64"))
    found = saliency(model, {"tokens": torch.tensor([[0, 3, 1, 1, 3, 2]])}, method=method, target=1)
    np.testing.assert_allclose(found.map, [0, 2, 0, 0, 2, 0], atol=1e-5)
    assert not model.embedding_1._forward_hooks


@pytest.mark.parametrize("method", ["gradient", "smoothgrad"])
def test_a_tokens_gradient_is_shown_by_its_length(stating, method):
    model = stating(Reader(), tokens=((3,), "int64"))
    found = saliency(model, {"tokens": torch.tensor([0, 3, 1])}, method=method, target=1)
    np.testing.assert_allclose(found.map, [2, 2, 2], rtol=1e-5)


class Rows(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm_1 = nn.LSTM(3, 4, batch_first=True)
        self.linear_1 = nn.Linear(4, 2)

    def forward(self, rows):
        return self.linear_1(self.lstm_1(rows)[0])


def test_a_sequence_is_explained_at_one_position(stating):
    model = stating(Rows(), rows=((5, 3), "float32"))
    rows = torch.randn(1, 5, 3)
    at_end = saliency(model, {"rows": rows}, target=0)
    in_front = saliency(model, {"rows": rows}, target=0, position=1)
    assert np.abs(at_end.map).min() > 0
    assert np.abs(in_front.map[:2]).min() > 0
    assert not in_front.map[2:].any()  # the future has no say


@pytest.mark.parametrize(
    ("sample", "options", "says"),
    [
        ({"label": torch.tensor([1])}, {}, "does not have"),
        ({"image": torch.zeros(2, 1, 8, 8)}, {}, "one sample at a time"),
        ({"image": torch.zeros(1, 8, 8)}, {"target": 3}, "no class 3"),
        ({"image": torch.zeros(1, 8, 8)}, {"field": "label"}, "not label"),
        ({"image": torch.zeros(1, 8, 8)}, {"output": "mask"}, "not mask"),
        ({"image": torch.zeros(1, 8, 8)}, {"method": "guess"}, "no method guess"),
    ],
)
def test_what_cannot_be_explained_says_why(pictures, sample, options, says):
    with pytest.raises(ExplainError, match=says):
        saliency(pictures, sample, **options)
    assert pictures.training


def test_grad_cam_needs_a_convolution(stating):
    model = stating(nn.Linear(2, 2), point=((2,), "float32"))
    with pytest.raises(ExplainError, match="has none"):
        saliency(model, {"point": torch.zeros(1, 2)}, method="grad_cam")
    assert model.training
