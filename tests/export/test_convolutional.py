"""Convolutions, pooling and norms leave the program: in ONNX their answers are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import netbuilder as nb
from netbuilder.building import Network
from netbuilder.layers import REGISTRY

#: By number of axes that a kind works over; kinds of the wire's choice are tried on all.
FAMILIES = ("Convolution", "Pooling", "Normalisation")
#: What the converter of torch does not know.
UNKNOWN = {("adaptive_avg_pool", 3), ("adaptive_max_pool", 3)}
PARAMS: dict[str, dict[str, Any]] = {
    "conv1d": {"padding": "causal", "kernel_size": 3, "dilation": 2},
    "conv2d": {"padding_mode": "reflect", "stride": 2},
    "conv3d": {"padding_mode": "replicate"},
    "group_norm": {"num_groups": 2},
    "avg_pool2d": {"ceil_mode": True, "kernel_size": 3},
    "upsample": {"mode": "bilinear"},
}


def test_every_kind_is_written_as_onnx(tmp_path: Path) -> None:
    net = Network("convolutional")
    data = net.digits()
    image = net.conv2d(data.image, out_channels=4)
    arriving = {
        1: net.flatten(image, start_dim=2),
        2: image,
        3: net.reshape(image, sizes=(4, 4, 4, 4)),
    }
    tried = set()
    for kind, layer in REGISTRY.items():
        own = next((n for n in (1, 2, 3) if kind.endswith(f"{n}d")), None)
        if layer.family not in FAMILIES and kind not in ("pad", "crop", "pixel_shuffle"):
            continue
        if kind in ("max_unpool", "mean_pool"):
            continue
        for axes, x in arriving.items():
            if own not in (None, axes) or (kind, axes) in UNKNOWN:
                continue
            if kind == "pixel_shuffle" and axes != 2:
                continue
            node = net.place(kind, x, id=f"{kind}_of_{axes}", **PARAMS.get(kind, {}))
            net.output(node.y, name=f"{kind}_of_{axes}d")
            tried.add(kind)
    assert len(tried) > 25
    net.cross_entropy(net.linear(net.flatten(image), out_features=10), data.label)
    project = net.project()
    report = nb.export("onnx", project, nb.compile(project), tmp_path / "all.onnx")
    assert max(report.differences.values()) < 1e-4
