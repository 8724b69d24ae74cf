"""Nearest neighbours in an Embedding, on a text whose groups of words are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import netbuilder as nb
from netbuilder.building import Network
from netbuilder.data import load
from netbuilder.explain.neighbours import neighbours
from netbuilder.explain.undisturbed import ExplainError
from netbuilder.graph import Optimiser, Project
from netbuilder.layers import REGISTRY, DataError
from netbuilder.training.checkpoint import load_model, read
from netbuilder.training.events import Finished
from netbuilder.training.run import open_run

ANIMALS = ("cat", "dog", "horse", "sheep", "goat")
FRUITS = ("apple", "pear", "plum", "grape", "fig")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sentences whose words are of one group alone, in an order of chance."""
    random = np.random.default_rng(0)
    groups = (ANIMALS, FRUITS)
    lines = [" ".join(random.choice(groups[i % 2], 12)) + "." for i in range(600)]
    path = tmp_path_factory.mktemp("planted") / "planted.txt"
    path.write_text("\n".join(lines))
    return path


def skip_gram(net: Network, file: str) -> None:
    data = net.skip_gram(path=file, window=3, subsample=0.0, samples=20_000)
    words = net.embedding(data.center, embedding_dim=8, id="words", weight_init="normal")
    context = net.embedding(data.context, embedding_dim=8, id="around", weight_init="zeros")
    wrong = net.embedding(data.negatives, embedding_dim=8, share="around", weight_init="zeros")
    net.output(words)
    net.negative_sampling(words, context, wrong)


def cbow(net: Network, file: str) -> None:
    data = net.cbow(path=file, window=2, subsample=0.0, samples=20_000)
    words = net.embedding(data.context, embedding_dim=8, id="words", weight_init="normal")
    context = net.embedding(data.center, embedding_dim=8, id="around", weight_init="zeros")
    wrong = net.embedding(data.negatives, embedding_dim=8, share="around", weight_init="zeros")
    mean = net.mean_pool(words)
    net.output(mean)
    net.negative_sampling(mean, context, wrong)


def glove(net: Network, file: str) -> None:
    data = net.cooccurrence(path=file, window=3)
    words = net.embedding(data.word, embedding_dim=8, id="words", weight_init="normal")
    context = net.embedding(data.context, embedding_dim=8, weight_init="normal")
    bias = net.embedding(data.word, embedding_dim=1, weight_init="zeros")
    other = net.embedding(data.context, embedding_dim=1, weight_init="zeros")
    net.output(words)
    net.glove(words, context, bias, other, data.count)


EPOCHS = {"skip_gram": (3, 128, 2e-2), "cbow": (5, 128, 2e-2), "glove": (60, 32, 3e-2)}


@pytest.mark.slow
@pytest.mark.parametrize("made", [skip_gram, cbow, glove], ids=lambda made: made.__name__)
def test_words_of_one_group_find_each_other(
    made: Callable[[Network, str], None], planted: Path, tmp_path: Path
) -> None:
    net = Network(made.__name__)
    made(net, str(planted))
    epochs, batch, lr = EPOCHS[made.__name__]
    optimisers = (Optimiser("main", "adam", {"lr": lr}),)
    project = net.project(
        epochs=epochs, batch_size=batch, validation=0.0, test=0.0, optimisers=optimisers
    )
    assert nb.check(project).errors == ()
    assert isinstance(list(nb.train(project, folder=tmp_path / "run"))[-1], Finished)
    model = nb.compile(project)
    load_model(model, read(open_run(tmp_path / "run").last))
    for group in (ANIMALS, FRUITS):
        for word in group:
            near = neighbours(model, project, node="words", token=word, count=3)
            assert set(near.tokens) < set(group), (word, near.tokens)


def project_of(file: Path) -> Project:
    net = Network("words")
    skip_gram(net, str(file))
    return net.project()


@pytest.mark.parametrize("measure", ["cosine", "euclid"])
def test_the_nearest_come_first_and_the_word_itself_is_left_out(
    measure: Any, planted: Path
) -> None:
    project = project_of(planted)
    torch.manual_seed(0)
    model = nb.compile(project)
    table = model.get_parameter("words.weight")
    with torch.no_grad():
        table.normal_()
    found = neighbours(model, project, token="Cat", count=4, measure=measure)
    assert (found.node, found.token) == ("words", "cat")
    assert set(found.nodes) == {"words", "around", "embedding_1"}
    index = found.vocabulary.index("cat")
    for name, value in zip(found.tokens, found.values, strict=True):
        other = table[found.vocabulary.index(name)]
        expected = (
            torch.cosine_similarity(table[index], other, dim=0)
            if measure == "cosine"
            else (table[index] - other).norm()
        )
        assert value == pytest.approx(expected.item(), abs=1e-5)
    assert list(found.values) == sorted(found.values, reverse=measure == "cosine")
    assert "cat" not in found.tokens
    shared = neighbours(model, project, node="embedding_1", token="3")
    assert shared.token == found.vocabulary[3]
    assert len(neighbours(model, project, count=1000).tokens) == len(found.vocabulary) - 1


def test_what_cannot_be_asked_is_said_in_a_sentence(planted: Path) -> None:
    project = project_of(planted)
    model = nb.compile(project)
    for arguments, words in (
        ({"token": "zebra"}, "has no token 'zebra'"),
        ({"node": "linear_1"}, "linear_1 is not an Embedding here; there is words"),
        ({"measure": "taxi"}, "by cosine or euclid, not taxi"),
    ):
        with pytest.raises(ExplainError, match=words):
            neighbours(model, project, **arguments)  # type: ignore[arg-type]


def test_pairs_stand_within_the_window_and_chance_follows_frequency(planted: Path) -> None:
    fields = load(
        REGISTRY["skip_gram"].from_params(
            {"path": str(planted), "window": 1, "subsample": 0.0, "min_count": 1}
        )
    )
    names = fields.class_names["center"]
    centers, contexts = ([names[t] for t in fields[n].tolist()] for n in ("center", "context"))
    pairs = set(zip(centers, contexts, strict=True))
    assert {("cat", "dog"), ("dog", "cat")} <= pairs
    across = [
        {a, b} for a, b in zip(centers, contexts, strict=True) if (a in ANIMALS) != (b in ANIMALS)
    ]
    assert 0.05 < len(across) / len(centers) < 0.12  # only where two sentences meet
    drawn = np.bincount(fields["negatives"].ravel()) / fields["negatives"].size
    share = np.bincount(fields["center"]).astype(float) ** 0.75
    np.testing.assert_allclose(drawn, share / share.sum(), atol=0.01)


def test_counts_are_those_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "few.txt"
    path.write_text("a b a c")
    fields = load(
        REGISTRY["cooccurrence"].from_params({"path": str(path), "window": 2, "min_count": 1})
    )
    names = fields.class_names["word"]
    found = {
        names[w] + names[c]: n
        for w, c, n in zip(*(fields[k].tolist() for k in ("word", "context", "count")), strict=True)
    }
    assert found == {"ab": 2.0, "ba": 2.0, "aa": 1.0, "ac": 1.0, "ca": 1.0, "bc": 0.5, "cb": 0.5}
    with pytest.raises(DataError, match="0 words that occur at least 5 times"):
        REGISTRY["cbow"].from_params({"path": str(path)}).fields()  # type: ignore[attr-defined]
