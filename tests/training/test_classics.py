"""Linear models of the textbooks, wired, trained, and held against their closed solutions.

Ridge regression, the perceptron of two and of many classes, logistic regression, and the
support vector machine (DLS, linear models; DLM, support vector machines).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import nn

import netbuilder as nb
from netbuilder.building import Network
from netbuilder.data import load, split
from netbuilder.graph import Optimiser, Project
from netbuilder.layers import DataSet, declare
from netbuilder.training import checkpoint
from netbuilder.training.algorithms import build
from netbuilder.training.events import EpochDone, Finished
from netbuilder.training.run import open_run

Floats = npt.NDArray[np.float64]
ALL_ROWS = 100_000


def sgd(lr: float, **settings: Any) -> tuple[Optimiser, ...]:
    return (Optimiser("main", "sgd", {"lr": lr, **settings}),)


def linear_model(
    data: str, loss: str, outputs: int, bias: bool = True, squared: bool = False, **given: Any
) -> Network:
    """A linear layer named `linear` between the fields of a data set, as given, and a loss."""
    net = Network(f"{loss}_of_{data}")
    source = net.place(data, **given)
    x, target = (getattr(source, port) for port in source.ports)
    scores = net.linear(x, out_features=outputs, bias=bias, id="linear")
    net.output(scores)
    net.place(loss, scores, target, id="loss", **({"squared": True} if squared else {}))
    if loss == "perceptron_loss" and outputs == 1:
        net.binary_accuracy(scores, target)
    return net


def objective(model: nn.Module, x: Floats, y: npt.NDArray[Any]) -> torch.Tensor:
    """What the optimiser makes small, of these rows."""
    minimised: Any = model.objective_main
    loss: torch.Tensor = minimised(torch.tensor(x, dtype=torch.float32), torch.tensor(y))[0]
    return loss


def data_of(project: Project) -> tuple[Floats, npt.NDArray[Any]]:
    """What the network learns from: the rows of the training split."""
    (layer,) = [declare(n) for n in project.graph if declare(n).role == "data"]
    assert isinstance(layer, DataSet)
    fields = load(layer)
    rows = split(fields, project.training.validation, project.training.test, project.training.seed)
    x, y = (np.asarray(fields[name])[rows["train"]] for name in layer.fields())
    return x.astype(np.float64), y


def weights_of(model: nn.Module) -> tuple[Floats, Floats | None]:
    linear = model.get_submodule("linear")
    assert isinstance(linear, nn.Linear)
    bias = None if linear.bias is None else linear.bias.detach().double().numpy()
    return linear.weight.detach().double().numpy(), bias


def trained(project: Project, folder: Path) -> tuple[nn.Module, list[EpochDone]]:
    """The model at the end of the run, and its epochs."""
    events = list(nb.train(project, folder=folder))
    assert isinstance(events[-1], Finished), events[-1]
    model = nb.compile(project)
    checkpoint.load_model(model, checkpoint.read(open_run(folder).last))
    return model, [event for event in events if isinstance(event, EpochDone)]


# --- ridge regression --------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", [0.0, 5.0, 100.0])
def test_weight_decay_is_ridge_regression(penalty: float, tmp_path: Path) -> None:
    """The mean squared error has the gradient 2/N·Xᵀ(Xw − y): its decay is λ·2/N."""
    net = linear_model("diabetes", "mse", 1, bias=False)
    x, y = data_of(net.project())
    decay = 2 * penalty / len(x)
    project = net.project(
        epochs=400,
        batch_size=ALL_ROWS,
        optimisers=sgd(0.1, momentum=0.9, weight_decay=decay),
    )
    model, _ = trained(project, tmp_path / "run")
    closed = np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ y)
    weight, _ = weights_of(model)
    np.testing.assert_allclose(weight[0], closed[:, 0], rtol=0, atol=1e-3)


# --- perceptron --------------------------------------------------------------------------------


def classical(weight: Floats, bias: Floats, x: Floats, label: int) -> bool:
    """The rule of Rosenblatt on one sample, in place; whether it was a mistake."""
    if len(weight) == 1:  # two classes, ±1
        t = 1 if label > 0 else -1
        if t * (weight[0] @ x + bias[0]) > 0:
            return False
        weight[0] += t * x
        bias[0] += t
        return True
    said = int(np.argmax(weight @ x + bias))
    if said == label:
        return False
    weight[label] += x
    weight[said] -= x
    bias[label] += 1
    bias[said] -= 1
    return True


class Rule:
    """A project whose model takes one step of its optimiser a sample, from weights of zero."""

    def __init__(self, project: Project) -> None:
        self.model = nb.compile(project)
        self.linear = self.model.get_submodule("linear")
        assert isinstance(self.linear, nn.Linear)
        for weight in self.model.parameters():
            nn.init.zeros_(weight)
        (optimiser,) = project.training.optimisers
        self.optimiser = build(optimiser, list(self.model.parameters()), torch.device("cpu"))

    def step(self, x: Floats, label: int) -> None:
        self.optimiser.zero_grad()
        objective(self.model, x[None], np.array([label])).backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_each_update_is_that_of_the_rule(classes: int) -> None:
    """Batch size 1 and learning rate 1: weight by weight, and a clean epoch comes."""
    outputs = 1 if classes == 2 else classes
    net = linear_model("blobs", "perceptron_loss", outputs, clouds=classes, spread=0.05, points=60)
    project = net.project(optimisers=sgd(1.0), batch_size=1)
    x, label = data_of(project)
    x = x.astype(np.float32).astype(np.float64)
    ours, weight, bias = Rule(project), np.zeros((outputs, 2)), np.zeros(outputs)
    mistakes = 0
    for _epoch in range(1000):
        before = mistakes
        for row, true in zip(x, label, strict=True):
            ours.step(row, int(true))
            mistakes += classical(weight, bias, row, int(true))
            found, found_bias = weights_of(ours.model)
            np.testing.assert_allclose(found, weight, atol=2e-5)
            np.testing.assert_allclose(found_bias, bias, atol=0)
        if mistakes == before:
            break
    else:
        pytest.fail("still mistakes after 1000 epochs")
    assert mistakes > 0
    if classes == 2:
        assert mistakes <= novikoff(x, label)


def novikoff(x: Floats, label: npt.NDArray[Any]) -> float:
    """The most mistakes that separable data allow: (radius / margin)², bias included."""
    from sklearn.svm import SVC

    wide = np.hstack([x, np.ones((len(x), 1))])
    signs = np.where(label > 0, 1.0, -1.0)
    machine = SVC(kernel="linear", C=1e6).fit(x, label)
    plane = np.append(machine.coef_[0], machine.intercept_)
    margin = (signs * (wide @ plane)).min() / np.linalg.norm(plane)
    return float((wide**2).sum(1).max() / margin**2)


def test_a_perceptron_never_learns_xor(tmp_path: Path) -> None:
    net = linear_model("xor", "perceptron_loss", 1)
    project = net.project(epochs=15, batch_size=1, optimisers=sgd(1.0))
    _, epochs = trained(project, tmp_path / "run")
    assert min(1 - epoch.validation["accuracy"] for epoch in epochs) >= 0.25


def test_no_update_gets_more_than_three_corners_right() -> None:
    net = linear_model("xor", "perceptron_loss", 1)
    ours = Rule(net.project(optimisers=sgd(1.0), batch_size=1))
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    labels = [0, 1, 1, 0]
    for turn in range(100):
        ours.step(corners[turn % 4], labels[turn % 4])
        weight, bias = weights_of(ours.model)
        yes = (corners @ weight[0] + bias) > 0
        assert (yes != np.array(labels)).mean() >= 0.25


# --- logistic regression -----------------------------------------------------------------------


@pytest.mark.parametrize("classes", [2, 3])
def test_logistic_regression_is_that_of_scikit_learn(classes: int, tmp_path: Path) -> None:
    """Without a penalty, on clouds that overlap, so that the best weights are finite."""
    from sklearn.linear_model import LogisticRegression

    kind, outputs = ("bce_with_logits", 1) if classes == 2 else ("cross_entropy", classes)
    net = linear_model("blobs", kind, outputs, clouds=classes, spread=0.9, points=600)
    project = net.project(epochs=300, batch_size=ALL_ROWS, optimisers=sgd(1.0, momentum=0.9))
    x, label = data_of(project)
    model, _ = trained(project, tmp_path / "run")
    weight, bias = weights_of(model)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(x, label)
    coefficients, intercept = theirs.coef_, theirs.intercept_
    assert bias is not None
    if classes > 2:  # a constant added to all scores changes nothing
        weight, coefficients = weight - weight.mean(0), coefficients - coefficients.mean(0)
        bias, intercept = bias - bias.mean(), intercept - intercept.mean()
    np.testing.assert_allclose(weight, coefficients, atol=1e-2)
    np.testing.assert_allclose(bias, intercept, atol=1e-2)


# --- support vector machine --------------------------------------------------------------------


def test_hinge_and_weight_decay_are_a_support_vector_machine(tmp_path: Path) -> None:
    """C·Σ hinge² + ½‖w‖² is, divided by C·N, the mean of hinge² with a decay of 1/(C·N)."""
    from sklearn.svm import LinearSVC

    net = linear_model("blobs", "hinge", 1, bias=False, squared=True, clouds=2, spread=0.9)
    x, label = data_of(net.project())
    c = 0.1
    project = net.project(
        epochs=300,
        batch_size=ALL_ROWS,
        optimisers=sgd(0.2, momentum=0.9, weight_decay=1 / (c * len(x))),
    )
    model, _ = trained(project, tmp_path / "run")
    theirs = LinearSVC(C=c, fit_intercept=False, dual=False, tol=1e-10).fit(x, label)
    weight, _ = weights_of(model)
    np.testing.assert_allclose(weight, theirs.coef_, atol=1e-3)
    signs = np.where(label > 0, 1.0, -1.0)
    formula = np.maximum(0, 1 - signs * (x @ weight[0])) ** 2
    found = objective(model, x, label).item()
    assert found == pytest.approx(formula.mean(), rel=1e-5)
