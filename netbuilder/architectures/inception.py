"""GoogLeNet: several sizes of window side by side, and helpers on the way."""

from __future__ import annotations

from netbuilder.architectures.judging import judged
from netbuilder.building import Network, Output
from netbuilder.graph import Optimiser, Project

#: Widths of an inception block: 1×1; 3×3 and what narrows before it; the second 3×3 and what
#: narrows before it; behind the pooling. Szegedy et al. 2014, table 1.
_WIDTHS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
_NAMES = ("one", "narrow_3", "three", "narrow_5", "five", "pooled")


def googlenet(
    image: int = 224, width: int = 64, hidden: int = 1024, classes: int = 1000
) -> Project:
    """GoogLeNet with two auxiliary heads, 13,004,888 parameters: Szegedy et al. 2014.

    As it is trained today: batch norm behind each convolution, and 3×3 for the 5×5. The
    auxiliary heads are losses with the weight 0.3; the model's result does not need them.
    """

    def wide(n: int) -> int:
        return max(1, n * width // 64)

    net = Network("googlenet")
    data = net.random_numbers(sizes=(3, image, image), classes=classes)
    with net.block("conv", width=width, kernel=3, stride=1) as b:
        x = b.conv2d(
            b.input(name="x"), out_channels="=width", kernel_size="=kernel", stride="=stride",
            bias=False,
        )  # fmt: skip
        b.output(b.relu(b.batch_norm(x, eps=1e-3)), name="y")
    with net.block("inception", **dict(zip(_NAMES, _WIDTHS["3a"], strict=True))) as b:
        x = b.input(name="x")
        pooled = b.max_pool2d(x, kernel_size=(3,), stride=(1,), pad=(1,))
        branches = (
            b.conv(x, width="=one", kernel=1),
            b.conv(b.conv(x, width="=narrow_3", kernel=1), width="=three"),
            b.conv(b.conv(x, width="=narrow_5", kernel=1), width="=five"),
            b.conv(pooled, width="=pooled", kernel=1),
        )
        b.output(b.concat(*branches), name="y")
    with net.block("auxiliary", width=wide(128), hidden=hidden, classes=classes) as b:
        x = b.adaptive_avg_pool(b.input(name="x"), output_size=(4,))
        x = b.flatten(b.conv(x, width="=width", kernel=1))
        x = b.dropout(b.relu(b.linear(x, out_features="=hidden")), p=0.7)
        b.output(b.linear(x, out_features="=classes"), name="scores")

    def inception(x: Output, name: str) -> Output:
        sizes = dict(zip(_NAMES, map(wide, _WIDTHS[name]), strict=True))
        return net.inception(x, id=f"inception_{name}", **sizes)

    x = net.conv(data.values, width=wide(64), kernel=7, stride=2)
    x = net.conv(_shrunk(net, x), width=wide(64), kernel=1)
    x = _shrunk(net, net.conv(x, width=wide(192)))
    x = _shrunk(net, inception(inception(x, "3a"), "3b"))
    first = x = inception(x, "4a")
    for name in ("4b", "4c", "4d"):
        x = inception(x, name)
    second = x
    x = net.max_pool2d(inception(x, "4e"), ceil_mode=True)
    x = inception(inception(x, "5a"), "5b")
    x = net.dropout(net.global_avg_pool(x), p=0.2)
    judged(net, net.linear(x, out_features=classes, id="head"), data.label)
    for i, place in enumerate((first, second), 1):
        scores = net.auxiliary(place, id=f"auxiliary_{i}")
        net.cross_entropy(scores, data.label, weight=0.3, id=f"auxiliary_loss_{i}")
    sgd = Optimiser(algorithm="sgd", settings={"lr": 0.01, "momentum": 0.9})
    notes = "GoogLeNet: windows of several sizes side by side; two heads help on the way."
    return net.project(notes=notes, batch_size=32, optimisers=(sgd,))


def _shrunk(net: Network, x: Output) -> Output:
    return net.max_pool2d(x, kernel_size=(3,), stride=(2,), ceil_mode=True)
