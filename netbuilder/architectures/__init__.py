"""Published networks as projects: readable graphs of plain nodes and blocks.

Each function builds one, sized by its arguments; what it reads is data of chance, to be
replaced by one's own. Nothing is allocated: `check` counts the parameters of the largest.
"""

from collections.abc import Callable, Mapping

from netbuilder.architectures.audio import conformer
from netbuilder.architectures.classic import alexnet, lenet, vgg16
from netbuilder.architectures.dense import densenet121
from netbuilder.architectures.inception import googlenet
from netbuilder.architectures.recurrent import char_rnn, seq2seq
from netbuilder.architectures.residual import (
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnext50,
)
from netbuilder.architectures.transformers import bert, gpt2, llama, transformer, vit
from netbuilder.architectures.unet import unet
from netbuilder.graph import Project

#: By name.
ARCHITECTURES: Mapping[str, Callable[..., Project]] = {
    make.__name__: make
    for make in (
        lenet, alexnet, vgg16, googlenet, resnet18, resnet34, resnet50, resnet101, resnet152,
        resnext50, densenet121, unet, char_rnn, seq2seq, transformer, bert, gpt2, llama, vit,
        conformer,
    )
}  # fmt: skip
