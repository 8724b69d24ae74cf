"""Published transformers: their sizes without a byte of weights, their parts against torch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netbuilder.architectures import (
    ARCHITECTURES,
    bert,
    char_rnn,
    gpt2,
    llama,
    transformer,
    vit,
)
from netbuilder.architectures.transformer_blocks import decoder_layer, encoder_layer
from netbuilder.building import Network
from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build, meta_run
from netbuilder.explain.attention import attention
from netbuilder.graph import Project
from netbuilder.graph.file import dumps, loads
from tests.architectures.small import RECURRENT, TRANSFORMERS, TRANSLATORS

SMALL = {**TRANSFORMERS, **TRANSLATORS}
LEARNS = {**TRANSFORMERS, "char_rnn": RECURRENT["char_rnn"]}
#: Attention layers of those: two layers, and a decoder that attends twice in each.
MAPS = {"gpt2": 2, "bert": 2, "vit": 2, "transformer": 6, "llama": 2, "conformer": 3}


def given(module: nn.Module, rows: int = 3) -> dict[str, Tensor]:
    """A batch of chance; padding only where a test puts it."""
    found = {}
    for field in (*module.source.inputs, *module.source.fields):
        shape = (rows, *(int(n) for n in field.spec.shape[1:]))
        found[field.name] = (
            torch.randn(shape)
            if field.spec.dtype == "float32"
            else torch.randint(1, field.spec.classes, shape)
        )
    return found


def answered(module: nn.Module, batch: dict[str, Tensor]) -> Any:
    with torch.no_grad():
        return module(*(batch[a.name] for a in module.source.inputs))


# --- sizes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "parameters"),
    [
        (gpt2, 124_439_808),
        (bert, 109_482_240 + 2 * 768 + 2),  # with its pooler, and a head of two classes
        (vit, 86_567_656),
        # torch's nn.Transformer(512, 8, 6, 6) without its two last norms, and one table.
        (transformer, 44_140_544 - 2 * 1024 + 37_000 * 512),
        (llama, 1_100_048_384),
        # An LSTM has four gates of (arriving + hidden) weights and two constants for each unit.
        (char_rnn, 4 * 512 * ((96 + 512 + 2) + 2 * (1024 + 2)) + 513 * 96),
    ],
)
def test_they_have_as_many_parameters_as_published(
    make: Callable[..., Project], parameters: int
) -> None:
    assert check(make()).parameters == parameters


@pytest.mark.parametrize("name", ["gpt2", "bert", "vit", "transformer", "conformer"])
def test_torch_counts_the_same_and_sees_the_same_shapes(name: str) -> None:
    project = ARCHITECTURES[name]()
    found = check(project)
    assert found.problems == ()
    source = generate(project)
    with torch.device("meta"):
        module = build(source)
    assert sum(p.numel() for p in module.parameters()) == found.parameters
    (_, end), *_ = source.outputs
    (spec,) = found.nodes[end,].inputs["x"]
    (shape,) = meta_run(source).values()
    assert shape[1:] == tuple(int(n) for n in spec.shape[1:])


def test_a_smaller_llama_repeats_its_layer_with_one_number() -> None:
    one, three = (
        check(llama(vocabulary=50, width=16, heads=4, key_heads=1, hidden=24, layers=n)).parameters
        for n in (1, 3)
    )
    layer = 16 * 16 * 2 + 16 * 4 * 2 + 3 * 16 * 24 + 2 * 16
    assert three - one == 2 * layer


# --- parts -------------------------------------------------------------------------------------


def _torch_names(name: str) -> str:
    for ours, theirs in (
        ("multihead_attention_1", "self_attn"),
        ("cross_attention", "multihead_attn"),
        ("layer_norm_", "norm"),
        ("linear_", "linear"),
    ):
        name = name.replace(ours, theirs)
    return name


def _layer(define: Any, ports: int, **settings: Any) -> nn.Module:
    net = Network("layer")
    data = [net.random_numbers(sizes=(n, 12)).values for n in (5, 7)[:ports]]
    name = define(net, width=12, heads=3, hidden=20, dropout=0.0, **settings)
    result = net.place(f"block:{name}", *data, id="layer")
    net.output(result)
    net.mse(result, data[0])
    return build(net.project())


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("activation", ["gelu", "relu"])
@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_layers_do_what_those_of_torch_do(kind: str, activation: str, norm_first: bool) -> None:
    torch.manual_seed(0)
    more: dict[str, Any] = {"norm_first": norm_first, "activation": activation}
    decodes = kind == "decoder"
    ours = _layer(decoder_layer if decodes else encoder_layer, 2 if decodes else 1, **more)
    made = nn.TransformerDecoderLayer if decodes else nn.TransformerEncoderLayer
    theirs: Any = made(12, 3, 20, 0.0, batch_first=True, **more)
    theirs.load_state_dict({_torch_names(n): w for n, w in ours.layer.state_dict().items()})
    x, memory = torch.randn(2, 5, 12), torch.randn(2, 7, 12)
    if decodes:
        mask = torch.ones(5, 5, dtype=torch.bool).triu(1)
        expected, found = theirs(x, memory, tgt_mask=mask), ours(x, memory)
    else:
        expected, found = theirs(x), ours(x)
    torch.testing.assert_close(found, expected)
    found.square().sum().backward()
    expected.square().sum().backward()
    for name, weight in ours.layer.named_parameters():
        reference = theirs.get_parameter(_torch_names(name)).grad
        torch.testing.assert_close(weight.grad, reference, rtol=1e-3, atol=1e-4)


# --- wholes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMALL)
def test_each_learns_shows_its_attention_and_survives_its_file(name: str) -> None:
    project = SMALL[name]()
    assert check(project).problems == ()
    assert loads(dumps(project)).project == project
    torch.manual_seed(0)
    module = build(project)
    batch = given(module)
    loss, _ = module.objective_main(**{f.name: batch[f.name] for f in module.source.fields})
    loss.backward()
    assert [n for n, p in module.named_parameters() if p.grad is None] == []
    maps = attention(module, project, {k: v[0] for k, v in batch.items()})
    assert len(maps) == MAPS.get(name, 1)
    for heads in maps.values():
        assert heads.ndim == 3
        torch.testing.assert_close(torch.tensor(heads).sum(-1), torch.ones(heads.shape[:2]))


@pytest.mark.parametrize("name", LEARNS)
def test_one_step_makes_the_loss_of_its_batch_smaller(name: str) -> None:
    torch.manual_seed(0)
    module = build(LEARNS[name]())
    module.eval()  # the same batch without dropout, before and after
    batch = given(module, rows=6)
    fields = {f.name: batch[f.name] for f in module.source.fields}
    optimiser = torch.optim.SGD(module.parameters(), 1e-2)
    before, _ = module.objective_main(**fields)
    before.backward()
    optimiser.step()
    after, _ = module.objective_main(**fields)
    assert after < before


@pytest.mark.parametrize("name", ["gpt2", "llama", "char_rnn"])
def test_language_models_see_no_future(name: str) -> None:
    torch.manual_seed(0)
    module = build(LEARNS[name]()).eval()
    batch = given(module)
    before = answered(module, batch)
    batch["tokens"][:, 4] = batch["tokens"][:, 4] % 22 + 1
    after = answered(module, batch)
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert (before[:, 4:] - after[:, 4:]).abs().amax((0, 2)).min() > 1e-4


def test_gpt2_reads_and_writes_words_by_one_table() -> None:
    torch.manual_seed(0)
    module = build(SMALL["gpt2"]())
    names = [n for n, p in module.named_parameters() if 23 in p.shape]
    assert names == ["embedding_1.weight"]
    before = answered(module, given(module))
    with torch.no_grad():
        module.embedding_1.weight[22] = 0.0
    scores = answered(module, given(module))
    assert torch.equal(scores[..., 22], torch.zeros_like(scores[..., 22]))
    assert not torch.equal(before[..., 22], torch.zeros_like(before[..., 22]))


def test_bert_does_not_look_at_what_only_fills_up() -> None:
    """A short text means the same with and without padding behind it."""
    torch.manual_seed(0)
    module = build(SMALL["bert"]()).eval()
    batch = given(module)
    batch["tokens"][:, 4:] = 0
    padded = answered(module, batch)
    short = {a.name: batch[a.name][:, :4] for a in module.source.inputs}
    torch.testing.assert_close(padded, answered(module, short))
    batch["segments_tokens"][:, 4:] = 0  # seen nowhere either
    torch.testing.assert_close(padded, answered(module, batch))


@pytest.mark.parametrize("name", ["transformer"])
def test_a_translator_looks_at_no_padding_and_at_no_word_to_come(name: str) -> None:
    torch.manual_seed(0)
    module = build(SMALL[name]()).eval()
    batch = given(module)
    first, second = (a.name for a in module.source.inputs)
    batch[first][:, 5:] = 0
    before = answered(module, batch)
    torch.testing.assert_close(before, answered(module, batch | {first: batch[first][:, :5]}))
    changed = batch[second].clone()
    changed[:, 3] = changed[:, 3] % 22 + 1
    after = answered(module, batch | {second: changed})
    torch.testing.assert_close(before[:, :3], after[:, :3])
    assert (before[:, 3:] - after[:, 3:]).abs().max() > 1e-4


def test_a_recurrent_translator_is_two_grus_with_attention_between() -> None:
    """The same by hand; the decoder starts where the encoder ended."""
    torch.manual_seed(0)
    module = build(SMALL["seq2seq additive"]()).eval()
    batch = given(module)
    first, second = (batch[a.name] for a in module.source.inputs)
    first[:, 5:] = 0
    heard, state = module.encoder(module.embedding_1(first))
    states, _ = module.decoder(module.embedding_2(second), state)
    both = module.attention.query(states)[:, :, None] + module.attention.key(heard)[:, None]
    scores = both.tanh() @ module.attention.score.weight[0]
    alpha = scores.masked_fill((first == 0)[:, None], -torch.inf).softmax(-1)
    x = torch.tanh(module.linear_1(torch.cat([states, alpha @ heard], -1)))
    torch.testing.assert_close(module(first, second), module.head(x))


def test_a_vits_class_token_stands_first_and_patches_do_not_overlap() -> None:
    torch.manual_seed(0)
    module = build(SMALL["vit"]()).eval()
    image = torch.randn(2, 3, 8, 8)
    tokens = module.patch_embedding_1(image)
    changed = image.clone()
    changed[:, :, :4, 4:] += 1.0
    moved = (module.patch_embedding_1(changed) - tokens).abs().amax((0, 2)) > 0
    assert moved.tolist() == [False, True, False, False]
    with torch.no_grad():
        before = module(image)
        module.class_token.value += 1.0
        assert not torch.allclose(before, module(image))
