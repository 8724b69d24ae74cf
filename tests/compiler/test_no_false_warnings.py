"""What looks like a classic mistake and is none: nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from netbuilder.building import Network
from netbuilder.compiler import check
from netbuilder.graph import Optimiser, Project, Training


def positive_pixels() -> Project:
    """An autoencoder may know that no pixel is below 0."""
    net = Network("autoencoder")
    data = net.digits()
    x = net.tanh(net.linear(net.flatten(data.image), out_features=8))
    x = net.reshape(net.relu(net.linear(x, out_features=64)), sizes=(1, 8, 8))
    net.output(x)
    net.mse(x, data.image)
    return net.project()


def classes(build: Callable[[Network, object], object]) -> Project:
    """Digits, classified by what `build` makes of an image."""
    net = Network("classes")
    data = net.digits()
    scores = net.linear(net.flatten(build(net, data.image)), out_features=10)
    net.output(scores)
    net.cross_entropy(scores, data.label)
    return net.project()


def bottleneck(net: Network, x: object) -> object:
    """Linear maps of 1 × 1, meant as they are: Sandler et al. 2018."""
    x = net.relu6(net.batch_norm(net.conv2d(x, out_channels=8, bias=False)))
    x = net.batch_norm(net.conv2d(x, out_channels=4, kernel_size=(1,), bias=False))
    x = net.conv2d(x, out_channels=8, kernel_size=(1,), bias=False)
    return net.relu6(net.batch_norm(x))


def separable(net: Network, x: object) -> object:
    """Long kernels, and one for each channel: two cheap maps in place of one."""
    x = net.conv2d(x, out_channels=4, kernel_size=(3, 1))
    x = net.relu(net.conv2d(x, out_channels=4, kernel_size=(1, 3)))
    x = net.conv2d(x, out_channels=4, groups=4)
    return net.relu(net.conv2d(x, out_channels=8, kernel_size=(1,)))


def patches(net: Network, x: object) -> object:
    return net.to_tokens(net.conv2d(x, out_channels=8, kernel_size=(4,), stride=(4,)))


def residual_of_zero(net: Network, x: object) -> object:
    """A branch that begins as nothing: Goyal et al. 2017."""
    x = net.relu(net.conv2d(x, out_channels=4))
    branch = net.conv2d(
        net.relu(net.conv2d(x, out_channels=4)), out_channels=4, weight_init="zeros"
    )
    return net.relu(net.add(x, branch))


def read_before_its_activation(net: Network, x: object) -> object:
    """What feeds two nodes is not only a step on the way to one of them."""
    x = net.conv2d(x, out_channels=4)
    return net.concat(net.relu(x), net.conv2d(x, out_channels=4, id="other"))


def gate(net: Network, x: object) -> object:
    """Squeeze and excitation: ReLU and Sigmoid, but with a layer between them."""
    x = net.relu(net.conv2d(x, out_channels=4))
    squeezed = net.relu(net.linear(net.global_avg_pool(x), out_features=2))
    excited = net.sigmoid(net.linear(squeezed, out_features=4))
    return net.multiply(x, net.reshape(excited, sizes=(4, 1, 1)))


def attention_over_steps(net: Network, x: object) -> object:
    """A softmax along the steps, which weighs them."""
    x = net.reshape(x, sizes=(8, 8))
    weight = net.softmax(net.linear(x, out_features=1), dim=1)
    return net.multiply(x, weight)


def dropped_behind_the_norm(net: Network, x: object) -> object:
    x = net.relu(net.batch_norm(net.conv2d(x, out_channels=4, bias=False)))
    x = net.dropout(x)
    return net.relu(net.batch_norm(net.conv2d(x, out_channels=4, bias=False)))


def multi_label() -> Project:
    net = Network("labels")
    data = net.blobs()
    scores = net.linear(data.point, out_features=2)
    net.output(net.sigmoid(scores))  # the result is a probability; the loss takes the scores
    net.bce_with_logits(scores, data.point)
    return net.project()


def trained(optimiser: Optimiser) -> Project:
    return replace(positive_pixels(), training=Training(optimisers=(optimiser,)))


def critic(norm: bool) -> Project:
    """A gradient penalty of what Random mix gives; batch norm elsewhere is none of its business."""
    net = Network("critic")
    data = net.blobs()
    fake = net.linear(net.noise(size=(2,)), out_features=4, bias=False)
    fake = net.batch_norm(fake) if norm else fake
    fake = net.linear(net.relu(fake), out_features=2)
    mixed = net.random_mix(data.point, net.detach(fake))
    with net.block("judge") as b:
        x = b.layer_norm(b.linear(b.input(name="x"), out_features=8))
        b.output(b.linear(b.leaky_relu(x), out_features=1), name="score")
    net.wasserstein(net.judge(data.point, id="one"))
    net.wasserstein(net.judge(net.detach(fake), share="one"), goal="down")
    net.gradient_penalty(net.judge(mixed, share="one"), mixed)
    net.output(fake)
    return net.project()


SOUND: dict[str, Callable[[], Project]] = {
    "ReLU for pixels": positive_pixels,
    "linear bottleneck": lambda: classes(bottleneck),
    "separable convolutions": lambda: classes(separable),
    "patches": lambda: classes(patches),
    "residual of zero": lambda: classes(residual_of_zero),
    "read twice": lambda: classes(read_before_its_activation),
    "gate": lambda: classes(gate),
    "attention": lambda: classes(attention_over_steps),
    "dropout behind the norm": lambda: classes(dropped_behind_the_norm),
    "multi-label": multi_label,
    "critic": lambda: critic(norm=True),
    "perceptron": lambda: trained(Optimiser("main", "sgd", {"lr": 1.0})),
    "Adam in a hurry": lambda: trained(Optimiser(settings={"lr": 0.1})),
}


@pytest.mark.parametrize("name", SOUND)
def test_nothing_is_said_of_what_is_meant(name: str) -> None:
    assert [(p.node, p.message) for p in check(SOUND[name]()).problems] == []
