"""Whatever torch has by its name: found, tried out, refused in a sentence."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from netbuilder.building import Network
from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build
from netbuilder.compiler.torch_names import TABLE
from netbuilder.layers import REGISTRY, B, Dim, Layer, ParamError, ShapeError, TensorSpec, trial
from netbuilder.layers.any_torch import TorchLayer, TorchLoss, names

IMAGE = TensorSpec((B, 16, 8, 8))
TEXT = TensorSpec((B, Dim("T", 64), 32))


def test_every_name_of_the_table_is_there_and_takes_what_it_says() -> None:
    assert len(names()) > 150
    assert TABLE.exists()
    for name, entry in names().items():
        owner, _, last = name.partition(".")
        found = getattr(nn if owner == "nn" else nn.functional, last)
        assert callable(found), name
        assert entry["inputs"], name


def test_no_name_is_both_a_layer_and_a_loss() -> None:
    layer, loss = (REGISTRY[k].params() for k in ("torch_layer", "torch_loss"))
    chosen = [next(p for p in ps if p.name == "name").choices for ps in (layer, loss)]
    assert not set(chosen[0]) & set(chosen[1])
    assert set(chosen[0]) | set(chosen[1]) == set(names())


@pytest.mark.parametrize(
    ("layer", "arriving", "leaving", "parameters"),
    [
        (TorchLayer(name="nn.Softshrink", arguments="lambd=0.2"), [IMAGE], IMAGE, 0),
        (
            TorchLayer(name="nn.LPPool2d", arguments="norm_type=2, kernel_size=2"),
            [IMAGE],
            TensorSpec((B, 16, 4, 4)),
            0,
        ),
        (
            TorchLayer(
                name="nn.Bilinear", arguments="in1_features=32, in2_features=32, out_features=5"
            ),
            [TEXT, TEXT],
            TensorSpec((B, Dim("T", 64), 5)),
            5 * 32 * 32 + 5,
        ),
        (TorchLayer(name="F.scaled_dot_product_attention"), [TEXT] * 3, TEXT, 0),
        (
            TorchLayer(name="F.pad", arguments="pad=(0, 0, 1, 2)"),
            [TEXT],
            TensorSpec((B, Dim("T", 64) + 3, 32)),
            0,
        ),
        (TorchLoss(name="nn.SoftMarginLoss"), [TEXT, TEXT], TensorSpec(()), 0),
    ],
)
def test_what_leaves_is_what_torch_gives(
    layer: Layer, arriving: list[TensorSpec], leaving: TensorSpec, parameters: int
) -> None:
    found = layer.infer(*arriving)
    assert isinstance(found, TensorSpec)
    assert found.text() == leaving.text()
    shapes = layer.weights(*arriving).values()
    assert sum(torch.Size(s).numel() for s in shapes) == parameters


def test_multiplications_are_counted_for_one_sample() -> None:
    layer = TorchLayer(name="nn.Conv2d", arguments="in_channels=16, out_channels=8, kernel_size=3")
    found = layer.infer(IMAGE)
    assert isinstance(found, TensorSpec)
    assert layer.multiply_adds(found, IMAGE) == 8 * 16 * 9 * 36


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("kernel", "name=value"),
        ("2", "name=value"),
        ("**{'a': 1}", "name=value"),
        ("lambd=__import__('os')", "name=value"),
        ("lambd=1 +", "name=value"),
        ("lambda_=1", "no argument lambda_; it has lambd"),
    ],
)
def test_arguments_that_cannot_be_read_are_refused_and_nothing_runs(
    arguments: str, says: str
) -> None:
    with pytest.raises(ParamError, match=says):
        TorchLayer.from_params({"name": "nn.Softshrink", "arguments": arguments})


def test_what_is_missing_and_what_torch_refuses_is_said_in_a_sentence() -> None:
    with pytest.raises(ShapeError, match="needs norm_type and kernel_size"):
        TorchLayer(name="nn.LPPool2d").infer(IMAGE)
    with pytest.raises(ShapeError, match=r"torch refuses Bilinear: .*expected 3\."):
        TorchLayer(
            name="nn.Bilinear", arguments="in1_features=3, in2_features=32, out_features=5"
        ).infer(TEXT, TEXT)
    with pytest.raises(ShapeError, match="not a single number"):
        TorchLoss(arguments="reduction='none'").infer(TEXT, TEXT)


def test_it_learns_in_a_network_like_every_other_layer() -> None:
    net = Network("any")
    data = net.iris()
    x = net.torch_layer(data.features, name="nn.Hardtanh", arguments="max_val=3.0")
    logits = net.linear(x, out_features=3)
    net.output(logits)
    net.torch_loss(logits, data.label, name="nn.MultiMarginLoss", arguments="margin=0.5")
    project = net.project()
    assert not check(project).errors
    source = generate(project)
    assert "nn.Hardtanh(max_val=3.0)" in source.text
    assert "nn.MultiMarginLoss(margin=0.5)" in source.text
    model = build(source)
    x, label = torch.randn(6, 4), torch.randint(0, 3, (6,))
    expected = nn.MultiMarginLoss(margin=0.5)(model.linear_1(x.clamp(-1, 3)), label)
    assert torch.equal(model.objective_main(x, label)[0], expected)


def test_where_torch_is_not_the_question_is_kept_for_the_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trial, "_ask", trial.postpone)
    monkeypatch.setattr(trial, "wanted", {})
    layer = TorchLayer(name="nn.Softshrink", arguments="lambd=0.123")
    with pytest.raises(trial.NotTried):
        layer.infer(IMAGE)
    ((wanted, specs),) = trial.wanted.values()
    assert (wanted, specs) == (layer, (IMAGE,))
    trial.learn(wanted, specs, trial.Trial({"y": IMAGE}))
    assert layer.infer(IMAGE) == IMAGE
    assert not trial.wanted
