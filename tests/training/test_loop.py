"""The loop learns, repeats itself, obeys within one step, and says why it stopped."""

from __future__ import annotations

import errno
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from netbuilder.graph import Optimiser, Project, Schedule, Training, atomic
from netbuilder.training import checkpoint, session
from netbuilder.training.control import Control
from netbuilder.training.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Paused,
    RateChanged,
    Refused,
    Resumed,
    Started,
    Steps,
)
from netbuilder.training.loop import train
from netbuilder.training.losses import DeviceLosses
from netbuilder.training.run import Run, list_runs, open_run

Making = Callable[..., Project]


def of(kind: type, events: list[Event]) -> list:
    return [e for e in events if isinstance(e, kind)]


def losses(events: list[Event], name: str = "main") -> np.ndarray:
    return np.concatenate([e.losses[name] for e in of(Steps, events)])


def run_of(events: list[Event]) -> Run:
    return Run(Path(of(Started, events)[0].folder))


def test_it_learns_what_one_layer_cannot(classifier: Making) -> None:
    events = list(train(classifier(epochs=30)))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.test["accuracy"] > 0.95
    assert finished.tables["confusion"].sum() == 80
    assert not finished.stopped
    epochs = of(EpochDone, events)
    assert [e.epoch for e in epochs] == list(range(1, 31))
    assert epochs[-1].train["main"] < 0.5 * epochs[0].train["main"]


def test_the_events_tell_the_whole_run(classifier: Making) -> None:
    events = list(train(classifier(epochs=3, batch_size=50)))
    started = events[0]
    assert isinstance(started, Started)
    assert started.rows == {"train": 240, "validation": 80, "test": 80}
    assert (started.steps_per_epoch, started.parameters) == (5, 16 * 2 + 16 + 2 * 16 + 2)
    firsts = [e.first for e in of(Steps, events)]
    counts = [len(e.losses["main"]) for e in of(Steps, events)]
    assert firsts == [0, *np.cumsum(counts)[:-1]]
    assert sum(counts) == 15
    # The mean of an epoch is weighted by rows: four batches of 50 and one of 40.
    first = losses(events)[:5].astype(np.float64)
    mean = np.average(first, weights=[50, 50, 50, 50, 40])
    assert of(EpochDone, events)[0].train["main"] == pytest.approx(mean, abs=1e-6)


def test_the_same_seed_gives_the_same_bits(classifier: Making) -> None:
    a, b = (list(train(classifier(dropout=True, epochs=4))) for _ in range(2))
    assert losses(a).tobytes() == losses(b).tobytes()
    figures = [[(e.train, e.validation) for e in of(EpochDone, events)] for events in (a, b)]
    assert figures[0] == figures[1]
    saved = [checkpoint.read(run_of(events).last).tensors for events in (a, b)]
    assert all(torch.equal(saved[0][k], saved[1][k]) for k in saved[0])
    other = list(train(classifier(dropout=True, epochs=4, seed=1)))
    assert losses(other).tobytes() != losses(a).tobytes()


def test_the_run_folder_keeps_everything(classifier: Making) -> None:
    project = classifier(epochs=3)
    events = list(train(project))
    run = run_of(events)
    assert [r.id for r in list_runs()] == [run.id]
    assert open_run(run.id) == open_run(run.folder) == Run(run.folder.resolve())
    assert run.project() == project
    assert run.state == "finished"
    environment = run.environment
    assert environment["seed"] == 0
    assert environment["threads"] == 1
    assert environment["versions"]["torch"] == torch.__version__
    with run.record() as record:
        assert record.losses()["main"][1].tobytes() == losses(events).tobytes()
        validation = [(e.epoch, e.validation["accuracy"]) for e in of(EpochDone, events)]
        assert record.epochs()["accuracy"] == validation
        assert record.epochs("test")["accuracy"] == [(3, events[-1].test["accuracy"])]


def test_the_best_epoch_is_kept_and_tested(classifier: Making) -> None:
    # So large a rate that the loss jumps about.
    events = list(train(classifier(epochs=12, algorithm="sgd", lr=20.0)))
    epochs = of(EpochDone, events)
    values = [e.validation["main"] for e in epochs]
    best = [e.epoch for e in epochs if e.best]
    assert best[-1] == 1 + int(np.argmin(values)) < 12
    saved = checkpoint.read(run_of(events).best)
    assert saved.values["best_epoch"] == best[-1]
    again = list(train(classifier(epochs=best[-1], algorithm="sgd", lr=20.0)))
    assert again[-1].test == events[-1].test


