"""Normalisation takes its figures from the training rows alone and goes into every export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from netbuilder.building import Network
from netbuilder.compiler import generate
from netbuilder.compiler.build import build
from netbuilder.data import Fields, divided
from netbuilder.engine.weights import Weights
from netbuilder.export import export
from netbuilder.export.script import script
from netbuilder.graph import Project
from netbuilder.nn import Normalise
from netbuilder.training import checkpoint
from netbuilder.training.events import Finished
from netbuilder.training.loop import train
from netbuilder.training.run import Run

METHODS = ("standardise", "centre", "zero_to_one", "minus_one_to_one")


def project(method: str = "standardise", chained: bool = False) -> Project:
    net = Network("table")
    data = net.place("wine")
    x = net.place("normalise", data.features, method=method)
    if chained:
        x = net.place("normalise", net.place("relu", x), method="zero_to_one")
    logits = net.place("linear", x, out_features=3)
    net.place("output", logits, name="logits")
    net.place("cross_entropy", logits, data.label)
    made = net.project()
    return replace(made, training=replace(made.training, epochs=1, device="cpu"))


def skewed() -> Fields:
    """Rows of such sizes that figures of all rows are nowhere near those of the training rows."""
    random = np.random.default_rng(0)
    x = random.standard_normal((200, 13)) * np.geomspace(1e-3, 1e5, 13) + np.arange(13) * 40
    x[:, 5] = 3.0  # never changes
    label = np.arange(200) % 3
    fields = Fields({"features": x.astype(np.float32), "label": label})
    held = np.concatenate([rows for part, rows in divided(fields, project().training).items()
                           if part != "train"])  # fmt: skip
    x[held] = 1e6
    return Fields({"features": x.astype(np.float32), "label": label})


def trained(made: Project, folder: Path, fields: Fields) -> torch.nn.Module:
    (node,) = [n.id for n in made.graph if n.kind == "wine"]
    *_, last = train(made, folder=folder, data={node: fields})
    assert isinstance(last, Finished)
    model = build(made)
    checkpoint.load_model(model, checkpoint.read(Run(folder).last))
    return model.eval()


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_figures_are_of_the_training_rows_alone(method: str, tmp_path: Path) -> None:
    fields, made = skewed(), project(method)
    model = trained(made, tmp_path / "run", fields)
    (layer,) = [m for m in model.modules() if hasattr(m, "observe")]
    rows = divided(fields, made.training)["train"]
    x = fields["features"][rows].astype(np.float64)
    low, high = x.min(0), x.max(0)
    centre, scale = {
        "standardise": (x.mean(0), x.std(0)),
        "centre": (x.mean(0), np.ones(13)),
        "zero_to_one": (low, high - low),
        "minus_one_to_one": ((high + low) / 2, (high - low) / 2),
    }[method]
    scale[scale == 0] = 1
    np.testing.assert_allclose(layer.centre.numpy(), centre, rtol=1e-6)
    np.testing.assert_allclose(layer.scale.numpy(), scale, rtol=1e-6)
    y = layer(torch.from_numpy(fields["features"][rows]))
    assert float(y[:, 5].abs().max()) == 0.0


@pytest.mark.slow
def test_the_exported_model_takes_numbers_as_measured(tmp_path: Path) -> None:
    fields, made = skewed(), project(chained=True)
    model = trained(made, tmp_path / "run", fields)
    x = torch.from_numpy(fields["features"][:20])
    expected = model(x).detach().numpy()
    path = tmp_path / "model.onnx"
    export("onnx", made, model, path, None)
    runtime = onnxruntime.InferenceSession(str(path))
    (found,) = runtime.run(None, {runtime.get_inputs()[0].name: x.numpy()})
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    path = tmp_path / "model.pt2"
    export("pt2", made, model, path, None)
    again = torch.export.load(path).module()(x)
    np.testing.assert_allclose(again.detach().numpy(), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_a_layer_behind_another_sees_what_that_makes(tmp_path: Path) -> None:
    fields, made = skewed(), project(chained=True)
    model = trained(made, tmp_path / "run", fields)
    first, second = [m for m in model.modules() if hasattr(m, "observe")]
    rows = divided(fields, made.training)["train"]
    with torch.no_grad():
        y = torch.relu(first(torch.from_numpy(fields["features"][rows])))
    torch.testing.assert_close(second.centre, y.amin(0))
    torch.testing.assert_close(second.scale[0], y[:, 0].amax() - y[:, 0].amin())


@pytest.mark.slow
def test_the_script_fits_to_the_same_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = project(chained=True)
    *_, last = train(made, folder=tmp_path / "run")
    assert isinstance(last, Finished)
    text = script(made).text
    assert "netbuilder." not in text
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["train.py"])
    names = {"__name__": "__main__", "__file__": str(tmp_path / "train.py"), "__doc__": "x"}
    exec(text, names)
    from safetensors.torch import load_file

    own = load_file(tmp_path / "model.safetensors")
    for key, tensor in checkpoint.read(Run(tmp_path / "run").best).part("model").items():
        assert torch.equal(own[key], tensor), key


def test_before_training_the_model_is_fitted_too() -> None:
    model = Weights().fresh(project())
    (layer,) = [m for m in model.modules() if hasattr(m, "observe")]
    assert bool(layer.fitted)
    assert float(layer.scale.min()) > 0.5


def test_pictures_by_channel_in_any_batches() -> None:
    x = torch.randn(50, 3, 4, 5) * torch.tensor([1.0, 10, 100]).view(3, 1, 1) + 1e4
    layer = Normalise((3, 1, 1))
    for part in x.split([7, 1, 20, 22]):
        layer.observe(part)
    layer.settle()
    y = layer(x)
    torch.testing.assert_close(y.mean((0, 2, 3)), torch.zeros(3), atol=1e-3, rtol=0)
    torch.testing.assert_close(y.std((0, 2, 3), correction=0), torch.ones(3), atol=1e-3, rtol=0)


def test_the_source_says_what_is_fitted() -> None:
    text = generate(project()).text
    assert "self.normalise_1 = Normalise((13,))" in text
