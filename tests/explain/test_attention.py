from __future__ import annotations

import numpy as np
import torch

from netbuilder.building import Network
from netbuilder.compiler.build import build
from netbuilder.explain.attention import attention


def test_each_head_of_each_repetition_is_causal_and_sums_to_one(letters):
    torch.manual_seed(0)
    model = build(letters)
    tokens = torch.randint(0, 9, (1, 12))
    found = attention(model, letters, {"tokens": tokens, "next": tokens})
    assert list(found) == [f"attend_1[{i}].multihead_attention_1.weights" for i in range(2)]
    for weights in found.values():
        assert weights.shape == (2, 12, 12)
        np.testing.assert_allclose(weights.sum(-1), 1, rtol=1e-5)
        assert not np.triu(weights, 1).any()
    assert not np.allclose(*found.values())


def test_it_is_what_the_layer_itself_says(letters):
    torch.manual_seed(0)
    model = build(letters).eval()
    tokens = torch.randint(0, 9, (1, 12))
    found = attention(model, letters, {"tokens": tokens, "next": tokens})
    with torch.no_grad():
        x = model.positional_encoding_1(model.embedding_1(tokens))
        mask = torch.ones(12, 12, dtype=torch.bool).triu(1)
        layer = model.attend_1[0].multihead_attention_1
        _, expected = layer(x, x, x, attn_mask=mask, average_attn_weights=False)
    np.testing.assert_allclose(
        found["attend_1[0].multihead_attention_1.weights"], expected[0].numpy(), atol=1e-6
    )


def test_stacked_layers_are_told_one_by_one():
    net = Network("stack")
    data = net.random_tokens(vocabulary=9, length=6)
    x = net.embedding(data.tokens, embedding_dim=8)
    y = net.transformer_encoder(x, num_layers=3, num_heads=2)
    z = net.transformer_decoder(x, y, num_heads=4)
    scores = net.linear(z, out_features=9)
    net.output(scores)
    net.cross_entropy(scores, data.next)
    project, tokens = net.project(), torch.randint(0, 9, (1, 6))
    found = attention(build(project), project, {"tokens": tokens, "next": tokens})
    assert {key: maps.shape for key, maps in found.items()} == {
        **{f"transformer_encoder_1[{i}].weights": (2, 6, 6) for i in range(3)},
        "transformer_decoder_1[0].weights": (4, 6, 6),
    }


def test_a_model_without_attention_has_none(digits):
    sample = {"image": torch.rand(1, 1, 8, 8), "label": torch.tensor([3])}
    assert attention(build(digits), digits, sample) == {}
