"""Let a language model write, token by token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from netbuilder.explain.score import output_index, source_of
from netbuilder.explain.undisturbed import ExplainError, undisturbed
from netbuilder.graph import Project
from netbuilder.layers import DataSet, TensorSpec, declare
from netbuilder.layers.text_words import PARAGRAPH, UNKNOWN, joined, pieces


def generate(
    model: nn.Module,
    project: Project,
    prompt: str,
    length: int = 200,
    temperature: float = 1.0,
    seed: int = 0,
) -> str:
    """`prompt` continued by `length` tokens.

    temperature: logits are divided by it; 0 takes the likeliest token each time (APS360,
    week 7). The same seed gives the same text. A model of words takes words that it does not
    know as unknown, and never writes that. Raises ExplainError if the model takes no tokens,
    or the prompt holds one it does not know.
    """
    return prompt + "".join(written(model, project, prompt, length, temperature, seed))


def written(
    model: nn.Module,
    project: Project,
    prompt: str,
    length: int = 200,
    temperature: float = 1.0,
    seed: int = 0,
) -> Iterator[str]:
    """The tokens of a continuation, one after the other, for showing them as they come."""
    if temperature < 0:
        raise ExplainError("A temperature is 0 or more.")
    vocabulary, context, spaced = _reads(model, project)
    tokens = worded(prompt, vocabulary) if spaced else encoded(prompt, vocabulary)
    before = vocabulary[tokens[-1]] if tokens and not prompt[-1:].isspace() else ""
    tokens = tokens or [_start(vocabulary)]
    never = vocabulary.index(UNKNOWN) if spaced and UNKNOWN in vocabulary else None
    generator = torch.Generator().manual_seed(seed)
    for _ in range(length):
        token = _next(model, tokens[-context:], temperature, generator, never)
        tokens.append(token)
        yield joined(before, vocabulary[token]) if spaced else vocabulary[token]
        before = vocabulary[token]


def encoded(text: str, vocabulary: Sequence[str]) -> list[int]:
    """Numbers of the tokens of a text, the longest that fits first. Raises ExplainError."""
    number = {token: i for i, token in enumerate(vocabulary)}
    longest = max(map(len, vocabulary))
    found, at = list[int](), 0
    while at < len(text):
        for size in range(min(longest, len(text) - at), 0, -1):
            if (token := text[at : at + size]) in number:
                found.append(number[token])
                at += size
                break
        else:
            raise ExplainError(f"The model has never seen {text[at]!r}; leave it out.")
    return found


def worded(text: str, vocabulary: Sequence[str]) -> list[int]:
    """Numbers of the words of a text; ``<unk>`` for those that are not in the vocabulary.

    Raises ExplainError for such a word if there is no ``<unk>``.
    """
    number = {word: i for i, word in enumerate(vocabulary)}
    unknown, found = number.get(UNKNOWN), list[int]()
    for piece in pieces(text):
        index = number.get(piece, unknown)
        if index is None:
            raise ExplainError(f"The model has never seen {piece!r}; leave it out.")
        found.append(index)
    return found


def _start(vocabulary: Sequence[str]) -> int:
    """What an empty prompt stands for: the end of a line, else the first token."""
    return vocabulary.index(PARAGRAPH) if PARAGRAPH in vocabulary else 0


def _next(
    model: nn.Module,
    tokens: Sequence[int],
    temperature: float,
    generator: torch.Generator,
    never: int | None = None,
) -> int:
    with undisturbed(model) as device, torch.no_grad():
        result = model(torch.tensor([tokens], device=device))
    answer: Tensor = result[output_index(model, None)] if isinstance(result, tuple) else result
    logits = (answer[0, -1] if answer.ndim == 3 else answer[0]).double().cpu()
    if never is not None:
        logits[never] = -torch.inf
    if temperature == 0:
        return int(logits.argmax())
    shares = torch.softmax(logits / temperature, -1)
    return int(torch.multinomial(shares, 1, generator=generator))


def _reads(model: nn.Module, project: Project) -> tuple[tuple[str, ...], int, bool]:
    """Vocabulary of the model's tokens, how many it can look at, whether they are words."""
    inputs = source_of(model).inputs
    spec: TensorSpec | None = inputs[0].spec if len(inputs) == 1 else None
    if spec is None or spec.dtype != "int64" or spec.axes != 2:
        raise ExplainError("Only a model that takes a row of tokens can write text.")
    layer = declare(project.graph[inputs[0].node], project.blocks)
    names = layer.class_names(inputs[0].port) if isinstance(layer, DataSet) else ()
    if not names:
        raise ExplainError("The data set does not say which texts its tokens stand for.")
    return names, int(spec.shape[1]), isinstance(layer, DataSet) and layer.spaced
