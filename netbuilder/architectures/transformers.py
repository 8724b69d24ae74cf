"""Published transformers, each a project whose data of chance stands in for one's own."""

from __future__ import annotations

import math

from netbuilder.architectures.transformer_blocks import decoder_layer, encoder_layer, llama_layer
from netbuilder.building import Network
from netbuilder.graph import Optimiser, Project


def gpt2(
    vocabulary: int = 50257,
    context: int = 1024,
    width: int = 768,
    heads: int = 12,
    layers: int = 12,
    dropout: float = 0.1,
) -> Project:
    """GPT-2 small, 124,439,808 parameters: Radford et al. 2019.

    A decoder in today's words, yet made of encoder layers that see no future.
    """
    net = Network("gpt2")
    data = net.random_tokens(vocabulary=vocabulary, length=context)
    encoder_layer(
        net, width=width, heads=heads, hidden=4 * width, dropout=dropout, causal=True,
        activation="gelu:tanh", name="gpt2_layer",
    )  # fmt: skip
    # Scores come from the same table, so its vectors begin short.
    words = net.embedding(data.tokens, embedding_dim=width, weight_init="normal")
    x = net.positional_encoding(words, method="learned", max_length=context)
    x = net.gpt2_layer(net.dropout(x, p=dropout), repeat=layers, id="layers")
    scores = net.tied_linear(net.layer_norm(x), words.table, id="head")
    net.output(scores, name="next")
    net.cross_entropy(scores, data.next)
    net.perplexity(scores, data.next)
    notes = "GPT-2 small: guesses the next token; words are read and written by one table."
    return net.project(notes=notes, batch_size=8, optimisers=(_adamw(6e-4),))


def bert(
    vocabulary: int = 30522,
    context: int = 512,
    width: int = 768,
    heads: int = 12,
    layers: int = 12,
    classes: int = 2,
    dropout: float = 0.1,
) -> Project:
    """BERT base with pooler, 109,482,240 parameters, and a head: Devlin et al. 2018.

    Token 0 fills up; no position looks at it. The head classifies the first token's vector.
    """
    net = Network("bert")
    data = net.random_tokens(vocabulary=vocabulary, length=context, classes=classes)
    segments = net.random_tokens(vocabulary=2, length=context, id="segments")
    encoder_layer(
        net, width=width, heads=heads, hidden=4 * width, dropout=dropout, norm_first=False,
        masked=True, eps=1e-12, name="bert_layer",
    )  # fmt: skip
    x = net.add(
        net.embedding(data.tokens, embedding_dim=width, padding_idx=0),
        net.embedding(segments.tokens, embedding_dim=width),
    )
    x = net.positional_encoding(x, method="learned", max_length=context)
    x = net.dropout(net.layer_norm(x, eps=1e-12), p=dropout)
    mask = net.padding_mask(data.tokens)
    x = net.bert_layer(x, mask, repeat=layers, id="layers")
    pooled = net.tanh(net.linear(net.select(x), out_features=width, id="pooler"))
    scores = net.linear(net.dropout(pooled, p=dropout), out_features=classes, id="head")
    net.output(scores, name="class")
    net.cross_entropy(scores, data.label)
    net.accuracy(scores, data.label)
    notes = "BERT base: reads a text in both directions; its first token says what it is."
    return net.project(notes=notes, batch_size=16, optimisers=(_adamw(5e-5),))


