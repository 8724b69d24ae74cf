"""U-Net: down to see far, up to see sharply, and bridges between the two."""

from __future__ import annotations

from netbuilder.building import Network, Output
from netbuilder.graph import Optimiser, Project


def unet(
    image: int = 256, channels: int = 3, width: int = 64, depth: int = 4, classes: int = 2
) -> Project:
    """U-Net for a class per pixel, with zeros around so that the size stays.

    31,031,810 parameters for three channels and two classes; Ronneberger et al. 2015.
    `depth` times the image is halved, so its side must be a multiple of 2 to that power.
    """
    net = Network("unet")
    data = net.random_numbers(
        sizes=(channels, image, image), classes=classes, labels="place", samples=32
    )
    with net.block("double", width=width) as b:
        x = b.input(name="x")
        for _ in range(2):
            x = b.relu(b.conv2d(x, out_channels="=width"))
        b.output(x, name="y")
    x, bridges = data.values, list[Output]()
    for level in range(depth):
        bridges.append(net.double(x, width=width * 2**level, id=f"down_{level}"))
        x = net.max_pool2d(bridges[-1], id=f"pool_{level}")
    x = net.double(x, width=width * 2**depth, id="bottom")
    for level in reversed(range(depth)):
        x = net.conv_transpose2d(
            x, out_channels=width * 2**level, kernel_size=(2,), stride=(2,), pad=(0,),
            id=f"grow_{level}",
        )  # fmt: skip
        x = net.double(net.concat(bridges[level], x), width=width * 2**level, id=f"up_{level}")
    scores = net.conv2d(x, out_channels=classes, kernel_size=(1,), id="head")
    net.output(scores, name="scores")
    net.cross_entropy(scores, data.label)
    net.accuracy(scores, data.label)
    notes = "U-Net tells of every pixel what it belongs to."
    return net.project(notes=notes, batch_size=8, optimisers=(Optimiser(settings={"lr": 1e-3}),))
