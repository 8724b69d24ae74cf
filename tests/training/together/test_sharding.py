"""What becomes a unit of FSDP, and what is refused; that it trains: ``test_two_processes.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import nn

from netbuilder.building import Network
from netbuilder.compiler import generate
from netbuilder.compiler.build import build
from netbuilder.graph import Optimiser, Project
from netbuilder.training.failure import TrainingError
from netbuilder.training.penalty import Penalty
from netbuilder.training.together.sharding import refuse, units, wanted

Making = Callable[..., Project]


def tied() -> Project:
    """A block twice, weights used twice, and a table that the network reads itself."""
    net = Network("tied")
    with net.block("residual") as inner:
        x = inner.input()
        inner.output(inner.add(x, inner.linear(inner.layer_norm(x), out_features=8)))
    data = net.random_tokens(vocabulary=5, length=3)
    words = net.embedding(data.tokens, embedding_dim=8, id="words")
    x = net.tanh(net.residual(words, repeat=2))
    x = net.linear(net.linear(x, out_features=8, id="once"), out_features=8, share="once")
    scores = net.tied_linear(x, words.table)
    net.output(scores)
    net.cross_entropy(scores, data.next)
    return net.project()


def with_part(project: Project, name: str, **values: object) -> Project:
    return replace(project, training=project.training.with_part(name, **values))  # type: ignore[arg-type]


def test_each_block_and_layer_is_a_unit_and_what_the_model_reads_is_none() -> None:
    source = generate(tied())
    model = build(source)
    found = list(units(model, source))
    assert isinstance(model.residual_1, nn.Sequential)
    assert found == [*model.residual_1, model.once]


def test_only_the_setting_asks_for_it(classifier: Making) -> None:
    assert not wanted(classifier().training)
    assert wanted(with_part(classifier(), "processes", strategy="fsdp").training)


@pytest.mark.parametrize("algorithm", ["lbfgs", "newton", "muon"])
def test_what_needs_whole_weights_is_refused(classifier: Making, algorithm: str) -> None:
    project = classifier(optimisers=(Optimiser("main", algorithm),))
    with pytest.raises(TrainingError, match=r"needs whole weights.*choose AdamW for main"):
        refuse(project.training, generate(project))


@pytest.mark.parametrize(("setting", "value"), [("compile", "on"), ("layout", "channels_last")])
def test_ways_to_compute_that_do_not_go_with_it(
    classifier: Making, setting: str, value: str
) -> None:
    project = with_part(classifier(), "speed", **{setting: value})
    with pytest.raises(TrainingError, match="FSDP computes without"):
        refuse(project.training, generate(project))
    refuse(classifier().training, generate(classifier()))


def test_a_gradient_penalty_is_refused(critic: Making) -> None:
    with pytest.raises(TrainingError, match="differentiates twice"):
        refuse(critic().training, generate(critic()))


def test_the_gradient_of_a_penalty_is_that_of_its_value() -> None:
    weights = nn.Parameter(torch.tensor([-2.0, 0.0, 3.0]))
    penalty = Penalty([weights], 0.1, 0.5)
    penalty().backward()  # type: ignore[no-untyped-call]
    assert weights.grad is not None
    expected, weights.grad = weights.grad, None
    penalty.add_gradient()
    assert torch.equal(weights.grad, expected)
