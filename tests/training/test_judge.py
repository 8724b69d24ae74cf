"""Early stopping, the average of the weights and mixup, and that a run goes on with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from netbuilder.graph import Optimiser, Project, Schedule, Training, WeightGroup
from netbuilder.training import checkpoint
from netbuilder.training.algorithm import SettingError
from netbuilder.training.control import Control
from netbuilder.training.events import EpochDone, Failed, Finished, Paused, Steps
from netbuilder.training.judge import Judge
from netbuilder.training.loop import train
from netbuilder.training.mixing import Mixup
from netbuilder.training.run import Run
from netbuilder.training.session import Session

Making = Callable[..., Project]


def judge(**settings: object) -> Judge:
    training = Training(settings={"early_stopping": settings})
    return Judge(training, "main", {"main": False, "accuracy": True})


def taken(judge: Judge, *values: float) -> list[bool]:
    return [judge.take(value, epoch) for epoch, value in enumerate(values, 1)]


def test_patience_counts_epochs_without_a_better_one() -> None:
    by = judge(patience=2)
    assert taken(by, 3.0, 2.0, 2.5) == [True, True, False]
    assert not by.over
    by.take(2.0, 4)
    assert by.over
    assert by.reason == (
        "Stopped early: main got no better for 2 epochs; the weights are those of epoch 2."
    )


def test_a_small_gain_is_kept_but_does_not_count() -> None:
    by = judge(patience=2, min_delta=0.5)
    assert taken(by, 3.0, 2.9, 2.8) == [True, True, True]
    assert by.over
    assert (by.best, by.best_epoch) == (2.8, 3)


def test_a_metric_is_better_as_it_says_itself() -> None:
    by = judge(metric="accuracy")
    assert taken(by, 0.5, 0.7, 0.6) == [True, True, False]
    assert by.value({}, {"main": 1.0, "accuracy": 0.25}) == 0.25
    assert taken(judge(metric="accuracy", direction="lower"), 0.5, 0.4) == [True, True]
    with pytest.raises(SettingError, match="There is no figure f1 to judge by; there is main, acc"):
        judge(metric="f1")
    with pytest.raises(SettingError, match="accuracy was not measured"):
        by.value({"main": 1.0}, {})


def test_nan_is_never_better() -> None:
    by = judge(patience=2)
    assert taken(by, float("nan"), 1.0, float("nan")) == [False, True, False]
    assert by.waited == 1


def test_a_run_stops_early_and_keeps_the_best_weights(classifier: Making) -> None:
    settings = {"early_stopping": {"metric": "accuracy", "patience": 2}}
    events = list(train(classifier(epochs=200, points=60, lr=0.3, settings=settings)))
    epochs = [e for e in events if isinstance(e, EpochDone)]
    values = [e.validation["accuracy"] for e in epochs]
    best = values.index(max(values))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert not finished.stopped
    assert len(epochs) == best + 3 < 200
    assert finished.best_epoch == best + 1
    assert finished.reason.startswith("Stopped early: accuracy got no better for 2 epochs")
    run = Run(Path(finished.folder))
    assert checkpoint.read(run.best).values["best"] == max(values)
    with run.record() as record:
        assert record.facts()["reason"] == finished.reason
    # It is over: going on with it ends at once, with more patience it goes on.
    again = list(train(run.project(), resume=run.folder))
    assert again[-1].step == finished.step
    longer = replace(run.project().training, settings={"early_stopping": {
        "metric": "accuracy", "patience": 4}})  # fmt: skip
    on = list(train(replace(run.project(), training=longer), resume=run.folder))
    assert on[-1].epoch >= finished.epoch + 1


def test_a_figure_that_is_not_there_is_refused(classifier: Making) -> None:
    (event,) = train(classifier(settings={"early_stopping": {"metric": "f1"}}))
    assert isinstance(event, Failed)
    assert "There is no figure f1" in event.message
    (event,) = train(classifier(settings={"late_stopping": {"metric": "f1"}}))
    assert "Training has no settings late_stopping; it has early_stopping" in event.message


def test_the_average_follows_its_formula_and_is_what_is_kept(classifier: Making) -> None:
    project = classifier(epochs=1, points=100, batch_size=20, settings={"ema": {"decay": 0.7}})
    made = Session(project)
    average: dict[str, torch.Tensor] = {}
    for batch in made.feed.epoch(1):
        for turn in made.turns:
            turn.run(batch, made.losses)
        made.losses.end_step(20)
        for name, p in made.model.named_parameters():
            now = p.detach().clone()
            average[name] = 0.7 * average[name] + 0.3 * now if name in average else now
    made.close()
    events = list(train(project))
    best = checkpoint.read(Run(Path(events[-1].folder)).best).part("model")
    last = checkpoint.read(Run(Path(events[-1].folder)).last).part("model")
    for name, expected in average.items():
        assert torch.allclose(best[name], expected, atol=1e-6), name
        assert not torch.allclose(last[name], expected, atol=1e-4), name


def test_where_no_epoch_is_judged_the_average_of_the_last_is_kept(adversaries: Making) -> None:
    events = list(train(adversaries(epochs=1, settings={"ema": {"decay": 0.9}})))
    run = Run(Path(events[-1].folder))
    average = checkpoint.read(run.last).part("average")
    best = checkpoint.read(run.best).part("model")
    assert all(torch.equal(best[name], tensor) for name, tensor in average.items())


def test_mixup_mixes_samples_and_labels_in_the_same_proportion() -> None:
    torch.manual_seed(0)
    mix = Mixup(1.0, {"label": 3})
    x = torch.eye(6)
    found = mix({"x": x, "label": torch.tensor([0, 1, 2, 0, 1, 2])})
    assert found["label"].sum(1) == pytest.approx(torch.ones(6))
    torch.manual_seed(0)
    share = torch.distributions.Beta(1.0, 1.0).sample().item()
    order = torch.randperm(6)
    assert torch.allclose(found["x"], share * x + (1 - share) * x[order])
    hot = torch.eye(3)[torch.tensor([0, 1, 2, 0, 1, 2])]
    assert torch.allclose(found["label"], share * hot + (1 - share) * hot[order])


def test_mixup_trains_and_is_off_where_it_is_measured(classifier: Making) -> None:
    project = classifier(epochs=3, settings={"mixup": {"alpha": 0.4}})
    mixed, plain = list(train(project)), list(train(classifier(epochs=3)))
    assert isinstance(mixed[-1], Finished)
    assert mixed[-1].test["accuracy"] > 0.6
    first, other = (next(e for e in run if isinstance(e, Steps)) for run in (mixed, plain))
    assert first.losses["main"][0] != other.losses["main"][0]


def test_mixup_refuses_a_loss_that_takes_no_shares(classifier: Making) -> None:
    graph = classifier().graph
    hinge = graph.put(replace(graph["ce"], kind="multiclass_hinge"))
    project = classifier(settings={"mixup": {"alpha": 0.4}}).with_graph(hinge)
    (event,) = train(project)
    assert isinstance(event, Failed)
    assert "Mixup gives labels in shares, which ce does not take" in event.message


def stopped(project: Project, resume: Path | None, steps: int) -> str:
    """The folder of a run that was ended after so many more steps."""
    control = Control()
    for _ in range(steps):
        control.step()
    for event in train(project, resume=resume, control=control):
        if isinstance(event, Paused):
            control.stop()
    assert isinstance(event, Finished)
    assert event.stopped
    return event.folder


GROUPS = (WeightGroup(("hidden",), {"rate": 0.3}),)


@pytest.mark.parametrize(
    ("algorithm", "schedule"),
    [
        ("adam", Schedule("one_cycle", {"warmup": 3})),
        ("sgd", Schedule("plateau", {"patience": 0, "threshold": 0.5})),
        ("adamw", Schedule("cosine_restarts", {"T_0": 1, "T_mult": 2})),
        ("muon", Schedule("linear")),
        ("adadelta", Schedule("multi_step", {"milestones": (2, 3)})),
        ("lbfgs", Schedule("exponential", {"unit": "step"})),
        ("newton", Schedule("inverse_sqrt")),
    ],
)
def test_interrupted_it_ends_on_the_same_bits(
    classifier: Making, algorithm: str, schedule: Schedule
) -> None:
    lr = {"adadelta": 1.0, "lbfgs": 0.5, "newton": 0.1}.get(algorithm, 0.02)
    settings = {"lr": lr, **({"damping": 1.0} if algorithm == "newton" else {})}
    one_rate = algorithm in ("lbfgs", "newton")
    optimiser = Optimiser(
        "main", algorithm, settings, schedule=schedule, groups=() if one_rate else GROUPS
    )
    project = classifier(
        width=4, epochs=5, points=200, batch_size=30, dropout=True, optimisers=(optimiser,),
        settings={"ema": {"decay": 0.8}, "early_stopping": {"patience": 4},
                  "mixup": {"alpha": 0.5}},
    )  # fmt: skip
    whole = list(train(project))
    assert isinstance(whole[-1], Finished), whole[-1]
    folder = Path(stopped(project, None, 7))
    stopped(project, folder, 6)
    list(train(project, resume=folder))
    alone, parted = Run(Path(whole[-1].folder)), Run(folder)
    for name in ("best", "last"):
        a, b = (checkpoint.read(getattr(run, name)) for run in (alone, parted))
        assert a.tensors.keys() == b.tensors.keys()
        for key, tensor in a.tensors.items():
            assert torch.equal(tensor, b.tensors[key]), (name, key)
    assert a.values["judge"] == b.values["judge"]
    with alone.record() as first, parted.record() as second:
        assert first.rates() == second.rates()
        assert first.epochs() == second.epochs()
