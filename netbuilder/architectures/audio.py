"""Networks that listen: spectrograms in, classes out."""

from __future__ import annotations

from netbuilder.building import Network, Output
from netbuilder.graph import Optimiser, Project


def audio_front_end(net: Network, width: int, name: str = "audio_front_end") -> str:
    """Define a block: two convolutions that make a spectrogram four times shorter.

    spectrogram (B, 1, T, frequencies) → tokens (B, T / 4, width). Gulati et al. 2020.
    """
    with net.block(name, width=width) as b:
        x = b.input(name="spectrogram")
        for _ in range(2):
            x = b.relu(b.conv2d(x, out_channels="=width", kernel_size=(3,), stride=(2,)))
        # Time first, then all channels of all frequencies side by side.
        x = b.flatten(b.transpose(x, first=1, second=2), start_dim=2)
        b.output(b.linear(x, out_features="=width"), name="tokens")
    return name


def conformer_block(
    net: Network,
    width: int,
    heads: int,
    kernel: int = 31,
    dropout: float = 0.1,
    name: str = "conformer_block",
) -> str:
    """Define a block: attention and a convolution between two halves of a feed-forward.

    x (B, T, width) → the same shape. Positions are rotations within attention, where the
    paper has relative ones. Gulati et al. 2020; DATA.ML.200, week 5.
    """
    with net.block(name, width=width, heads=heads, kernel=kernel, dropout=dropout) as b:
        x = b.input(name="x")
        x = b.add(x, b.scale(_feed_forward(b, x), factor=0.5))
        y = b.grouped_query_attention(
            b.layer_norm(x), num_heads="=heads", num_kv_heads="=heads", rotary=True,
            dropout="=dropout",
        )  # fmt: skip
        x = b.add(x, b.dropout(y, p="=dropout"))
        x = b.add(x, _convolution(b, x))
        x = b.add(x, b.scale(_feed_forward(b, x), factor=0.5))
        b.output(b.layer_norm(x), name="y")
    return name


def _feed_forward(b: Network, x: Output) -> Output:
    y = b.silu(b.linear(b.layer_norm(x), out_features="=width * 4"))
    y = b.linear(b.dropout(y, p="=dropout"), out_features="=width")
    return b.dropout(y, p="=dropout")


def _convolution(b: Network, x: Output) -> Output:
    y = b.glu(b.linear(b.layer_norm(x), out_features="=width * 2"))
    y = b.depthwise_conv(b.transpose(y), kernel_size="=kernel", bias=False)
    y = b.transpose(b.silu(b.batch_norm(y)))
    return b.dropout(b.linear(y, out_features="=width"), p="=dropout")


def conformer(
    frames: int = 400,
    frequencies: int = 80,
    width: int = 144,
    heads: int = 4,
    layers: int = 16,
    kernel: int = 31,
    classes: int = 35,
    dropout: float = 0.1,
) -> Project:
    """A Conformer of the small size that says what is heard: Gulati et al. 2020.

    Which moments matter is found by attention pooling.
    """
    net = Network("conformer")
    data = net.random_numbers(sizes=(1, frames, frequencies), classes=classes)
    audio_front_end(net, width)
    conformer_block(net, width, heads, kernel, dropout)
    x = net.dropout(net.audio_front_end(data.values), p=dropout)
    x = net.conformer_block(x, repeat=layers, id="layers")
    scores = net.linear(net.attention_pooling(x), out_features=classes, id="head")
    net.output(scores, name="class")
    net.cross_entropy(scores, data.label)
    net.accuracy(scores, data.label)
    notes = "A Conformer: convolutions hear what is near in a spectrogram, attention what is far."
    adamw = Optimiser("main", "adamw", {"lr": 1e-3})
    return net.project(notes=notes, batch_size=16, optimisers=(adamw,))
