"""Questions that the live panels ask: channels of a node, rows of the splits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from netbuilder.building import Network
from netbuilder.compiler.build import build
from netbuilder.engine.answers import answer
from netbuilder.engine.messages import Ask
from netbuilder.engine.weights import Model, Weights
from netbuilder.graph import Project
from netbuilder.training import checkpoint
from netbuilder.training.run import RunError, create


def project() -> Project:
    net = Network("panels")
    data = net.digits()
    logits = net.linear(net.flatten(net.conv2d(data.image, out_channels=3)), out_features=10)
    net.output(logits, name="digit")
    net.cross_entropy(logits, data.label)
    return net.project(epochs=1, batch_size=64)


def test_data_says_how_many_rows_each_split_has() -> None:
    made = project()
    result = answer(Ask(1, "data", made, {"samples": 4}), Weights()).result
    assert result is not None
    assert sum(result["parts"].values()) == result["rows"] == 1797
    assert list(result["parts"]) == ["train", "validation", "test"]


def test_a_set_that_cannot_be_split_is_shown_all_the_same() -> None:
    made = project()
    full = replace(made, training=replace(made.training, validation=0.6, test=0.5))
    result = answer(Ask(1, "data", full, {}), Weights()).result
    assert result is not None
    assert result["rows"] == 1797
    assert result["parts"] == {}
    assert "leave no rows" in result["trouble"]


def test_channels_of_a_sample() -> None:
    asked = Ask(1, "channels", project(), {"key": "conv2d_1.y", "part": "train", "sample": 2})
    result = answer(asked, Weights()).result
    assert result is not None
    assert result["maps"].shape[0] == result["total"] == 3
    assert np.isfinite(result["maps"]).all()
    assert result["weights"]["origin"] == "fresh"


def test_a_checkpoint_can_be_asked_for_while_the_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made, weights = project(), Weights()
    run = create(made, {}, tmp_path / "run")
    live = Model(build(made), "training", run.id, 7)
    monkeypatch.setattr(weights, "_run", run)
    monkeypatch.setattr(weights, "_copied", lambda: live)
    assert weights.model(made) is live
    with pytest.raises(RunError, match="no weights yet"):
        weights.model(made, which="best")
    tensors = {f"model.{k}": torch.zeros_like(t) for k, t in live.module.state_dict().items()}
    checkpoint.write(run.last, checkpoint.Checkpoint(tensors, {"step": 3}))
    last = weights.model(made, which="last")
    assert (last.origin, last.step) == ("last", 3)
    assert all(not t.any() for t in last.module.state_dict().values())
