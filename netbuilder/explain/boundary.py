"""Where a model of two numbers changes its mind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from netbuilder.explain.score import output_index, scores, source_of
from netbuilder.explain.undisturbed import ExplainError, undisturbed

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Boundary:
    """A model's answers over a rectangle of the plane.

    x, y: coordinates of the columns and rows. probabilities: (classes, rows, columns), or
    the plain answers, (outputs, rows, columns), of a regression. winner: (rows, columns),
    the class that wins.
    """

    x: Floats
    y: Floats
    probabilities: Floats
    winner: npt.NDArray[np.int64]


def decision_boundary(
    model: nn.Module,
    points_range: tuple[tuple[float, float], tuple[float, float]],
    resolution: int = 128,
    *,
    output: str | None = None,
    regression: bool = False,
) -> Boundary:
    """Ask the model at ``resolution × resolution`` points (APS360, week 2).

    points_range: ((x from, x to), (y from, y to)). regression: the output is a number, not
    the logit of a class. Raises ExplainError unless the model takes two numbers.
    """
    inputs = source_of(model).inputs
    shape = tuple(int(n) for n in inputs[0].spec.shape[1:]) if len(inputs) == 1 else ()
    if shape != (2,) or inputs[0].spec.dtype != "float32":
        raise ExplainError("A decision boundary is drawn for models that take two numbers.")
    index = output_index(model, output)
    (left, right), (bottom, top) = points_range
    with undisturbed(model) as device, torch.no_grad():
        x = torch.linspace(left, right, resolution, device=device)
        y = torch.linspace(bottom, top, resolution, device=device)
        rows, columns = torch.meshgrid(y, x, indexing="ij")
        points = torch.stack([columns, rows], -1).reshape(-1, 2)
        answers = scores(model(points), index).float()
        sure = answers if regression else probabilities(answers)
    grid = sure.T.reshape(-1, resolution, resolution)
    return Boundary(
        x.cpu().numpy(), y.cpu().numpy(), grid.cpu().numpy().copy(), grid.argmax(0).cpu().numpy()
    )


def probabilities(answers: Tensor) -> Tensor:
    """Scores of classes, (N, C), as probabilities; one logit, (N, 1), becomes two classes.

    Rows that are probabilities already (a softmax or sigmoid ends the model) stay.
    """
    inside = bool(((answers >= 0) & (answers <= 1)).all())
    if answers.shape[1] == 1:
        second = answers if inside else answers.sigmoid()
        return torch.cat([1 - second, second], 1)
    if inside and torch.allclose(answers.sum(1), torch.ones_like(answers[:, 0]), atol=1e-4):
        return answers
    return answers.softmax(1)
