"""What typed words mean: layers with their properties."""

from __future__ import annotations

import pytest

from netbuilder.app.canvas.catalogue import entries, search
from netbuilder.app.canvas.typed import TypedError, parts, step, summary
from netbuilder.graph import Block, BlockParam, Project
from netbuilder.layers import REGISTRY, block_params

UNIT = Block("Unit 2", params=(BlockParam("width", 16),))
PROJECT = Project(blocks={UNIT.name: UNIT})
KNOWN = entries(PROJECT, ())


def meant(text, scope=None):
    def declared(entry):
        kind = entry.kind
        return block_params(UNIT) if kind.startswith("block:") else REGISTRY[kind].params()

    found = []
    for part in parts(text, [e.title for e in KNOWN]):
        hit = next(iter(search(KNOWN, part.name)), None)
        found.append(step(part, hit, declared, scope or {}))
    return [(s.entry.kind, dict(s.params)) for s in found], found


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("conv", "conv2d", {}),
        ("conv2d 64 7 /2", "conv2d", {"out_channels": 64, "kernel_size": (7,), "stride": (2,)}),
        ("conv2d 64 7/2", "conv2d", {"out_channels": 64, "kernel_size": (7,), "stride": (2,)}),
        ("conv2d 8 3x5", "conv2d", {"out_channels": 8, "kernel_size": (3, 5)}),
        ("conv2d k7n64s2", "conv2d", {"out_channels": 64, "kernel_size": (7,), "stride": (2,)}),
        ("conv2d 4 p2", "conv2d", {"out_channels": 4, "pad": (2,), "padding": "custom"}),
        ("conv2d 4 padding=valid", "conv2d", {"out_channels": 4, "padding": "valid"}),
        ("conv2d -bias", "conv2d", {"bias": False}),
        ("linear 10 +bias", "linear", {"out_features": 10, "bias": True}),
        ("linear bias=off", "linear", {"bias": False}),
        ("maxpool2d 3/2", "max_pool2d", {"kernel_size": (3,), "stride": (2,)}),
        ("maxpool2d k3s2p1", "max_pool2d", {"kernel_size": (3,), "stride": (2,), "pad": (1,)}),
        ("noise 3x8x8", "noise", {"size": (3, 8, 8)}),
        ("dropout 0.2", "dropout", {"p": 0.2}),
        ("unit 2", "block:Unit 2", {}),
        ("unit2 32 x3", "block:Unit 2", {"width": 32, "repeat": 3}),
    ],
)
def test_a_name_and_its_properties(text, kind, params):
    ((found, given),), _ = meant(text)
    assert found in (kind, "conv1d" if kind == "conv2d" and text == "conv" else kind)
    assert given == params


def test_commas_and_arrows_put_one_behind_the_other():
    kinds, _ = meant("conv2d 8, batch norm > relu, gap")
    assert [k for k, _ in kinds] == ["conv2d", "batch_norm", "relu", "global_avg_pool"]


def test_inside_a_block_its_parameters_can_be_named():
    ((_, given),), _ = meant("conv2d =width*2 1/=step", {"width": 8, "step": 2})
    assert given == {"out_channels": "=width*2", "kernel_size": (1,), "stride": "=step"}
    ((_, given),), _ = meant("linear =width/2", {"width": 8})
    assert given == {"out_features": "=width/2"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("qqqq 3", "Nothing is called 'qqqq'."),
        ("relu 3", "ReLU has no place for 3."),
        ("relu /2", "ReLU has no stride."),
        ("conv2d 0", "Channels is at least 1, not 0."),
        ("conv2d z4", "has no number that begins with z."),
        ("conv2d -shine", "has no shine."),
        ("conv2d =depth", "Names can be used only inside a block"),
    ],
)
def test_what_means_nothing_is_said_in_one_sentence(text, words):
    with pytest.raises(TypedError, match=words):
        meant(text)


def test_the_summary_says_what_will_be_added():
    _, found = meant("conv2d 64 3x5 -bias, relu")
    assert summary(found) == ("Convolution 2-D (out channels 64, kernel size 3×5, bias off), ReLU")
