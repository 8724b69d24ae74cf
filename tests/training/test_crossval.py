"""Cross-validation and bagging: other rows for each run, figures over all of them."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

import numpy as np
import onnxruntime
import pytest
import torch

from netbuilder.building import Network
from netbuilder.data import divided, load
from netbuilder.export import export
from netbuilder.graph import Optimiser, Project
from netbuilder.layers import REGISTRY
from netbuilder.training.crossval import bag, cross_validate, spread
from netbuilder.training.events import Finished
from netbuilder.training.failure import TrainingError
from netbuilder.training.run import Run


def project(kept: bool = True) -> Project:
    net = Network("wine")
    data = net.wine()
    x = net.relu(net.linear(data.features, out_features=16))
    logits = net.linear(x, out_features=3)
    net.output(logits if kept else x, name="logits")
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    adam = Optimiser("main", "adam", {"lr": 1e-2})
    return net.project(epochs=8, device="cpu", optimisers=(adam,))


@pytest.mark.slow
def test_five_folds_and_their_mean(tmp_path: Path) -> None:
    tested: list[Finished] = []
    results = list(
        cross_validate(
            project(),
            5,
            folder=tmp_path,
            tell=lambda e: tested.append(e) if isinstance(e, Finished) else None,
        )
    )
    assert [r.number for r in results] == [1, 2, 3, 4, 5]
    assert all(not done.test for done in tested)  # the test rows are not touched
    fields = load(REGISTRY["wine"]())  # type: ignore[arg-type]
    held = [divided(fields, Run(Path(r.folder)).project().training)["validation"] for r in results]
    assert len(np.unique(np.concatenate(held))) == sum(map(len, held))
    found = spread(results)
    accuracy = [r.figures["accuracy"] for r in results]
    assert found["accuracy"].mean == pytest.approx(fmean(accuracy))
    assert found["accuracy"].deviation == pytest.approx(np.std(accuracy, ddof=1))
    assert found["accuracy"].mean > 0.9


@pytest.mark.slow
def test_an_ensemble_is_the_mean_of_its_members_also_exported(tmp_path: Path) -> None:
    made = project()
    bagged = bag(made, 3, folder=tmp_path)
    x = torch.randn(6, 13)
    with torch.no_grad():
        each = [member(x) for member in bagged.model.members]
        torch.testing.assert_close(bagged.model(x), sum(each) / 3)
    assert not torch.equal(each[0], each[1])
    # The mean of logits is never worse by cross-entropy than its members are on average.
    losses = [m["main"] for m in bagged.members]
    assert bagged.test["main"] <= fmean(losses) + 1e-6
    path = tmp_path / "ensemble.onnx"
    export("onnx", made, bagged.model, path, None)
    runtime = onnxruntime.InferenceSession(str(path))
    (found,) = runtime.run(None, {runtime.get_inputs()[0].name: x.numpy()})
    np.testing.assert_allclose(found, bagged.model(x).detach().numpy(), atol=1e-5)


def test_what_cannot_be_averaged_is_said() -> None:
    with pytest.raises(TrainingError, match="cannot be averaged"):
        bag(project(kept=False), 2)
