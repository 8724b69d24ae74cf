"""One mechanism for every architecture: what each objective reaches, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
import torch
from torch import nn

import netbuilder as nb
from netbuilder.building import Network
from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build
from netbuilder.graph import Optimiser, Project


def example(name: str) -> nn.Module:
    torch.manual_seed(0)
    return build(nb.load(nb.examples()[name]))


def fields(module: nn.Module, rows: int = 6) -> dict[str, torch.Tensor]:
    found = {}
    for field in module.source.fields:
        shape = (rows, *(int(n) for n in field.spec.shape[1:]))
        found[field.name] = (
            torch.rand(shape)
            if field.spec.dtype == "float32"
            else torch.randint(0, field.spec.classes, shape)
        )
    return found


def reached(module: nn.Module, method: str) -> set[str]:
    """First parts of the names of weights that get a gradient other than zero."""
    module.zero_grad()
    loss, _ = getattr(module, method)(**fields(module))
    loss.backward()
    return {
        name.split(".")[0]
        for name, p in module.named_parameters()
        if p.grad is not None and p.grad.abs().sum() > 0
    }


def test_a_gans_judge_does_not_teach_the_forger() -> None:
    module = example("digits_gan")
    judge, forger = module.source.objectives
    assert judge.updates == ("judge_real",)
    assert forger.updates == ("generator_1",)
    assert reached(module, judge.method) == {"judge_real"}
    assert reached(module, forger.method) == {"judge_real", "generator_1"}
    _, parts = getattr(module, judge.method)(**fields(module))
    assert set(parts) == {"real_loss", "fake_loss"}
    assert [(a.name, a.node) for a in module.source.inputs] == [("noise_1", "noise_1")]


def test_a_gan_has_one_discriminator() -> None:
    module = example("digits_gan")
    project = nb.load(nb.examples()["digits_gan"])
    names = {name.split(".")[0] for name, _ in module.named_parameters()}
    assert names == {"generator_1", "judge_real"}
    assert check(project).nodes["judge_fake",].parameters == 0
    assert generate(project).text.count("self.judge_real = ") == 1


def test_a_vae_minimises_both_losses_and_draws_only_while_training() -> None:
    module = example("digits_vae")
    assert reached(module, "objective_main") == {
        "linear_1", "linear_2", "linear_3", "mu", "log_variance",
    }  # fmt: skip
    given = fields(module)
    loss, parts = module.objective_main(**given)
    weights = {
        i: nb.load(nb.examples()["digits_vae"]).graph[i].params.get("weight", 1) for i in parts
    }
    assert loss.item() == pytest.approx(sum(weights[i] * parts[i].item() for i in parts), rel=1e-6)
    assert not torch.equal(module(given["image"]), module(given["image"]))
    module.eval()
    assert torch.equal(module(given["image"]), module(given["image"]))


def test_a_transformer_sees_no_future() -> None:
    """Changing a character changes no answer before it."""
    module = example("char_transformer").eval()
    tokens = fields(module, 2)["tokens"]
    changed = tokens.clone()
    changed[:, 40] = (changed[:, 40] + 1) % int(tokens.max())
    with torch.no_grad():
        a, b = module(tokens), module(changed)
    assert torch.allclose(a[:, :40], b[:, :40], atol=1e-5)
    assert not torch.allclose(a[:, 40:], b[:, 40:], atol=1e-3)
    # A shorter text goes through the same weights.
    with torch.no_grad():
        assert torch.allclose(module(tokens[:, :10]), a[:, :10], atol=1e-5)


def test_siamese_networks_add_their_gradients() -> None:
    """Both uses of shared weights count, as when one module is called twice."""
    net = Network("siamese")
    one, two = net.iris(), net.iris()
    a = net.linear(one.features, out_features=4, id="left")
    b = net.linear(two.features, out_features=4, id="right", share="left")
    net.output(a)
    net.mse(a, b)
    module = build(net.project())
    assert [name for name, _ in module.named_parameters()] == ["left.weight", "left.bias"]
    given = fields(module)
    loss, _ = module.objective_main(**given)
    loss.backward()
    plain = nn.Linear(4, 4)
    plain.load_state_dict(module.left.state_dict())
    x, y = (given[f.name] for f in module.source.fields)
    nn.functional.mse_loss(plain(x), plain(y)).backward()
    assert torch.equal(module.left.weight.grad, plain.weight.grad)


def test_an_optimiser_runs_only_what_its_losses_need() -> None:
    net = Network("heads")
    data = net.digits()
    body = net.relu(net.linear(net.flatten(data.image), out_features=8, id="body"))
    near = net.linear(body, out_features=10, id="near")
    far = net.linear(net.tanh(body), out_features=10, id="far")
    net.output(far)
    net.cross_entropy(near, data.label, id="near_loss")
    net.cross_entropy(far, data.label, id="far_loss")
    optimisers = tuple(Optimiser(n, losses=(f"{n}_loss",)) for n in ("near", "far"))
    module = build(net.project(optimisers=optimisers))
    assert reached(module, "objective_near") == {"body", "near"}
    assert reached(module, "objective_far") == {"body", "far"}


def lines(project: Project, method: str) -> str:
    text = generate(project).text
    return text[text.index(f"def {method}(") :].split("\n    def ")[0]


def test_objectives_call_the_model_rather_than_repeat_it() -> None:
    for name in ("digits_cnn", "digits_gan", "char_transformer"):
        project = nb.load(nb.examples()[name])
        for objective in generate(project).objectives:
            assert "= self(" in lines(project, objective.method), name


def test_a_loss_may_also_be_a_result() -> None:
    net = Network("told")
    data = net.iris()
    logits = net.linear(data.features, out_features=3)
    loss = net.cross_entropy(logits, data.label, id="judge")
    net.output(logits, name="answer")
    net.output(loss, name="surprise")
    net.gaussian_kl(logits, logits, id="second")
    module = build(net.project())
    given = fields(module)
    _, surprise = module(*(given[a.name] for a in module.source.inputs))
    assert torch.equal(module.objective_main(**given)[1]["judge"], surprise)


# --- repeated blocks ------------------------------------------------------------------------


def stepper(repeat: int, ports: Iterable[str], outputs: int, width: int = 4) -> Project:
    """A block with several inputs whose outputs feed its first inputs again."""
    net = Network("steps")
    with net.block("step", width=4) as b:
        given = [b.input(name=name) for name in ports]
        both = b.concat(*given)
        for i in range(outputs):
            b.output(b.tanh(b.linear(both, out_features="=width", id=f"mix_{i}")), name=f"out_{i}")
    data = net.iris()
    spread = net.linear(data.features, out_features=4, id="spread")
    sources = [spread, data.features, spread][: len(list(ports))]
    out = net.step(*sources, repeat=repeat, width=width, id="steps")
    found = [replace(out, port=port) for port in out.ports]
    logits = net.linear(net.concat(*found, spread), out_features=3, id="head")
    net.output(logits)
    net.cross_entropy(logits, data.label)
    return net.project()


@pytest.mark.parametrize(
    ("ports", "outputs", "width"),
    [
        ("ab", 1, 4),
        ("ab", 2, 4),
        ("abc", 2, 4),
        ("a", 2, 4),
        ("ab", 3, 4),
        ("ab", 1, 6),
        ("abc", 3, 5),
    ],
)
def test_repeated_blocks_with_several_ports(ports: str, outputs: int, width: int) -> None:
    """Compared with the loop written by hand; the first repetition may differ in shape."""
    project = stepper(3, ports, outputs, width)
    assert check(project).errors == ()
    module = build(project).eval()
    assert isinstance(module.steps, nn.ModuleList)
    assert len(module.steps) == 3
    x = torch.randn(5, 4)
    spread = module.spread(x)
    carried = [spread, x, spread][: len(ports)]
    made: list[torch.Tensor] = []
    for block in module.steps:
        both = torch.cat(carried, 1)
        made = [torch.tanh(getattr(block, f"mix_{i}")(both)) for i in range(outputs)]
        carried[: min(outputs, len(carried))] = made[: len(carried)]
    expected = module.head(torch.cat([*made, spread], 1))
    assert torch.equal(module(x), expected)
    assert sum(p.numel() for p in module.parameters()) == check(project).parameters


def test_a_chain_whose_first_block_differs_shares_one_class() -> None:
    """Three repetitions, the first from 1 channel to 8: one class with a parameter."""
    net = Network("tower")
    with net.block("stage", channels=8) as b:
        x = b.conv2d(b.input(name="x"), out_channels="=channels", bias=False)
        b.output(b.relu(b.batch_norm(x)), name="y")
    data = net.digits()
    x = net.stage(data.image, repeat=3, channels=8, id="stages")
    logits = net.linear(net.global_avg_pool(x), out_features=10)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    project = net.project()
    text = generate(project).text
    assert text.count("class Stage") == 1
    assert "nn.Sequential(Stage(" in text
    module = build(project)
    assert [s.conv2d_1.in_channels for s in module.stages] == [1, 8, 8]
    assert check(project).parameters == sum(p.numel() for p in module.parameters())


def test_a_thousand_repetitions_are_one_line() -> None:
    net = Network("deep")
    with net.block("stage") as b:
        b.output(b.relu(b.linear(b.input(name="x"), out_features=4)), name="y")
    data = net.iris()
    logits = net.linear(net.stage(data.features, repeat=1000), out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    assert "*(Stage() for _ in range(1000))" in generate(net.project()).text