def vit(
    image: int = 224,
    patch: int = 16,
    width: int = 768,
    heads: int = 12,
    layers: int = 12,
    classes: int = 1000,
    dropout: float = 0.0,
) -> Project:
    """ViT-B/16, 86,567,656 parameters: Dosovitskiy et al. 2020."""
    net = Network("vit")
    data = net.random_numbers(sizes=(3, image, image), classes=classes)
    with net.block("patch_embedding", width=width, patch=patch) as b:
        x = b.conv2d(
            b.input(name="image"), out_channels="=width", kernel_size="=patch", stride="=patch",
            padding="valid",
        )  # fmt: skip
        b.output(b.to_tokens(x), name="tokens")
    encoder_layer(
        net, width=width, heads=heads, hidden=4 * width, dropout=dropout, eps=1e-6,
        name="vit_layer",
    )  # fmt: skip
    tokens = net.patch_embedding(data.values)
    first = net.learned(tokens, sizes=(1, width), title="Class token", id="class_token")
    x = net.concat(first, tokens, dim=1)
    places = (image // patch) ** 2 + 1
    x = net.positional_encoding(x, method="learned", max_length=places)
    x = net.vit_layer(net.dropout(x, p=dropout), repeat=layers, id="layers")
    scores = net.linear(net.select(net.layer_norm(x, eps=1e-6)), out_features=classes, id="head")
    net.output(scores, name="class")
    net.cross_entropy(scores, data.label)
    net.accuracy(scores, data.label)
    notes = "ViT-B/16: an image as a text of patches; a class token gathers what it shows."
    return net.project(notes=notes, batch_size=16, optimisers=(_adamw(3e-4),))


def transformer(
    vocabulary: int = 37000,
    source: int = 128,
    target: int = 128,
    width: int = 512,
    heads: int = 8,
    layers: int = 6,
    dropout: float = 0.1,
) -> Project:
    """The encoder–decoder of "Attention is all you need", base size: Vaswani et al. 2017.

    One table reads both languages and writes the second. Token 0 fills up the source.
    """
    net = Network("transformer")
    read = net.random_tokens(vocabulary=vocabulary, length=source, id="original")
    said = net.random_tokens(vocabulary=vocabulary, length=target, id="translation")
    common = {"width": width, "heads": heads, "hidden": 4 * width}
    more = {"dropout": dropout, "norm_first": False, "masked": True, "activation": "relu"}
    encoder_layer(net, **common, **more)  # type: ignore[arg-type]
    decoder_layer(net, **common, **more)  # type: ignore[arg-type]
    factor = math.sqrt(width)
    words = net.embedding(
        read.tokens, embedding_dim=width, weight_init="normal", init_value=1 / factor, id="words"
    )
    x = net.positional_encoding(net.scale(words, factor=factor), max_length=source)
    mask = net.padding_mask(read.tokens)
    memory = net.encoder_layer(net.dropout(x, p=dropout), mask, repeat=layers, id="encoder")
    spoken = net.embedding(
        said.tokens, embedding_dim=width, weight_init="normal", init_value=1 / factor,
        share="words",
    )  # fmt: skip
    y = net.positional_encoding(net.scale(spoken, factor=factor), max_length=target)
    y = net.decoder_layer(net.dropout(y, p=dropout), memory, mask, repeat=layers, id="decoder")
    scores = net.tied_linear(y, words.table, id="head")
    net.output(scores, name="next")
    net.cross_entropy(scores, said.next, label_smoothing=0.1)
    net.perplexity(scores, said.next)
    notes = "The first transformer: an encoder reads a sentence, a decoder says it anew."
    return net.project(notes=notes, batch_size=16, optimisers=(_adamw(1e-4),))


def llama(
    vocabulary: int = 32000,
    context: int = 512,
    width: int = 2048,
    heads: int = 32,
    key_heads: int = 4,
    hidden: int = 5632,
    layers: int = 22,
) -> Project:
    """A Llama in the size of TinyLlama, 1,100,048,384 parameters: Touvron, Zhang et al. 2023."""
    net = Network("llama")
    data = net.random_tokens(vocabulary=vocabulary, length=context)
    llama_layer(net, width=width, heads=heads, key_heads=key_heads, hidden=hidden)
    x = net.embedding(data.tokens, embedding_dim=width)
    x = net.llama_layer(x, repeat=layers, id="layers")
    scores = net.linear(net.rms_norm(x, eps=1e-5), out_features=vocabulary, bias=False, id="head")
    net.output(scores, name="next")
    net.cross_entropy(scores, data.next)
    net.perplexity(scores, data.next)
    notes = "A Llama: grouped queries, rotary positions, RMS norm and a gated feed-forward."
    return net.project(notes=notes, batch_size=8, optimisers=(_adamw(4e-4),))


def _adamw(lr: float) -> Optimiser:
    return Optimiser("main", "adamw", {"lr": lr})
