"""Residual networks: each block learns what to add to what it was given."""

from __future__ import annotations

from collections.abc import Sequence

from netbuilder.architectures.judging import judged
from netbuilder.building import Network, Output
from netbuilder.graph import Optimiser, Project


def basic_block(net: Network, width: int) -> None:
    """Define ``basic`` and ``basic_down``: two convolutions of 3×3 beside a skip.

    x (B, C, H, W) → (B, width, H / stride, W / stride); ``basic_down`` projects the skip by
    1×1, for where width or size change. He et al. 2015, figure 5 left.
    """
    for name, down in (("basic", False), ("basic_down", True)):
        more = {"stride": 2} if down else {}
        with net.block(name, width=width, **more) as b:
            x = b.input(name="x")
            stride = "=stride" if down else (1,)
            y = b.relu(_conv(b, x, "=width", 3, stride))
            y = _conv(b, y, "=width", 3)
            skip = _conv(b, x, "=width", 1, stride) if down else x
            b.output(b.relu(b.add(y, skip)), name="y")


def bottleneck_block(net: Network, width: int, groups: int = 1) -> None:
    """Define ``bottleneck`` and ``bottleneck_down``: 1×1 narrows, 3×3 looks, 1×1 widens.

    x (B, C, H, W) → (B, out, H / stride, W / stride). groups: the 3×3 in so many groups
    (Xie et al. 2016). He et al. 2015, figure 5 right.
    """
    for name, down in (("bottleneck", False), ("bottleneck_down", True)):
        more = {"stride": 2} if down else {}
        with net.block(name, width=width, out=4 * width, **more) as b:
            x = b.input(name="x")
            stride = "=stride" if down else (1,)
            y = b.relu(_conv(b, x, "=width", 1))
            y = b.relu(_conv(b, y, "=width", 3, stride, groups))
            y = _conv(b, y, "=out", 1)
            skip = _conv(b, x, "=out", 1, stride) if down else x
            b.output(b.relu(b.add(y, skip)), name="y")


def resnet18(image: int = 224, width: int = 64, classes: int = 1000) -> Project:
    """ResNet-18, 11,689,512 parameters: He et al. 2015."""
    return _basic("resnet18", (2, 2, 2, 2), image, width, classes)


def resnet34(image: int = 224, width: int = 64, classes: int = 1000) -> Project:
    """ResNet-34, 21,797,672 parameters: He et al. 2015."""
    return _basic("resnet34", (3, 4, 6, 3), image, width, classes)


def resnet50(image: int = 224, width: int = 64, classes: int = 1000) -> Project:
    """ResNet-50, 25,557,032 parameters: He et al. 2015."""
    return _bottleneck("resnet50", (3, 4, 6, 3), image, width, classes)


def resnet101(image: int = 224, width: int = 64, classes: int = 1000) -> Project:
    """ResNet-101, 44,549,160 parameters: He et al. 2015."""
    return _bottleneck("resnet101", (3, 4, 23, 3), image, width, classes)


def resnet152(image: int = 224, width: int = 64, classes: int = 1000) -> Project:
    """ResNet-152, 60,192,808 parameters: He et al. 2015."""
    return _bottleneck("resnet152", (3, 8, 36, 3), image, width, classes)


def resnext50(image: int = 224, width: int = 64, groups: int = 32, classes: int = 1000) -> Project:
    """ResNeXt-50 32×4d, 25,028,904 parameters: Xie et al. 2016."""
    return _bottleneck("resnext50", (3, 4, 6, 3), image, width, classes, groups, 2)


def _basic(name: str, depths: Sequence[int], image: int, width: int, classes: int) -> Project:
    net = Network(name)
    basic_block(net, width)
    x, label = _stem(net, image, width, classes)
    for stage, depth in enumerate(depths, 1):
        inner = width * 2 ** (stage - 1)
        if stage > 1:
            x = net.basic_down(x, width=inner, id=f"stage_{stage}_down")
            depth -= 1
        x = net.basic(x, repeat=depth, width=inner, id=f"stage_{stage}")
    return _head(net, x, label, classes)


def _bottleneck(
    name: str,
    depths: Sequence[int],
    image: int,
    width: int,
    classes: int,
    groups: int = 1,
    wider: int = 1,
) -> Project:
    """wider: how many times the 3×3 is as wide as in a ResNet."""
    net = Network(name)
    bottleneck_block(net, width, groups)
    x, label = _stem(net, image, width, classes)
    for stage, depth in enumerate(depths, 1):
        inner, out = wider * width * 2 ** (stage - 1), 4 * width * 2 ** (stage - 1)
        stride = 1 if stage == 1 else 2
        x = net.bottleneck_down(x, width=inner, out=out, stride=stride, id=f"stage_{stage}_down")
        x = net.bottleneck(x, repeat=depth - 1, width=inner, out=out, id=f"stage_{stage}")
    return _head(net, x, label, classes)


def _stem(net: Network, image: int, width: int, classes: int) -> tuple[Output, Output]:
    data = net.random_numbers(sizes=(3, image, image), classes=classes)
    x = net.relu(_conv(net, data.values, width, 7, (2,)))
    return net.max_pool2d(x, kernel_size=(3,), stride=(2,), pad=(1,)), data.label


def _head(net: Network, x: Output, label: Output, classes: int) -> Project:
    judged(net, net.linear(net.global_avg_pool(x), out_features=classes, id="head"), label)
    sgd = Optimiser(algorithm="sgd", settings={"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-4})
    notes = "A residual network: what a block adds is learned, the rest passes by."
    return net.project(notes=notes, batch_size=32, optimisers=(sgd,))


def _conv(
    net: Network,
    x: Output,
    out: int | str,
    kernel: int,
    stride: tuple[int, ...] | str = (1,),
    groups: int = 1,
) -> Output:
    """A convolution without constants, which the batch norm behind it would take away."""
    more = {"groups": groups} if groups > 1 else {}
    y = net.conv2d(x, out_channels=out, kernel_size=(kernel,), stride=stride, bias=False, **more)
    return net.batch_norm(y)
