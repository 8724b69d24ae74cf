"""What is measured equals what one would compute by hand over the whole split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from netbuilder.graph import Edge, Node, Project
from netbuilder.layers import Call
from netbuilder.training.evaluate import MetricError, _metric
from netbuilder.training.session import Session

Making = Callable[..., Project]


def test_means_are_those_of_the_whole_split(classifier: Making) -> None:
    session = Session(classifier(batch_size=32, points=500))
    measured = session.evaluator.measure(session.model, session.feed.measured("validation"))
    batches = [batch for _, batch in session.feed.measured("validation")]
    assert [len(b["label"]) for b in batches] == [32, 32, 32, 4]
    point, label = (torch.cat([b[n] for b in batches]) for n in ("point", "label"))
    session.model.eval()
    with torch.no_grad():
        logits = session.model(point)
    session.close()
    assert measured.scalars["main"] == pytest.approx(F.cross_entropy(logits, label).item(), 1e-6)
    right = (logits.argmax(1) == label).float().mean().item()
    assert measured.scalars["accuracy"] == pytest.approx(right)
    assert measured.tables["confusion"].trace() == pytest.approx(right * 100)


def test_measuring_leaves_training_alone(classifier: Making) -> None:
    session = Session(classifier(dropout=True))
    session.model.train()
    state = torch.get_rng_state()
    weights = {k: t.clone() for k, t in session.model.state_dict().items()}
    for _ in range(2):
        session.evaluator.measure(session.model, session.feed.measured("validation"))
    session.close()
    assert torch.equal(torch.get_rng_state(), state)
    assert session.model.training
    assert all(p.grad is None for p in session.model.parameters())
    assert all(torch.equal(t, weights[k]) for k, t in session.model.state_dict().items())


def test_noise_is_the_same_at_every_measuring(adversaries: Making) -> None:
    project = adversaries()
    graph = project.graph.add(Node("z", "noise", {"size": (2,)}), Node("sum", "add"))
    edges = [e for e in graph.edges if e.target != "hidden"]
    for edge in (("xor", "point", "sum", "x"), ("z", "y", "sum", "x"), ("sum", "y", "hidden", "x")):
        edges.append(Edge(*edge))
    session = Session(replace(project, graph=replace(graph, edges=tuple(edges))))
    first, second = (
        session.evaluator.measure(session.model, session.feed.measured("validation"))
        for _ in range(2)
    )
    session.close()
    assert first.scalars == second.scalars
    # Two losses: their own values are told besides the objectives'.
    assert {"front", "back", "real", "ce"} <= set(first.scalars)


def test_the_same_metric_twice_is_told_apart(classifier: Making) -> None:
    project = classifier()
    graph = project.graph.add(Node("acc_2", "accuracy"))
    wires = (Edge("head", "y", "acc_2", "logits"), Edge("xor", "label", "acc_2", "label"))
    session = Session(project.with_graph(replace(graph, edges=(*graph.edges, *wires))))
    measured = session.evaluator.measure(session.model, session.feed.measured("test"))
    session.close()
    assert measured.scalars["accuracy (acc)"] == measured.scalars["accuracy (acc_2)"]
    assert set(measured.tables) == {"confusion (acc)", "confusion (acc_2)"}


@pytest.mark.parametrize(
    "target", ["os.system", "torchmetrics.os", "torchmetrics.Nothing", "builtins.eval"]
)
def test_only_metrics_of_torchmetrics_can_be_named(target: str) -> None:
    with pytest.raises(MetricError):
        _metric(Call(target))
