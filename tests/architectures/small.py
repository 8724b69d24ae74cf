"""The published networks, each so small that it runs at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from netbuilder.architectures import (
    alexnet,
    bert,
    char_rnn,
    conformer,
    densenet121,
    googlenet,
    gpt2,
    lenet,
    llama,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnext50,
    seq2seq,
    transformer,
    unet,
    vgg16,
    vit,
)
from netbuilder.graph import Project

Score = Literal["additive", "dot_product", "bilinear", "cosine"]
SCORES: tuple[Score, ...] = ("additive", "dot_product", "bilinear", "cosine")


def _translator(score: Score) -> Callable[[], Project]:
    return lambda: seq2seq(
        vocabulary=23, source=7, target=5, width=6, hidden=8, layers=2, score=score
    )


CONVOLUTIONAL: dict[str, Callable[[], Project]] = {
    "lenet": lenet,
    "alexnet": lambda: alexnet(image=64, width=4, hidden=16, classes=5),
    "vgg16": lambda: vgg16(image=32, width=2, hidden=16, classes=5),
    "googlenet": lambda: googlenet(image=64, width=8, hidden=16, classes=5),
    "resnet18": lambda: resnet18(image=32, width=4, classes=5),
    "resnet34": lambda: resnet34(image=32, width=4, classes=5),
    "resnet50": lambda: resnet50(image=32, width=4, classes=5),
    "resnet101": lambda: resnet101(image=32, width=2, classes=5),
    "resnet152": lambda: resnet152(image=32, width=2, classes=5),
    "resnext50": lambda: resnext50(image=32, width=4, groups=4, classes=5),
    "densenet121": lambda: densenet121(image=32, growth=4, depths=(2, 3, 2, 2), classes=5),
    "unet": lambda: unet(image=16, width=4, depth=2),
}
TRANSFORMERS: dict[str, Callable[[], Project]] = {
    "gpt2": lambda: gpt2(vocabulary=23, context=7, width=12, heads=3, layers=2, dropout=0.0),
    "bert": lambda: bert(vocabulary=23, context=7, width=12, heads=3, layers=2, dropout=0.0),
    "vit": lambda: vit(image=8, patch=4, width=12, heads=3, layers=2, classes=5),
    "transformer": lambda: transformer(
        vocabulary=23, source=7, target=5, width=12, heads=3, layers=2, dropout=0.0
    ),
    "llama": lambda: llama(
        vocabulary=23, context=7, width=16, heads=4, key_heads=2, hidden=24, layers=2
    ),
    "conformer": lambda: conformer(
        frames=24, frequencies=9, width=8, heads=2, layers=2, kernel=5, classes=4, dropout=0.0
    ),
}
RECURRENT: dict[str, Callable[[], Project]] = {
    "char_rnn": lambda: char_rnn(vocabulary=23, context=7, hidden=8, layers=2),
    "seq2seq": _translator("additive"),
}
#: By the way in which its decoder looks at what was read.
TRANSLATORS = {f"seq2seq {score}": _translator(score) for score in SCORES}
EVERY = {**CONVOLUTIONAL, **TRANSFORMERS, **RECURRENT}