def test_two_optimisers_change_only_their_own(adversaries: Making) -> None:
    from netbuilder.training.session import Session

    session = Session(adversaries())
    front, back = session.turns
    assert (front.partial, back.partial) == (True, True)
    batch = next(session.feed.epoch(1))
    for turn, own in ((front, "hidden"), (back, "head")):
        before = {k: t.clone() for k, t in session.model.state_dict().items()}
        for p in session.model.parameters():
            p.grad = None
        turn.run(batch, session.losses)
        for key, tensor in session.model.state_dict().items():
            assert torch.equal(tensor, before[key]) != key.startswith(own), key
        for name, p in session.model.named_parameters():
            assert (p.grad is None) != name.startswith(own), name
    session.close()


def test_every_and_steps_are_counted(adversaries: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    from netbuilder.training.turns import Turn

    ran: list[tuple[str, int]] = []
    original = Turn.run

    def counted(turn: Turn, batch: dict, to: object) -> None:
        ran.append((turn.name, turn.declared.steps))
        original(turn, batch, to)

    monkeypatch.setattr(Turn, "run", counted)
    events = list(train(adversaries(epochs=1, batch_size=40)))
    assert isinstance(events[-1], Finished)
    assert [name for name, _ in ran] == ["front", "back", "front"] * 3
    assert losses(events, "back").shape == (6,)
    assert losses(events, "back")[0] == losses(events, "back")[1]
    epoch = of(EpochDone, events)[0]
    # The objective is the weighted sum of its losses, in training and in validation.
    assert epoch.validation["front"] == pytest.approx(2 * epoch.validation["real"])
    assert epoch.train["front"] == pytest.approx(float(losses(events, "front").mean()))


class Listener:
    """Consumes a run and acts at chosen events."""

    def __init__(self, project: Project, **options: object) -> None:
        self.control = Control()
        self.events: list[Event] = []
        self._source: Iterator[Event] = train(project, control=self.control, **options)

    def until(self, kind: type) -> Event:
        for event in self._source:
            self.events.append(event)
            if isinstance(event, kind):
                return event
        raise AssertionError(f"no {kind.__name__} came")

    def rest(self) -> list[Event]:
        self.events += list(self._source)
        return self.events


def test_pause_step_resume_within_one_step(classifier: Making) -> None:
    listener = Listener(classifier(epochs=3))
    listener.until(Started)
    listener.control.pause()
    assert listener.until(Paused) == Paused(0)
    for step in (1, 2):
        listener.control.step()
        assert listener.until(Steps).last == step - 1
        assert listener.until(Paused) == Paused(step)
    listener.control.resume()
    assert listener.until(Resumed) == Resumed(2)
    events = listener.rest()
    plain = list(train(classifier(epochs=3)))
    assert losses(events).tobytes() == losses(plain).tobytes()
    assert len(of(Resumed, events)) == 1


def test_stop_within_one_step_keeps_what_was_reached(classifier: Making) -> None:
    listener = Listener(classifier(epochs=50))
    listener.until(EpochDone)
    before = listener.events[-1].step
    listener.control.stop()
    finished = listener.rest()[-1]
    assert isinstance(finished, Finished)
    assert finished.stopped
    assert finished.step == before
    assert finished.test["accuracy"] > 0
    run = run_of(listener.events)
    assert run.state == "stopped"
    assert checkpoint.read(run.last).values["step"] == before


def test_a_stopped_run_goes_on_to_the_same_end(classifier: Making) -> None:
    project = classifier(dropout=True, epochs=4, batch_size=32)
    listener = Listener(project)
    listener.until(Started)
    for _ in range(11):  # in the midst of the second epoch
        listener.control.step()
    listener.until(Paused)
    listener.control.stop()
    folder = run_of(listener.rest()).folder
    events = list(train(project, resume=folder))
    assert events[0].step == 11
    plain = list(train(project))
    with Run(folder).record() as record, run_of(plain).record() as whole:
        at, values = record.losses()["main"]
        assert at.tolist() == list(range(32))
        assert values.tobytes() == whole.losses()["main"][1].tobytes()
        assert record.epochs() == whole.epochs()
        assert record.epochs("train") == whole.epochs("train")
    assert events[-1].test == plain[-1].test


def test_a_finished_run_can_be_trained_further(classifier: Making) -> None:
    short = list(train(classifier(epochs=2)))
    longer = classifier(epochs=4)
    events = list(train(longer, resume=run_of(short).folder))
    assert [e.epoch for e in of(EpochDone, events)] == [3, 4]
    assert events[-1].test == list(train(longer))[-1].test
    assert run_of(short).project() == longer


def test_who_stops_listening_loses_nothing(classifier: Making) -> None:
    project = classifier(epochs=4)
    source = train(project)
    events = [next(source)]
    while not isinstance(events[-1], EpochDone):
        events.append(next(source))
    source.close()
    run = run_of(events)
    assert run.state == "stopped"
    list(train(project, resume=run.folder))
    plain = run_of(list(train(project)))
    saved, wanted = checkpoint.read(run.last).tensors, checkpoint.read(plain.last).tensors
    assert all(torch.equal(saved[k], wanted[k]) for k in wanted)


def test_a_rate_takes_effect_at_the_next_step_and_is_recorded(classifier: Making) -> None:
    listener = Listener(classifier(epochs=1))
    listener.until(Started)
    listener.control.step()
    listener.until(Paused)
    run = run_of(listener.events)
    weights = checkpoint.read(run.last).part("model")
    listener.control.set_learning_rate("main", 0.0)
    listener.control.step()
    assert listener.until(RateChanged) == RateChanged(1, "main", 0.0, 0.0)
    listener.until(Paused)
    after = checkpoint.read(run.last)
    assert all(torch.equal(after.part("model")[k], weights[k]) for k in weights)
    listener.control.set_learning_rate("main", -1.0)
    listener.control.set_learning_rate("other", 1.0)
    listener.control.resume()
    events = listener.rest()
    assert len(of(Refused, events)) == 2
    assert of(EpochDone, events)[0].learning_rates == {"main": 0.0}
    with run.record() as record:
        assert record.rates() == [(0, "main", 0.05), (1, "main", 0.0)]
    resumed = list(train(classifier(epochs=2), resume=run.folder))
    assert of(EpochDone, resumed)[0].learning_rates == {"main": 0.0}
    other = list(train(classifier(epochs=3, lr=0.2), resume=run.folder))
    assert of(EpochDone, other)[0].learning_rates == {"main": 0.2}


@pytest.mark.parametrize("name", ["cosine", "plateau", "one_cycle"])
def test_under_a_schedule_it_is_told_with_which_rate_another_run_would_be_there(
    classifier: Making, name: str
) -> None:
    falling = Schedule(name, {"warmup": 2})

    def project(rate: float) -> Project:
        return classifier(
            epochs=4,
            batch_size=100,
            optimisers=(Optimiser("main", "adam", {"lr": rate}, schedule=falling),),
        )

    listener = Listener(project(0.05))
    listener.until(EpochDone)
    listener.control.set_learning_rate("main", 0.02)
    changed = listener.until(RateChanged)
    assert isinstance(changed, RateChanged)
    assert changed.value == 0.02
    late = of(EpochDone, listener.rest())[2:]
    other = of(EpochDone, list(train(project(changed.base))))[2:]
    assert [e.learning_rates["main"] for e in late] == pytest.approx(
        [e.learning_rates["main"] for e in other]
    )
    steps = of(Steps, listener.events)[-1]
    assert steps.learning_rates == late[-1].learning_rates  # in force, not what was declared


def test_a_visitor_sees_a_model_at_rest_and_changes_no_bit(classifier: Making) -> None:
    project = classifier(dropout=True, epochs=3)
    listener = Listener(project)
    listener.until(Started)
    future = listener.control.visit(lambda live: (live.step, live.model.training))
    listener.rest()
    assert future.result() == (0, True)
    assert losses(listener.events).tobytes() == losses(list(train(project))).tobytes()


def test_nan_stops_within_a_step_and_the_last_good_checkpoint_stands(classifier: Making) -> None:
    # Each step multiplies the weights by about -1000 until they overflow.
    wild = Optimiser(algorithm="sgd", settings={"lr": 1e3, "weight_decay": 1.0})
    events = list(train(classifier(epochs=20, optimisers=(wild,))))
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert "lower the learning rate (now 1000)" in failed.message
    assert f"at step {failed.step}" in failed.message
    assert "\n" not in failed.message
    run = run_of(events)
    for path in (run.last, run.best):
        if path.exists():
            for name, tensor in checkpoint.read(path).tensors.items():
                assert not tensor.is_floating_point() or torch.isfinite(tensor).all(), name
    assert run.state == "failed"


def test_nan_is_found_at_its_step(classifier: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    from netbuilder.training.session import Session

    original = Session.__init__

    def poisoned(self: Session, *args: object) -> None:
        original(self, *args)
        method, count = self.turns[0].method, iter(range(10**6))

        def objective(**batch: torch.Tensor) -> tuple:
            loss, parts = method(**batch)
            return loss * (math.nan if next(count) == 7 else 1.0), parts

        self.turns[0].method = objective

    monkeypatch.setattr(Session, "__init__", poisoned)
    events = list(train(classifier(epochs=5)))
    assert events[-1].step == 7
    assert "The loss became NaN at step 7; lower the learning rate (now 0.05)" in events[-1].message
    assert len(losses(events)) == 7
    assert math.isfinite(losses(events).sum())


def test_a_full_disk_is_a_sentence(classifier: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listener(classifier(epochs=3))
    listener.until(EpochDone)
    run = run_of(listener.events)
    before = run.last.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic, "_write", full)
    failed = listener.rest()[-1]
    assert isinstance(failed, Failed)
    assert "The disk is full" in failed.message
    assert run.last.read_bytes() == before
    assert sorted(p.name for p in run.last.parent.iterdir() if p.suffix != ".safetensors") == []


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"epochs": 0}, "Epochs is at least 1"),
        ({"batch_size": 0}, "Batch size is at least 1"),
        ({"optimisers": ()}, "There is no optimiser"),
        ({"optimisers": (Optimiser(), Optimiser())}, "Two optimisers are called main"),
        ({"optimisers": (Optimiser(algorithm="magic"),)}, "There is no optimiser magic"),
        ({"optimisers": (Optimiser(settings={"lr": math.nan}),)}, "not a finite number"),
        ({"validation": 0.7, "test": 0.4}, "no rows to train on"),
        ({"device": "abacus"}, "There is no device abacus"),
        ({"seed": -1}, "The seed is a whole number"),
    ],
)
def test_settings_that_cannot_work_are_one_sentence(
    classifier: Making, change: dict, part: str
) -> None:
    (failed,) = train(replace(classifier(), training=Training(**{"device": "cpu", **change})))
    assert isinstance(failed, Failed)
    assert part in failed.message
    assert list_runs() == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without CUDA")
