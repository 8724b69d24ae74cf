"""The first convolutional networks: LeNet-5, AlexNet, VGG-16."""

from __future__ import annotations

from netbuilder.architectures.judging import judged
from netbuilder.building import Network, Output
from netbuilder.graph import Optimiser, Project


def lenet(image: int = 28, channels: int = 1, classes: int = 10) -> Project:
    """LeNet-5, 61,706 parameters: LeCun et al. 1998, with scores in place of radial units."""
    net = Network("lenet5")
    data = net.random_numbers(sizes=(channels, image, image), classes=classes)
    x = data.values
    for out, pad in ((6, (2,)), (16, (0,))):
        x = net.tanh(net.conv2d(x, out_channels=out, kernel_size=(5,), padding="custom", pad=pad))
        x = net.avg_pool2d(x)
    x = net.flatten(x)
    for out in (120, 84):
        x = net.tanh(net.linear(x, out_features=out))
    judged(net, net.linear(x, out_features=classes, id="head"), data.label)
    return net.project(
        notes="LeNet-5 reads handwritten digits.", epochs=20, optimisers=(_sgd(0.05),)
    )


def alexnet(image: int = 224, width: int = 64, hidden: int = 4096, classes: int = 1000) -> Project:
    """AlexNet on one device, 61,100,840 parameters: Krizhevsky 2014."""
    net = Network("alexnet")
    data = net.random_numbers(sizes=(3, image, image), classes=classes)
    x = net.conv2d(
        data.values, out_channels=width, kernel_size=(11,), stride=(4,), padding="custom", pad=(2,)
    )
    x = _shrunk(net, net.relu(x))
    x = net.relu(net.conv2d(x, out_channels=3 * width, kernel_size=(5,)))
    x = _shrunk(net, x)
    for out in (6, 4, 4):
        x = net.relu(net.conv2d(x, out_channels=out * width))
    x = net.flatten(net.adaptive_avg_pool(_shrunk(net, x), output_size=(6,)))
    judged(net, _heads(net, x, hidden, classes, first=True), data.label)
    notes = "AlexNet: the network that made convolutions famous, ImageNet 2012."
    return net.project(notes=notes, batch_size=32, optimisers=(_sgd(0.01),))


def vgg16(image: int = 224, width: int = 64, hidden: int = 4096, classes: int = 1000) -> Project:
    """VGG-16, 138,357,544 parameters: Simonyan and Zisserman 2014.

    The block is repeated: two or three convolutions of 3×3, which see as far as one of 5×5
    or 7×7 with fewer weights.
    """
    net = Network("vgg16")
    data = net.random_numbers(sizes=(3, image, image), classes=classes)
    with net.block("conv_relu", width=width) as b:
        b.output(b.relu(b.conv2d(b.input(name="x"), out_channels="=width")), name="y")
    x = data.values
    for stage, (times, factor) in enumerate(((2, 1), (2, 2), (3, 4), (3, 8), (3, 8)), 1):
        x = net.conv_relu(x, repeat=times, width=factor * width, id=f"stage_{stage}")
        x = net.max_pool2d(x, id=f"pool_{stage}")
    x = net.flatten(net.adaptive_avg_pool(x, output_size=(7,)))
    judged(net, _heads(net, x, hidden, classes, first=False), data.label)
    notes = "VGG-16: nothing but small windows, thirteen convolutions deep."
    return net.project(notes=notes, batch_size=16, optimisers=(_sgd(0.01),))


def _shrunk(net: Network, x: Output) -> Output:
    return net.max_pool2d(x, kernel_size=(3,), stride=(2,))


def _heads(net: Network, x: Output, hidden: int, classes: int, first: bool) -> Output:
    """Two hidden layers with dropout, before each or behind each, and scores."""
    for _ in range(2):
        x = net.linear(net.dropout(x) if first else x, out_features=hidden)
        x = net.relu(x) if first else net.dropout(net.relu(x))
    return net.linear(x, out_features=classes, id="head")


def _sgd(lr: float) -> Optimiser:
    return Optimiser(algorithm="sgd", settings={"lr": lr, "momentum": 0.9, "weight_decay": 5e-4})
