from __future__ import annotations

import pytest
import torch

from netbuilder.compiler.build import build
from netbuilder.explain.text import encoded, generate
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


def test_what_cannot_be_written_says_why(alphabet, letters, digits):
    with pytest.raises(ExplainError, match="never seen 'Z'"):
        generate(alphabet, letters, "aZ")
    with pytest.raises(ExplainError, match="row of tokens"):
        generate(build(digits), digits, "a")
    with pytest.raises(ExplainError, match="0 or more"):
        generate(alphabet, letters, "a", temperature=-1)
