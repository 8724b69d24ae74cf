"""Recurrent networks from a sequence to a sequence."""

from __future__ import annotations

from typing import Literal

from netbuilder.building import Network
from netbuilder.graph import Optimiser, Project


def seq2seq(
    vocabulary: int = 8000,
    source: int = 32,
    target: int = 32,
    width: int = 256,
    hidden: int = 512,
    layers: int = 1,
    score: Literal["additive", "dot_product", "bilinear", "cosine"] = "additive",
) -> Project:
    """A translator of two GRUs with attention between them: Bahdanau et al. 2014.

    The decoder begins with the encoder's last state and is told the right word at every step
    (teacher forcing); what it then asks the encoder is weighed by `score`, as in Luong et al.
    2015. Token 0 fills up the source.
    """
    net = Network("seq2seq")
    read = net.random_tokens(vocabulary=vocabulary, length=source, id="original")
    said = net.random_tokens(vocabulary=vocabulary, length=target, id="translation")
    size = {"hidden_size": hidden, "num_layers": layers}
    words = net.embedding(read.tokens, embedding_dim=width, padding_idx=0)
    heard = net.gru(words, id="encoder", **size)
    spoken = net.embedding(said.tokens, embedding_dim=width)
    states = net.gru(spoken, state=heard.state, id="decoder", **size)
    mask = net.padding_mask(read.tokens)
    told = net.place(f"{score}_attention", states, heard, mask=mask, id="attention")
    x = net.tanh(net.linear(net.concat(states, told, dim=-1), out_features=hidden))
    scores = net.linear(x, out_features=vocabulary, id="head")
    net.output(scores, name="next")
    net.cross_entropy(scores, said.next)
    net.perplexity(scores, said.next)
    adam = Optimiser("main", "adam", {"lr": 1e-3})
    notes = "A translator of two recurrent networks; attention shows which word follows which."
    return net.project(notes=notes, batch_size=32, optimisers=(adam,))


def char_rnn(
    vocabulary: int = 96, context: int = 64, hidden: int = 512, layers: int = 3
) -> Project:
    """A character model of stacked LSTMs, 5,501,024 parameters: Karpathy 2015.

    It reads one-hot characters and guesses the next one at every step, so that it writes when
    its guesses are fed back. Put a Text node of your own in place of the data of chance.
    """
    net = Network("char_rnn")
    data = net.random_tokens(vocabulary=vocabulary, length=context)
    x = net.lstm(net.one_hot(data.tokens), hidden_size=hidden, num_layers=layers, dropout=0.5)
    scores = net.linear(x, out_features=vocabulary, id="head")
    net.output(scores, name="next")
    net.cross_entropy(scores, data.next)
    net.perplexity(scores, data.next)
    rmsprop = Optimiser("main", "rmsprop", {"lr": 2e-3})
    notes = "A character model: three LSTMs read one letter after the other and guess the next."
    return net.project(notes=notes, batch_size=50, optimisers=(rmsprop,))
