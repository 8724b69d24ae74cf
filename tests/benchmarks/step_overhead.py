"""A step of generated code against the same net written by hand.

Run it: ``python tests/benchmarks/step_overhead.py``. Forward, backward and the optimiser's
step, one thread, both nets with the same weights and on the same batch. Steps alternate,
and so does who goes first; the figure is the median ratio of neighbours. Goal: at most 1.01.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from netbuilder.building import Network
from netbuilder.compiler.build import build
from netbuilder.graph import Project

GOAL = 1.01
SECONDS = 12.0  # for each net
BATCHES = {"mlp": 64, "resnet18": 8, "transformer": 8}


# --- wired -----------------------------------------------------------------------------------


def table(folder: Path, columns: int) -> Path:
    """A CSV file with so many columns of numbers and a class; only its shape matters."""
    path = folder / f"{columns}.csv"
    rows = [",".join(["0.5"] * columns + [f"class {i % 10}"]) for i in range(40)]
    path.write_text("\n".join([",".join(f"c{i}" for i in range(columns)) + ",label", *rows]))
    return path


def mlp(folder: Path) -> Project:
    """784-256×4-10."""
    net = Network("mlp")
    data = net.csv(path=str(table(folder, 784)))
    x = data.features
    for _ in range(4):
        x = net.relu(net.linear(x, out_features=256))
    logits = net.linear(x, out_features=10)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    return net.project()


def resnet18(folder: Path, width: int = 16) -> Project:
    """He et al. 2015 for pictures of 3×32×32: four stages of two residual blocks."""
    net = Network("resnet18")
    with net.block("residual", channels=width) as b:
        entry = b.input(name="x")
        x = b.conv2d(entry, out_channels="=channels", bias=False)
        x = b.relu(b.batch_norm(x))
        x = b.batch_norm(b.conv2d(x, out_channels="=channels", bias=False))
        b.output(b.relu(b.add(x, entry)), name="y")
    with net.block("narrowing", channels=width) as b:
        entry = b.input(name="x")
        x = b.conv2d(entry, out_channels="=channels", stride=(2,), bias=False)
        x = b.relu(b.batch_norm(x))
        x = b.batch_norm(b.conv2d(x, out_channels="=channels", bias=False))
        skip = b.conv2d(entry, out_channels="=channels", kernel_size=(1,), stride=(2,), bias=False)
        b.output(b.relu(b.add(x, b.batch_norm(skip))), name="y")
    data = net.csv(path=str(table(folder, 3 * 32 * 32)))
    x = net.reshape(data.features, sizes=(3, 32, 32))
    x = net.relu(net.batch_norm(net.conv2d(x, out_channels=width, bias=False)))
    x = net.residual(x, channels=width, repeat=2)
    for i in (2, 4, 8):
        x = net.residual(net.narrowing(x, channels=width * i), channels=width * i)
    logits = net.linear(net.global_avg_pool(x), out_features=10)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    return net.project()


def transformer(layers: int = 4, width: int = 128, steps: int = 32) -> Project:
    """A small language model: causal attention, pre-norm."""
    net = Network("transformer")
    with net.block("layer", width=width) as b:
        entry = b.input(name="x")
        attended = b.multihead_attention(b.layer_norm(entry), num_heads=4, causal=True)
        x = b.add(entry, attended)
        hidden = b.gelu(b.linear(b.layer_norm(x), out_features="=width * 4"))
        b.output(b.add(x, b.linear(hidden, out_features="=width")), name="y")
    data = net.text(context=steps)
    x = net.embedding(data.tokens, embedding_dim=width)
    x = net.layer(x, width=width, repeat=layers)
    logits = net.linear(net.layer_norm(x), out_features=75)
    net.output(logits)
    net.cross_entropy(logits, data.next)
    return net.project()


# --- by hand ---------------------------------------------------------------------------------


class Mlp(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(784, 256)
        self.second = nn.Linear(256, 256)
        self.third = nn.Linear(256, 256)
        self.fourth = nn.Linear(256, 256)
        self.head = nn.Linear(256, 10)

    def forward(self, features: Tensor) -> Tensor:
        x = F.relu(self.first(features))
        x = F.relu(self.second(x))
        x = F.relu(self.third(x))
        x = F.relu(self.fourth(x))
        return self.head(x)


class Residual(nn.Module):
    def __init__(self, entering: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(entering, channels, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.skip: nn.Module | None = None
        if stride > 1:
            conv = nn.Conv2d(entering, channels, 1, stride, bias=False)
            self.skip = nn.Sequential(conv, nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return F.relu(y + (x if self.skip is None else self.skip(x)))


class ResNet18(nn.Module):
    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)
        blocks = [Residual(width, width, 1), Residual(width, width, 1)]
        for i in (2, 4, 8):
            blocks += [Residual(width * i // 2, width * i, 2), Residual(width * i, width * i, 1)]
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(width * 8, 10)

    def forward(self, features: Tensor) -> Tensor:
        x = features.reshape(features.size(0), 3, 32, 32)
        x = F.relu(self.norm(self.conv(x)))
        return self.head(self.blocks(x).mean(dim=(2, 3)))


class TransformerLayer(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, 4, batch_first=True)
        self.norm2 = nn.LayerNorm(width)
        self.grow = nn.Linear(width, 4 * width)
        self.shrink = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm1(x)
        steps = y.size(1)
        mask = torch.ones(steps, steps, dtype=torch.bool, device=y.device).triu(1)
        y, _ = self.attention(y, y, y, need_weights=False, attn_mask=mask, is_causal=True)
        x = x + y
        return x + self.shrink(F.gelu(self.grow(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self, layers: int = 4, width: int = 128) -> None:
        super().__init__()
        self.embedding = nn.Embedding(75, width)
        self.layers = nn.Sequential(*(TransformerLayer(width) for _ in range(layers)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 75)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.head(self.norm(self.layers(self.embedding(tokens))))


# --- compared --------------------------------------------------------------------------------

Step = Callable[[], None]


def stepping(model: nn.Module, loss: Callable[[], Tensor]) -> Step:
    """One step of training as the trainer does it."""
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-6, fused=True)

    def step() -> None:
        for parameter in model.parameters():
            parameter.grad = None
        loss().backward()
        optimiser.step()

    return step


def copied(source: nn.Module, target: nn.Module) -> None:
    """Give both nets the same weights; their layers stand in the same order."""
    state = target.state_dict()
    for (name, old), new in zip(state.items(), source.state_dict().values(), strict=True):
        assert old.shape == new.shape, name
        state[name] = new.clone()
    target.load_state_dict(state)


def pair(name: str, folder: Path) -> tuple[Step, Step]:
    """Steps of the generated and of the hand-written net; both compute the same loss."""
    torch.manual_seed(0)
    rows = BATCHES[name]
    project: Project
    plain: nn.Module
    given: dict[str, Tensor]
    if name == "mlp":
        project, plain = mlp(folder), Mlp()
        given = {"features": torch.rand(rows, 784), "label": torch.randint(10, (rows,))}
    elif name == "resnet18":
        project, plain = resnet18(folder), ResNet18()
        given = {"features": torch.rand(rows, 3072), "label": torch.randint(10, (rows,))}
    else:
        project, plain = transformer(), Transformer()
        tokens = torch.randint(75, (rows, 33))
        given = {"tokens": tokens[:, :-1].contiguous(), "next": tokens[:, 1:].contiguous()}
    model: Any = build(project)
    copied(model, plain)
    first, second = given.values()

    def generated() -> Tensor:
        return model.objective_main(**given)[0]

    def by_hand() -> Tensor:
        result = plain(first)
        if result.ndim == 3:
            return F.cross_entropy(result.flatten(0, 1), second.flatten())
        return F.cross_entropy(result, second)

    assert torch.allclose(generated(), by_hand(), rtol=1e-5), "the two nets are not the same"
    return stepping(model, generated), stepping(plain, by_hand)


def ratio(ours: Step, theirs: Step) -> tuple[float, float, float]:
    """Median milliseconds of both, and the median of the ratios of neighbouring steps.

    Neighbours share whatever else the machine does, so their ratio is steadier than the
    ratio of the medians.
    """
    for _ in range(10):
        ours()
        theirs()
    pairs: list[tuple[float, float]] = []
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until or len(pairs) % 2:
        taken = {}
        for step in (ours, theirs) if len(pairs) % 2 else (theirs, ours):
            start = time.perf_counter()
            step()
            taken[step] = (time.perf_counter() - start) * 1000
        pairs.append((taken[ours], taken[theirs]))
    a, b = (statistics.median(pair[i] for pair in pairs) for i in (0, 1))
    return a, b, statistics.median(x / y for x, y in pairs)


def main() -> None:
    torch.set_num_threads(1)
    print(f"{'net':<12} {'generated':>12} {'by hand':>12} {'ratio':>8}   goal ≤ {GOAL}")
    with tempfile.TemporaryDirectory() as folder:
        for name in BATCHES:
            a, b, times = ratio(*pair(name, Path(folder)))
            verdict = "ok" if times <= GOAL else "above"
            print(f"{name:<12} {a:9.3f} ms {b:9.3f} ms {times:8.3f}   {verdict}")


if __name__ == "__main__":
    main()
