"""A plan changes how a step is computed, never what."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from netbuilder.training.speed import PLAIN, Plan


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.head = nn.Linear(8, 2)

    def objective(self, image: Tensor, label: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        x = F.relu(self.conv(image)).mean((2, 3))  # (B, 8)
        loss = F.cross_entropy(self.head(x), label)
        return loss, {"ce": loss}


@pytest.fixture
def batch() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return {"image": torch.randn(6, 3, 10, 10), "label": torch.randint(0, 2, (6,))}


@pytest.mark.parametrize(
    ("plan", "near"),
    [
        (PLAIN, 0.0),
        (Plan("channels_last"), 1e-5),
        (Plan("contiguous", "bfloat16"), 0.03),
        (Plan("channels_last", "bfloat16"), 0.03),
    ],
)
def test_the_same_loss_and_gradient_to_rounding(
    plan: Plan, near: float, batch: dict[str, Tensor]
) -> None:
    torch.manual_seed(1)
    model = Net()
    plain, _ = model.objective(**batch)
    plain.backward()
    expected = [p.grad.clone() for p in model.parameters() if p.grad is not None]
    model.zero_grad()
    plan.lay_out(model)
    loss, _ = plan.method(model.objective, torch.device("cpu"))(**plan.laid_out(batch))
    loss.backward()
    assert loss.dtype == torch.float32
    assert float(loss.detach()) == pytest.approx(float(plain.detach()), abs=near)
    for was, p in zip(expected, model.parameters(), strict=True):
        assert p.grad is not None
        assert p.grad.dtype == torch.float32
        torch.testing.assert_close(p.grad, was, rtol=0, atol=near or 1e-12)


def test_images_and_filters_lie_channels_last(batch: dict[str, Tensor]) -> None:
    model = Net()
    plan = Plan("channels_last")
    plan.lay_out(model)
    laid = plan.laid_out(batch)
    assert model.conv.weight.is_contiguous(memory_format=torch.channels_last)
    assert laid["image"].is_contiguous(memory_format=torch.channels_last)
    assert laid["label"] is batch["label"]
    assert PLAIN.laid_out(batch) is batch


def test_a_plan_survives_its_record_and_nothing_else_passes_for_one() -> None:
    plan = Plan("channels_last", "bfloat16", True)
    assert Plan.of(plan.saved()) == plan
    assert plan.title == "bf16 · channels-last · compiled"
    assert PLAIN.title == "eager"
    for wrong in (None, 3, {"layout": "round"}, {"shape": 1}, {"precision": "float8"}):
        assert Plan.of(wrong) is None
