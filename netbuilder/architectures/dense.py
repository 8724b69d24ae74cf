"""DenseNet: every layer reads all that came before it."""

from __future__ import annotations

from collections.abc import Sequence

from netbuilder.architectures.judging import judged
from netbuilder.building import Network
from netbuilder.graph import Optimiser, Project


def densenet121(
    image: int = 224,
    growth: int = 32,
    depths: Sequence[int] = (6, 12, 24, 16),
    classes: int = 1000,
) -> Project:
    """DenseNet-121, 7,978,856 parameters: Huang et al. 2016.

    A dense layer adds `growth` channels to those it was given; between the stages half of
    the channels and a quarter of the places are kept.
    """
    net = Network("densenet121")
    data = net.random_numbers(sizes=(3, image, image), classes=classes)
    with net.block("dense_layer", growth=growth) as b:
        x = b.input(name="x")
        y = b.conv2d(
            b.relu(b.batch_norm(x)), out_channels="=4*growth", kernel_size=(1,), bias=False
        )
        y = b.conv2d(b.relu(b.batch_norm(y)), out_channels="=growth", bias=False)
        b.output(b.concat(x, y), name="y")
    with net.block("transition", width=4 * growth) as b:
        x = b.relu(b.batch_norm(b.input(name="x")))
        x = b.conv2d(x, out_channels="=width", kernel_size=(1,), bias=False)
        b.output(b.avg_pool2d(x), name="y")
    width = 2 * growth
    x = net.conv2d(data.values, out_channels=width, kernel_size=(7,), stride=(2,), bias=False)
    x = net.max_pool2d(net.relu(net.batch_norm(x)), kernel_size=(3,), stride=(2,), pad=(1,))
    for stage, depth in enumerate(depths, 1):
        x = net.dense_layer(x, repeat=depth, growth=growth, id=f"stage_{stage}")
        width += depth * growth
        if stage < len(depths):
            width //= 2
            x = net.transition(x, width=width, id=f"transition_{stage}")
    x = net.global_avg_pool(net.relu(net.batch_norm(x)))
    judged(net, net.linear(x, out_features=classes, id="head"), data.label)
    sgd = Optimiser(algorithm="sgd", settings={"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-4})
    notes = "DenseNet: nothing is forgotten, every layer reads all before it."
    return net.project(notes=notes, batch_size=32, optimisers=(sgd,))
