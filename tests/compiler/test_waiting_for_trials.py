"""A check that waits for an answer of the engine holds only until it has come."""

from __future__ import annotations

import pytest

from netbuilder.building import Network
from netbuilder.compiler import check
from netbuilder.compiler.trial import attempt
from netbuilder.graph import Project
from netbuilder.layers import trial


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Project:
    """A network with something that only torch knows, where there is no torch."""
    monkeypatch.setattr(trial, "_known", {})
    trial.install(trial.postpone)
    net = Network("waiting")
    data = net.iris()
    x = net.torch_layer(data.features, name="nn.Softshrink")
    logits = net.linear(x, out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    return net.project()


def test_the_same_project_is_looked_at_again_once_something_is_known(waiting: Project) -> None:
    first = check(waiting)
    assert any("being computed" in p.message for p in first.problems)
    assert check(waiting) is first  # nothing came, so nothing is done again
    for layer, specs in list(trial.wanted.values()):
        trial.learn(layer, specs, attempt(layer, specs))
    again = check(waiting)
    assert not again.errors
    assert check(waiting) is again
