"""Counts which layer follows which: ``python examples/count_following.py``.

Counted are the example projects of this folder, every template around its own data set, and the
published architectures below, each as its paper draws it. Of each network the share is taken, so
that a deep one says no more than a small one; the table is their mean, in per cent. Written is
``netbuilder/layers/following.py``, from which the program suggests what comes next.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from netbuilder import resources
from netbuilder.graph import Graph, Project
from netbuilder.graph.file import load
from netbuilder.layers import REGISTRY
from netbuilder.templates import TEMPLATES, started

TABLE = Path(__file__).resolve().parent.parent / "netbuilder" / "layers" / "following.py"
#: Shares below this say nothing; they are left out.
LEAST = 1

#: By name: chains of kinds with how often each occurs. Skips are chains of their own.
PUBLISHED: dict[str, tuple[tuple[int, str], ...]] = {
    "LeNet-5, LeCun et al. 1998": (
        (1, "conv2d tanh avg_pool2d conv2d tanh avg_pool2d conv2d tanh flatten"),
        (1, "flatten linear tanh linear cross_entropy"),
    ),
    "AlexNet, Krizhevsky et al. 2012": (
        (2, "conv2d relu max_pool2d conv2d"),
        (2, "conv2d relu conv2d"),
        (1, "conv2d relu max_pool2d flatten dropout linear relu dropout linear relu linear"),
        (1, "linear cross_entropy"),
    ),
    "VGG-16, Simonyan and Zisserman 2014": (
        (8, "conv2d relu conv2d"),
        (4, "conv2d relu max_pool2d conv2d"),
        (1, "conv2d relu max_pool2d flatten linear relu dropout linear relu dropout linear"),
        (1, "linear cross_entropy"),
    ),
    "Inception, Szegedy et al. 2014": (
        (27, "concat conv2d relu concat"),
        (18, "conv2d relu conv2d relu"),
        (9, "concat max_pool2d conv2d"),
        (1, "concat global_avg_pool dropout linear cross_entropy"),
    ),
    "U-Net, Ronneberger et al. 2015": (
        (4, "conv2d relu conv2d relu max_pool2d conv2d"),
        (4, "relu concat conv2d relu conv2d relu"),
        (4, "relu conv_transpose2d concat"),
        (1, "relu conv2d cross_entropy"),
    ),
    "DCGAN, Radford et al. 2015": (
        (3, "conv_transpose2d batch_norm relu conv_transpose2d"),
        (1, "noise linear reshape conv_transpose2d tanh conv2d"),
        (3, "conv2d batch_norm leaky_relu conv2d"),
        (1, "leaky_relu flatten linear bce_with_logits"),
    ),
    "ResNet-18, He et al. 2015": (
        (8, "conv2d batch_norm relu conv2d batch_norm add relu"),
        (7, "relu conv2d"),
        (5, "relu add"),
        (3, "relu conv2d batch_norm add"),
        (1, "conv2d batch_norm relu max_pool2d conv2d"),
        (1, "max_pool2d add"),
        (1, "relu global_avg_pool linear cross_entropy"),
    ),
    "ResNet-50, He et al. 2015": (
        (16, "conv2d batch_norm relu conv2d batch_norm relu conv2d batch_norm add relu"),
        (15, "relu conv2d"),
        (12, "relu add"),
        (4, "relu conv2d batch_norm add"),
        (1, "conv2d batch_norm relu max_pool2d conv2d"),
        (1, "relu global_avg_pool linear cross_entropy"),
    ),
    "DenseNet, Huang et al. 2016": (
        (58, "concat batch_norm relu conv2d batch_norm relu conv2d concat"),
        (3, "batch_norm relu conv2d avg_pool2d concat"),
        (1, "batch_norm relu global_avg_pool linear cross_entropy"),
    ),
    "MobileNet, Howard et al. 2017": (
        (13, "conv2d batch_norm relu conv2d batch_norm relu"),
        (12, "relu conv2d"),
        (1, "relu global_avg_pool linear cross_entropy"),
    ),
    "Squeeze and excitation, Hu et al. 2017": (
        (16, "batch_norm global_avg_pool linear relu linear sigmoid reshape multiply add relu"),
        (16, "relu conv2d batch_norm multiply"),
        (1, "relu global_avg_pool linear cross_entropy"),
    ),
    "Sequence model, Zaremba et al. 2014": (
        (1, "text embedding dropout lstm dropout lstm dropout linear cross_entropy"),
        (1, "linear perplexity"),
    ),
    "Encoder of sentences, Cho et al. 2014": (
        (1, "text embedding gru last_step linear tanh linear cross_entropy"),
    ),
    "Transformer, Vaswani et al. 2017": (
        (1, "text embedding positional_encoding dropout multihead_attention"),
        (12, "multihead_attention dropout add layer_norm linear relu linear dropout add"),
        (12, "add layer_norm add"),
        (11, "add layer_norm multihead_attention"),
        (12, "layer_norm add"),
        (1, "layer_norm linear cross_entropy"),
    ),
    "GPT-2, Radford et al. 2019": (
        (1, "text embedding positional_encoding dropout layer_norm"),
        (12, "layer_norm multihead_attention dropout add"),
        (12, "add layer_norm linear gelu linear dropout add"),
        (11, "add layer_norm"),
        (24, "add add"),
        (1, "add layer_norm linear cross_entropy"),
    ),
    "Vision transformer, Dosovitskiy et al. 2020": (
        (1, "conv2d to_tokens positional_encoding dropout layer_norm"),
        (12, "layer_norm multihead_attention add layer_norm linear gelu dropout linear add"),
        (11, "add layer_norm"),
        (24, "add add"),
        (1, "add layer_norm mean_pool linear cross_entropy"),
    ),
    "Variational autoencoder, Kingma and Welling 2013": (
        (1, "flatten linear tanh linear reparameterise linear tanh linear bce_with_logits"),
        (1, "tanh linear gaussian_kl"),
        (1, "linear reparameterise"),
    ),
    "Convolutional autoencoder, Masci et al. 2011": (
        (2, "conv2d tanh max_pool2d conv2d"),
        (2, "conv_transpose2d relu conv_transpose2d"),
        (1, "max_pool2d conv_transpose2d mse"),
    ),
}  # fmt: skip

Pair = tuple[str, str]


def projects() -> Iterator[Project]:
    """Examples, and templates around their own data sets."""
    for path in resources.examples():
        if path.stem == "classic_mistakes":
            continue  # nobody is to follow it
        yield load(path).project
    for template in TEMPLATES:
        yield started(template, template.data)


def pairs(graph: Graph) -> Iterator[Pair]:
    """Kinds at the two ends of each wire."""
    for edge in graph.edges:
        yield graph[edge.source].kind, graph[edge.target].kind


def networks() -> Iterator[Counter[Pair]]:
    """The pairs of each network."""
    for project in projects():
        graphs = (project.graph, *(block.graph for block in project.blocks.values()))
        yield Counter(pair for graph in graphs for pair in pairs(graph))
    for chains in PUBLISHED.values():
        found: Counter[Pair] = Counter()
        for times, chain in chains:
            for pair in pairwise(chain.split()):
                found[pair] += times
        yield found


def shares(counted: Iterable[Counter[Pair]]) -> dict[str, dict[str, int]]:
    """By kind, the mean share of what follows it, in per cent, the largest first."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    heard: Counter[str] = Counter()
    for network in counted:
        totals: Counter[str] = Counter()
        for (first, _), times in network.items():
            totals[first] += times
        heard.update(totals.keys())
        for (first, then), times in network.items():
            if first in REGISTRY and then in REGISTRY:
                sums[first][then] += times / totals[first]  # type: ignore[assignment]
    table = {}
    for first in REGISTRY:
        rounded = {then: round(100 * part / heard[first]) for then, part in sums[first].items()}
        kept = sorted((item for item in rounded.items() if item[1] >= LEAST), key=lambda i: -i[1])
        if kept:
            table[first] = dict(kept)
    return table


def written() -> str:
    """The table as the text of its module."""
    lines = [
        '"""Which layer follows which, in per cent of the wires that leave it.',
        "",
        "Written by ``python examples/count_following.py``, which says what was counted.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from collections.abc import Mapping",
        "",
        "#: By kind, the kinds that follow it, the most frequent first.",
        "FOLLOWING: Mapping[str, Mapping[str, int]] = {",
    ]
    for first, then in shares(networks()).items():
        inside = ", ".join(f'"{kind}": {share}' for kind, share in then.items())
        row = f'    "{first}": {{{inside}}},'
        if len(row) > 100:
            row = (
                f'    "{first}": {{\n'
                + "".join(f'        "{kind}": {share},\n' for kind, share in then.items())
                + "    },"
            )
        lines.append(row)
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    TABLE.write_text(written(), encoding="utf-8")
