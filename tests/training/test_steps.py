"""What a step does besides the algorithm: parts, penalties, decay, clipping, groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch

from netbuilder.graph import Optimiser, Project, WeightGroup
from netbuilder.nn import Newton
from netbuilder.training import algorithms
from netbuilder.training.algorithm import SettingError
from netbuilder.training.losses import HostLosses
from netbuilder.training.session import Session

Making = Callable[..., Project]
Setting = Callable[..., Session]


CPU = torch.device("cpu")


@pytest.fixture
def session(classifier: Making) -> Iterator[Setting]:
    """A run of XOR ready to take steps; keywords are settings of its only optimiser."""
    made: list[Session] = []

    def make(algorithm: str = "sgd", groups: tuple = (), project: Any = None, **settings: Any):
        optimiser = Optimiser("main", algorithm, {"lr": 0.1, **settings}, groups=groups)
        made.append(Session(classifier(optimisers=(optimiser,), batch_size=50, **(project or {}))))
        return made[-1]

    yield make
    for each in made:
        each.close()


def stepped(session: Session, steps: int = 3) -> dict[str, torch.Tensor]:
    """Weights after some steps on the first batches."""
    losses = HostLosses([turn.name for turn in session.turns])
    for batch, _ in zip(session.feed.epoch(1), range(steps), strict=False):
        for turn in session.turns:
            turn.run(batch, losses)
        losses.end_step(50)
    return {name: p.detach().clone() for name, p in session.model.named_parameters()}


def gradient(session: Session) -> dict[str, torch.Tensor]:
    """Of the plain loss, on the first batch."""
    batch = next(iter(session.feed.epoch(1)))
    named = dict(session.model.named_parameters())
    loss, _ = session.turns[0].method(**batch)
    return dict(zip(named, torch.autograd.grad(loss, list(named.values())), strict=True))


def begun(session: Session) -> dict[str, torch.Tensor]:
    return {name: p.detach().clone() for name, p in session.model.named_parameters()}


@pytest.mark.parametrize("parts", [2, 3, 7, 50])
def test_a_batch_in_parts_is_the_batch(session: Setting, parts: int) -> None:
    whole = stepped(session("adam", clip=0.5))
    apart = stepped(session("adam", clip=0.5, accumulate=parts))
    for name, weights in whole.items():
        assert torch.allclose(weights, apart[name], atol=1e-6), name


def test_a_batch_in_parts_reports_the_loss_of_the_batch(session: Setting) -> None:
    values = []
    for parts in (1, 3):
        made = session(accumulate=parts)
        losses = HostLosses(["main"])
        made.turns[0].run(next(iter(made.feed.epoch(1))), losses)
        losses.end_step(50)
        values.append(losses.read()[1]["main"][0])
    assert values[0] == pytest.approx(values[1], rel=1e-6)


def test_l1_and_weight_decay_are_the_elastic_net(session: Setting) -> None:
    """w − lr · (g + l1 · sign w + decay · w), for every weight."""
    made = session(l1=0.01, weight_decay=0.2)
    before, slope = begun(made), gradient(made)
    after = stepped(made, 1)
    for name, w in before.items():
        expected = w - 0.1 * (slope[name] + 0.01 * w.sign() + 0.2 * w)
        assert torch.allclose(after[name], expected, atol=1e-7), name


def test_decoupled_decay_is_taken_off_the_weights_themselves(session: Setting) -> None:
    """SGDW: with momentum the decay does not enter what is remembered."""
    coupled, apart = session(momentum=0.9), session(momentum=0.9, weight_decay=0.2, decoupled=True)
    before, slope = begun(apart), gradient(apart)
    after = stepped(apart, 1)
    for name, w in before.items():
        assert torch.allclose(after[name], w * (1 - 0.1 * 0.2) - 0.1 * slope[name], atol=1e-7)
    stepped(coupled, 1)
    for first, second in zip(coupled.turns[0].params, apart.turns[0].params, strict=True):
        states = [made.turns[0].optimiser.state for made in (coupled, apart)]
        buffers = [s[p]["momentum_buffer"] for s, p in zip(states, (first, second), strict=True)]
        assert torch.equal(*buffers)


def test_biases_are_spared_from_decay_and_penalties(session: Setting) -> None:
    plain = stepped(session(), 1)
    spared = stepped(session(l1=0.01, weight_decay=0.2, decay_biases=False), 1)
    for name, weights in plain.items():
        assert torch.equal(weights, spared[name]) == name.endswith("bias"), name


def test_each_value_of_the_gradient_is_held(session: Setting) -> None:
    made = session(clip_value=0.01)
    before, slope = begun(made), gradient(made)
    after = stepped(made, 1)
    for name, w in before.items():
        expected = w - 0.1 * slope[name].clamp(-0.01, 0.01)
        assert torch.allclose(after[name], expected, atol=1e-8)
    assert max(float(g.abs().max()) for g in slope.values()) > 0.01


def test_frozen_nodes_stay_and_others_have_rates_and_decay_of_their_own(session: Setting) -> None:
    groups = (
        WeightGroup(("hidden",), {"frozen": True}),
        WeightGroup(("head",), {"rate": 0.1, "weight_decay": 0.5}),
    )
    made = session(groups=groups, weight_decay=0.2)
    before, slope = begun(made), gradient(made)
    after = stepped(made, 1)
    for name, w in before.items():
        if name.startswith("hidden"):
            assert torch.equal(after[name], w)
        else:
            assert torch.allclose(after[name], w - 0.01 * (slope[name] + 0.5 * w), atol=1e-8)
    assert made.rates == {"main": pytest.approx(0.1)}


@pytest.mark.parametrize("algorithm", ["sgd", "adam", "adamw", "muon", "rmsprop"])
def test_a_rate_of_its_own_is_that_of_an_optimiser_of_its_own(
    session: Setting, algorithm: str
) -> None:
    slow = WeightGroup(("hidden",), {"rate": 0.5})
    grouped = stepped(session(algorithm, groups=(slow,)))
    alone, halved = session(algorithm), session(algorithm)
    halved.set_rate("main", 0.05)
    # One step only depends on the rate by a factor.
    first = stepped(session(algorithm, groups=(slow,)), 1)
    usual, half = stepped(alone, 1), stepped(halved, 1)
    for name in usual:
        expected = half[name] if name.startswith("hidden") else usual[name]
        assert torch.allclose(first[name], expected, atol=1e-7), name
        assert torch.isfinite(grouped[name]).all()


def test_newton_ends_a_quadratic_in_one_step() -> None:
    matrix = torch.tensor([[3.0, 1.0], [1.0, 2.0]])
    w = torch.nn.Parameter(torch.tensor([5.0, -7.0]))
    Newton([w], damping=0.0).step(lambda: 0.5 * w @ matrix @ w - w.sum())
    assert torch.allclose(w.detach(), torch.linalg.solve(matrix, torch.ones(2)), atol=1e-5)


def test_newton_and_lbfgs_find_the_weights_of_scikit_learn(classifier: Making) -> None:
    from sklearn.linear_model import LogisticRegression

    graph = classifier().graph
    edges = [e for e in graph.edges if e.source not in ("hidden", "act") or e.target == "act"]
    straight = replace(graph, edges=tuple(e for e in edges if e.target not in ("hidden", "act")))
    from netbuilder.graph import Edge

    straight = straight.connect(
        Edge("xor", "point", "head", "x"),
        *(Edge("head", "y", node, port) for node, port in (("out", "x"), ("ce", "logits"),
                                                          ("acc", "logits"))),
    )  # fmt: skip
    straight = straight.remove(["hidden", "act"])
    for algorithm, steps, settings in (
        ("newton", 6, {"damping": 1e-6}),
        ("lbfgs", 4, {"max_iter": 50}),
    ):
        optimiser = Optimiser(
            "main", algorithm, {"lr": 1.0, "weight_decay": 0.1, "decay_biases": False, **settings}
        )
        project = classifier(optimisers=(optimiser,), batch_size=400, validation=0.0, test=0.0)
        made = Session(project.with_graph(straight))
        losses = HostLosses(["main"])
        batch = next(iter(made.feed.epoch(1)))
        for _ in range(steps):
            made.turns[0].run(batch, losses)
        weights = made.model.head.weight.detach()
        x, y = batch[made.source.fields[0].name], batch[made.source.fields[1].name]
        # Two classes: decay on both rows is half of it on their difference.
        exact = LogisticRegression(C=2 / (0.1 * len(x)), tol=1e-8).fit(x.numpy(), y.numpy())
        found = (weights[1] - weights[0]).numpy()
        assert found == pytest.approx(exact.coef_[0], abs=2e-3), algorithm
        made.close()


def test_newton_refuses_what_is_too_large(session: Setting) -> None:
    with pytest.raises(SettingError, match=r"matrix of 3,202 × 3,202 .* at most 2,000 weights"):
        session("newton", project={"width": 640})


def test_muon_takes_matrices_and_adamw_the_rest(session: Setting) -> None:
    made = session("muon")
    names = {id(p): name for name, p in made.model.named_parameters()}
    owned = [
        {names[id(p)] for group in o.param_groups for p in group["params"]}
        for o in made.turns[0].optimisers
    ]
    assert owned == [{"hidden.weight", "head.weight"}, {"hidden.bias", "head.bias"}]
    made.set_rate("main", 0.02)
    assert [o.param_groups[0]["lr"] for o in made.turns[0].optimisers] == [0.02, 0.02]


def test_a_torch_without_muon_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.optim, "Muon")
    with pytest.raises(SettingError, match=r"Muon needs PyTorch 2\.9 or later"):
        algorithms.build(
            Optimiser(algorithm="muon"),
            [torch.nn.Parameter(torch.zeros(2, 2))],
            torch.device("cpu"),
        )


def test_an_optimiser_of_one_rate_refuses_another(session: Setting) -> None:
    with pytest.raises(SettingError, match="L-BFGS has one rate and one decay for all weights"):
        session("lbfgs", groups=(WeightGroup(("head",), {"rate": 0.1}),))
