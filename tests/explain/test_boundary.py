from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from netbuilder.explain.boundary import decision_boundary, probabilities
from netbuilder.explain.undisturbed import ExplainError


def line(outputs: int) -> nn.Linear:
    """Class 1 where x > 2y, with logit x − 2y."""
    model = nn.Linear(2, outputs, bias=False)
    with torch.no_grad():
        model.weight.zero_()
        model.weight[-1] = torch.tensor([1.0, -2.0])
    return model


@pytest.mark.parametrize("outputs", [1, 2])
def test_a_known_line(stating, outputs):
    model = stating(line(outputs), point=((2,), "float32"))
    found = decision_boundary(model, ((-1, 3), (-2, 2)), 41)
    x, y = np.meshgrid(found.x, found.y)
    clear = np.abs(x - 2 * y) > 1e-5
    assert (found.winner[clear] == (x > 2 * y)[clear]).all()
    np.testing.assert_allclose(found.probabilities[1], 1 / (1 + np.exp(2 * y - x)), atol=1e-6)
    np.testing.assert_allclose(found.probabilities.sum(0), 1, atol=1e-6)
    assert found.x[[0, -1]].tolist() == [-1, 3]
    assert found.y[[0, -1]].tolist() == [-2, 2]
    assert model.training


def test_a_regression_keeps_its_numbers(stating):
    model = stating(line(1), point=((2,), "float32"))
    found = decision_boundary(model, ((0, 1), (0, 1)), 3, regression=True)
    np.testing.assert_allclose(found.probabilities[0], [[0, 0.5, 1], [-1, -0.5, 0], [-2, -1.5, -1]])


def test_probabilities_stay():
    sure = torch.tensor([[0.25, 0.75], [1.0, 0.0]])
    assert torch.equal(probabilities(sure), sure)
    assert torch.equal(probabilities(sure[:, 1:]), sure)


def test_other_inputs_are_refused(stating):
    model = stating(nn.Linear(3, 2), point=((3,), "float32"))
    with pytest.raises(ExplainError, match="two numbers"):
        decision_boundary(model, ((0, 1), (0, 1)), 3)
