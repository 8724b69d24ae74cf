"""A Wasserstein GAN with gradient penalty is plain nodes to compiler and trainer."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import netbuilder as nb
from netbuilder.building import Network
from netbuilder.compiler import generate
from netbuilder.explain.values import values
from netbuilder.graph import Optimiser, Project
from netbuilder.training.session import Session


def critics(**training: object) -> Project:
    """Points judged by a small critic, whose slope between real and shifted ones is bound."""
    net = Network("critics")
    data = net.spirals()
    with net.block("critic") as c:
        x = c.tanh(c.linear(c.input(name="x"), out_features=16))
        c.output(c.linear(x, out_features=1), name="score")
    fake = net.linear(net.noise(size=(3,)), out_features=2, id="forger")
    cut = net.detach(fake)
    middle = net.random_mix(data.point, cut, id="middle")
    real = net.critic(data.point, id="critic_1")
    net.wasserstein(real, id="up")
    net.wasserstein(net.critic(cut, share="critic_1"), goal="down", id="down")
    net.gradient_penalty(net.critic(middle, share="critic_1"), middle, id="penalty")
    net.wasserstein(net.critic(fake, share="critic_1"), id="fool")
    net.output(fake, name="point")
    return net.project(
        optimisers=(
            Optimiser("judge", "adam", {"lr": 0.01}, ("up", "down", "penalty"), ("critic_1",)),
            Optimiser("forge", "adam", {"lr": 0.01}, ("fool",), ("forger",)),
        ),
        **training,
    )


def penalty_of(critic: nn.Module, x: Tensor) -> Tensor:
    """As the paper writes it, sample by sample."""
    terms = []
    for row in x:
        point = row.clone().requires_grad_()
        (slope,) = torch.autograd.grad(critic(point[None]).sum(), point, create_graph=True)
        terms.append((slope.norm() - 1) ** 2)
    return torch.stack(terms).mean()


def test_objective_and_gradients_are_those_of_the_paper() -> None:
    torch.manual_seed(0)
    model = nb.compile(critics())
    point = torch.randn(20, 2)
    torch.manual_seed(1)
    loss, parts = model.objective_judge(point)
    loss.backward()
    found = {name: p.grad for name, p in model.critic_1.named_parameters()}
    assert model.forger.weight.grad is None  # Detach keeps the forger out of it
    model.zero_grad()

    torch.manual_seed(1)  # the noise first, then how far each pair is mixed
    fake = model.forger(torch.randn(20, 3)).detach()
    share = torch.rand(20, 1)
    penalty = penalty_of(model.critic_1, share * point + (1 - share) * fake)
    expected = model.critic_1(fake).mean() - model.critic_1(point).mean() + 10 * penalty
    torch.testing.assert_close(parts["penalty"], penalty)
    torch.testing.assert_close(loss, expected)
    expected.backward()
    for name, weight in model.critic_1.named_parameters():
        grad = found[name]
        if weight.grad is None or grad is None:  # a last bias moves no slope, only the means
            assert weight.grad is grad
            continue
        torch.testing.assert_close(grad, weight.grad)


def test_it_is_measured_where_gradients_are_not_recorded() -> None:
    torch.manual_seed(0)
    model = nb.compile(critics())
    point = torch.randn(12, 2)
    with torch.no_grad():
        torch.manual_seed(1)
        losses, _ = model.measure(point)
    torch.manual_seed(1)
    fake = model.forger(torch.randn(12, 3)).detach()
    share = torch.rand(12, 1)
    expected = penalty_of(model.critic_1, share * point + (1 - share) * fake)
    assert losses["penalty"].item() == pytest.approx(expected.item(), rel=1e-4)
    seen = values(model, critics(), {"point": point})
    assert seen["penalty.loss"].item() != 1.0
    assert not any(value.requires_grad for value in seen.values())


def test_only_what_asks_for_gradients_is_measured_with_them() -> None:
    assert "@torch.enable_grad()\n    def measure(" in generate(critics()).text
    net = Network("plain")
    data = net.spirals()
    scores = net.linear(data.point, out_features=2)
    net.output(scores)
    net.cross_entropy(scores, data.label)
    assert "enable_grad" not in generate(net.project()).text


def test_the_critic_is_kept_from_becoming_steep() -> None:
    """Without it the slope grows with every step; with it it stays near 1."""
    steep = {}
    for weight in (0.0, 10.0):
        project = critics()
        project = project.with_graph(project.graph.set_param("penalty", "weight", weight))
        session = Session(project)
        torch.manual_seed(0)
        point = torch.randn(256, 2)
        optimiser = torch.optim.Adam(session.model.critic_1.parameters(), 0.02)
        for _ in range(150):
            optimiser.zero_grad()
            session.model.objective_judge(point + 2)[0].backward()
            optimiser.step()
        steep[weight] = penalty_of(session.model.critic_1, point).sqrt().item() + 1
        session.close()
    assert steep[0.0] > 3
    assert steep[10.0] < 1.5