def test_cuda_that_is_not_there_is_one_sentence(classifier: Making) -> None:
    (failed,) = train(classifier(device="cuda"))
    assert "no graphics card that torch can use; set the device to auto or cpu" in failed.message


def test_a_project_with_an_error_names_the_node(classifier: Making) -> None:
    project = classifier()
    broken = project.with_graph(project.graph.put(project.graph["head"].with_params(bias=3)))
    (failed,) = train(broken)
    assert failed.node == "head"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"batch_size": 32}, "The batch size changed from 64 to 32"),
        ({"seed": 1}, "The seed changed from 0 to 1"),
        ({"width": 8}, "The network has changed at hidden"),
    ],
)
def test_resuming_another_project_is_refused(classifier: Making, change: dict, part: str) -> None:
    project = classifier(epochs=1)
    run = run_of(list(train(project)))
    saved = run.last.read_bytes()
    (failed,) = train(classifier(epochs=2, **change), resume=run.folder)
    assert part in failed.message
    assert run.last.read_bytes() == saved
    assert run.project() == project


def test_without_validation_the_training_loss_decides(classifier: Making) -> None:
    events = list(train(classifier(epochs=2, validation=0.0, test=0.0)))
    assert of(EpochDone, events)[-1].validation == {}
    assert any(e.best for e in of(EpochDone, events))
    assert events[-1].test == {}


def deferred(names: tuple, optimisers: list, device: torch.device, first: int) -> DeviceLosses:
    collected = DeviceLosses(names, device, first)
    for optimiser in optimisers:
        collected.guard(optimiser)
    return collected


def test_losses_left_on_the_device_change_nothing(
    adversaries: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = list(train(adversaries(epochs=3)))
    monkeypatch.setattr(session, "collector", deferred)
    events = list(train(adversaries(epochs=3)))
    for name in ("front", "back"):
        assert losses(events, name).tobytes() == losses(plain, name).tobytes()
    assert [e.train for e in of(EpochDone, events)] == [e.train for e in of(EpochDone, plain)]
    assert events[-1].test == plain[-1].test


def test_nan_on_the_device_is_told_by_its_step(
    classifier: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    wild = Optimiser(algorithm="sgd", settings={"lr": 1e3, "weight_decay": 1.0})
    project = classifier(epochs=20, optimisers=(wild,))
    plain = list(train(project))
    monkeypatch.setattr(session, "collector", deferred)
    assert list(train(project))[-1].step == plain[-1].step
