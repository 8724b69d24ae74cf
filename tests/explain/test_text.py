from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import torch

from netbuilder.building import Network
from netbuilder.compiler.build import build
from netbuilder.explain.text import encoded, generate, worded
from netbuilder.explain.undisturbed import ExplainError


@pytest.fixture
def alphabet(letters):
    """A model that always says the letter after the last one: \\n, space, a, b … g."""
    model = build(letters)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.positional_encoding_1.table.zero_()
        model.embedding_1.weight[:8, :8] = torch.eye(8)
        for now in range(8):
            model.linear_1.weight[now + 1, now] = 50.0
    return model


def test_it_writes_what_the_model_says(alphabet, letters):
    assert generate(alphabet, letters, "ab", 4, temperature=0) == "abcdef"
    assert generate(alphabet, letters, "", 3, temperature=0) == " ab"
    assert generate(alphabet, letters, "a" * 30 + "c", 2) == "a" * 30 + "cde"
    assert alphabet.training


def test_the_seed_decides(letters):
    torch.manual_seed(0)
    model, random = build(letters), torch.get_rng_state()
    one, same, other = (generate(model, letters, "a", 30, seed=s) for s in (1, 1, 2))
    assert one == same
    assert one != other
    assert torch.equal(random, torch.get_rng_state())
    cold = generate(model, letters, "a", 30, temperature=0.0001, seed=3)
    assert cold == generate(model, letters, "a", 30, temperature=0)


def test_the_longest_token_comes_first():
    assert encoded("the theme", ["t", "h", "e", "the", " ", "m"]) == [3, 4, 3, 5, 2]


def test_words_are_written_with_blanks_and_never_the_unknown_one(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("one two, three. " * 9)
    net = Network("words")
    data = net.text(path=str(file), unit="words", vocabulary=6, context=4)
    logits = net.linear(net.embedding(data.tokens, embedding_dim=6), out_features=6)
    net.output(logits)
    net.cross_entropy(logits, data.next)
    net.perplexity(logits, data.next)
    project = net.project()
    model = build(project)
    names = ["<unk>", ",", ".", "one", "three", "two"]
    order = ["one", "two", ",", "three", ".", "one"]
    with torch.no_grad():
        model.embedding_1.weight.copy_(torch.eye(6))
        model.linear_1.weight.zero_()
        for before, after in pairwise(order):
            model.linear_1.weight[names.index(after), names.index(before)] = 50.0
        model.linear_1.bias.zero_()[0] = 20.0  # the unknown word, behind one that is unknown
        model.linear_1.bias[names.index("one")] = 10.0
    assert worded("One zebra", names) == [3, 0]
    assert generate(model, project, "One", 5, temperature=0) == "One two, three. one"
    assert generate(model, project, "one ", 2, temperature=0) == "one two,"
    assert generate(model, project, "A zebra", 2, temperature=0) == "A zebra one two"
    with pytest.raises(ExplainError, match="never seen 'zebra'"):
        worded("one zebra", names[1:])


def test_what_cannot_be_written_says_why(alphabet, letters, digits):
    with pytest.raises(ExplainError, match="never seen 'Z'"):
        generate(alphabet, letters, "aZ")
    with pytest.raises(ExplainError, match="row of tokens"):
        generate(build(digits), digits, "a")
    with pytest.raises(ExplainError, match="0 or more"):
        generate(alphabet, letters, "a", temperature=-1)
