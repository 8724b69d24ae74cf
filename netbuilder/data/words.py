"""Words with the words around them, from a text."""

from __future__ import annotations

import numpy as np

from netbuilder.data.fields import Array, Fields
from netbuilder.layers import DataError
from netbuilder.layers.data_words import CBOW, Cooccurrence, Neighbourhoods, Sampled, SkipGram
from netbuilder.layers.text_words import words


def skip_gram(layer: SkipGram) -> Fields:
    """center and context (rows,), negatives (rows, K)."""
    random = np.random.default_rng(layer.seed)
    tokens = thinned(numbered(layer), layer, random)
    reach = random.integers(1, layer.window + 1, len(tokens))
    center, context = [], []
    for d in range(1, min(layer.window + 1, len(tokens))):
        ahead, behind = reach[:-d] >= d, reach[d:] >= d
        center += [tokens[:-d][ahead], tokens[d:][behind]]
        context += [tokens[d:][ahead], tokens[:-d][behind]]
    pairs = chosen(random, layer, np.concatenate(center), np.concatenate(context))
    arrays = {"center": pairs[0], "context": pairs[1], "negatives": negatives(layer, random, pairs)}
    return Fields(arrays, class_names=dict.fromkeys(arrays, layer.vocabulary))


def cbow(layer: CBOW) -> Fields:
    """context (rows, 2·window), center (rows,), negatives (rows, K)."""
    random = np.random.default_rng(layer.seed)
    tokens = thinned(numbered(layer), layer, random)
    size = 2 * layer.window + 1
    if len(tokens) < size:
        raise DataError(f"The file {layer.file().name} has too few words for this window.")
    windows = np.lib.stride_tricks.sliding_window_view(tokens, size)
    context, center = np.delete(windows, layer.window, axis=1), windows[:, layer.window]
    rows = chosen(random, layer, context, center)
    arrays = {"context": rows[0], "center": rows[1], "negatives": negatives(layer, random, rows)}
    return Fields(arrays, class_names=dict.fromkeys(arrays, layer.vocabulary))


def cooccurrence(layer: Cooccurrence) -> Fields:
    """word and context (rows,), count (rows,): pairs weighed by 1/distance."""
    tokens, size = numbered(layer), len(layer.vocabulary)
    keys, weights = [], []
    for d in range(1, min(layer.window + 1, len(tokens))):
        one, other = tokens[:-d], tokens[d:]
        keys += [one * size + other, other * size + one]
        weights.append(np.full(2 * len(one), 1 / d))
    pairs, place = np.unique(np.concatenate(keys), return_inverse=True)
    count = np.bincount(place, np.concatenate(weights))
    top = np.sort(np.argsort(-count, kind="stable")[: layer.samples])
    names = dict.fromkeys(("word", "context"), layer.vocabulary)
    arrays = {"word": pairs[top] // size, "context": pairs[top] % size}
    return Fields({**arrays, "count": count[top].astype(np.float32)}, class_names=names)


def numbered(layer: Neighbourhoods) -> Array:
    """The words of the text that are kept, as numbers, in order. Raises DataError."""
    number = {word: i for i, word in enumerate(layer.vocabulary)}
    found = [number[word] for word in words(layer.file()) if word in number]
    if len(found) < 2:
        raise DataError(f"The file {layer.file().name} has too few words.")
    return np.array(found, dtype=np.int64)


def thinned(tokens: Array, layer: Sampled, random: np.random.Generator) -> Array:
    """The text without some of its most frequent words, so that rare ones come nearer."""
    if not layer.subsample:
        return tokens
    share = np.bincount(tokens) / len(tokens)
    stays = np.sqrt(layer.subsample / np.maximum(share, 1e-12))[tokens]
    kept = tokens[random.random(len(tokens)) < stays]
    return kept if len(kept) > 2 * layer.window else tokens


def chosen(random: np.random.Generator, layer: Sampled, *arrays: Array) -> list[Array]:
    """As many rows of each as are wanted, the same ones, of chance."""
    rows = random.permutation(len(arrays[0]))[: layer.samples]
    return [np.ascontiguousarray(array[rows]) for array in arrays]


def negatives(layer: Sampled, random: np.random.Generator, rows: list[Array]) -> Array:
    """Words of chance for each row, by their frequency in the text to the power of ¾."""
    size = len(layer.vocabulary)
    share = np.bincount(numbered(layer), minlength=size) ** 0.75
    drawn = random.random((len(rows[0]), layer.negatives)) * share.sum()
    found: Array = np.searchsorted(np.cumsum(share), drawn, side="right")
    return np.minimum(found, size - 1)
