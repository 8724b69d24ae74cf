"""Every activation leaves the program: in ONNX its answers are the same."""

from __future__ import annotations

from pathlib import Path

import netbuilder as nb
from netbuilder.building import Network
from netbuilder.layers import REGISTRY


def test_every_activation_is_written_as_onnx(tmp_path: Path) -> None:
    net = Network("activations")
    data = net.spirals()
    x = net.linear(data.point, out_features=6)
    kinds = [kind for kind, layer in REGISTRY.items() if layer.family == "Activation"]
    for kind in kinds:
        net.output(net.place(kind, x, id=kind), name=f"of_{kind}")
    net.output(net.softmax(x, temperature=2.0), name="at_a_temperature")
    net.output(net.prelu(x, per_channel=True), name="of_channels")
    net.cross_entropy(net.linear(x, out_features=2), data.label)
    project = net.project()
    report = nb.export("onnx", project, nb.compile(project), tmp_path / "all.onnx")
    assert max(report.differences.values()) < 1e-5
