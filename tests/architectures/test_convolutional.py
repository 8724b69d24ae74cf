"""Published convolutional networks: their sizes, and that each runs and learns, made small."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from netbuilder.architectures.classic import alexnet, lenet, vgg16
from netbuilder.architectures.dense import densenet121
from netbuilder.architectures.inception import googlenet
from netbuilder.architectures.residual import (
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnext50,
)
from netbuilder.architectures.unet import unet
from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build, meta_run
from netbuilder.graph import Project
from netbuilder.graph.file import dumps, loads
from tests.architectures.small import CONVOLUTIONAL


def double(taken: int, made: int) -> int:
    """Weights of two convolutions of 3×3 with constants."""
    return 9 * taken * made + made + 9 * made * made + made


def unet_by_hand(channels: int = 3, width: int = 64, depth: int = 4, classes: int = 2) -> int:
    widths = [width * 2**i for i in range(depth + 1)]
    down = sum(double(a, b) for a, b in zip([channels, *widths], widths, strict=False))
    grow = sum(4 * 2 * w * w + w for w in widths[:-1])
    up = sum(double(2 * w, w) for w in widths[:-1])
    return down + grow + up + width * classes + classes


@pytest.mark.parametrize(
    ("make", "parameters", "classes"),
    [
        (lenet, 61_706, 10),
        (alexnet, 61_100_840, 1000),
        (vgg16, 138_357_544, 1000),
        (googlenet, 13_004_888, 1000),
        (resnet18, 11_689_512, 1000),
        (resnet34, 21_797_672, 1000),
        (resnet50, 25_557_032, 1000),
        (resnet101, 44_549_160, 1000),
        (resnet152, 60_192_808, 1000),
        (resnext50, 25_028_904, 1000),
        (densenet121, 7_978_856, 1000),
        (unet, unet_by_hand(), 2),
    ],
)
def test_it_has_the_published_size(
    make: Callable[..., Project], parameters: int, classes: int
) -> None:
    project = make()
    checked = check(project)
    assert checked.problems == ()
    assert checked.parameters == parameters
    assert len(project.graph) <= 32  # a person reads it on one screen
    (shape,) = meta_run(generate(project)).values()
    assert shape[:2] == (2, classes)
    assert loads(dumps(project)).project == project


@pytest.mark.parametrize("name", CONVOLUTIONAL)
def test_a_small_one_learns(name: str) -> None:
    """A few steps on one batch make its loss smaller, and every weight gets a gradient."""
    torch.manual_seed(0)
    module = build(generate(CONVOLUTIONAL[name]()))
    batch = {
        field.name: torch.randn(8, *(int(n) for n in field.spec.shape[1:]))
        if field.spec.dtype == "float32"
        else torch.randint(0, field.spec.classes or 2, (8, *map(int, field.spec.shape[1:])))
        for field in module.source.fields
    }
    optimiser = torch.optim.Adam(module.parameters(), 3e-3)
    losses = []
    for _ in range(12):
        optimiser.zero_grad()
        loss, _ = module.objective_main(**batch)
        loss.backward()
        if not losses:
            assert all(p.grad is not None for p in module.parameters())
        optimiser.step()
        losses.append(loss.item())
    assert min(losses[6:]) < losses[0]


def test_the_helpers_of_googlenet_are_not_part_of_its_result() -> None:
    source = generate(googlenet(image=64, width=8, hidden=16, classes=5))
    forward = source.text[source.text.index("    def forward(") :].split("\n    def ")[1]
    assert "auxiliary" not in forward
    module = build(source)
    loss, parts = module.objective_main(
        **{
            source.fields[0].name: torch.randn(4, 3, 64, 64),
            source.fields[1].name: torch.randint(0, 5, (4,)),
        }
    )
    weighted = sum(v.item() * (0.3 if n.startswith("aux") else 1) for n, v in parts.items())
    assert len(parts) == 3
    assert loss.item() == pytest.approx(weighted, rel=1e-5)


def test_each_head_of_googlenet_stands_beside_its_loss() -> None:
    """No line breaks between them, so a person sees what helps where."""
    graph = googlenet().graph
    heads = [n.id for n in graph if n.block == "auxiliary"]
    assert len(heads) == 2
    for head in heads:
        (wire,) = graph.outgoing[head]
        (x, y), (beside, level) = graph[head].position, graph[wire.target].position
        assert beside > x
        assert abs(level - y) < 40


def test_all_three_heads_of_googlenet_learn() -> None:
    """One optimiser makes the three weighted cross-entropies smaller, each of them."""
    torch.manual_seed(0)
    module = build(generate(googlenet(image=64, width=8, hidden=16, classes=5)))
    image, label = torch.randn(8, 3, 64, 64), torch.arange(8) % 5
    batch = dict(zip((f.name for f in module.source.fields), (image, label), strict=True))
    optimiser = torch.optim.Adam(module.parameters(), 3e-3)
    seen: dict[str, list[float]] = {}
    for _ in range(40):
        optimiser.zero_grad()
        loss, parts = module.objective_main(**batch)
        loss.backward()
        optimiser.step()
        for name, part in parts.items():
            seen.setdefault(name, []).append(part.item())
    assert len(seen) == 3
    for name, values in seen.items():
        first, last = sum(values[:5]) / 5, sum(values[-5:]) / 5
        assert last < 0.8 * first, (name, first, last)
