"""Real small studies: what they find, that they share their trials, that they go on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import netbuilder as nb
from netbuilder.building import Network
from netbuilder.graph import Project, Range, Search
from netbuilder.graph.file import save
from netbuilder.training import labels
from netbuilder.training.events import EpochDone
from netbuilder.training.run import list_runs
from netbuilder.tuning import StudyBegun, StudyEnded, TrialBegun, TrialEnded, TuningError
from netbuilder.tuning.claiming import Worker, release_lost
from netbuilder.tuning.events import TuningEvent
from netbuilder.tuning.storage import studies, without_password
from netbuilder.tuning.study import created, joined
from netbuilder.tuning.tune import stop
from tests.tuning.conftest import searched

RATE = {"training.lr": Range(1e-6, 0.3, log=True)}


def ended(events: Sequence[TuningEvent]) -> list[TrialEnded]:
    return [event for event in events if isinstance(event, TrialEnded)]


def told(project: Project, **search: object) -> list[TuningEvent]:
    return list(nb.tune(project, **search))  # type: ignore[arg-type]


def test_a_grid_is_done_exactly_once_and_finds_the_planted_rate() -> None:
    space = {
        "training.lr": Range(choices=(1e-6, 1e-5, 0.05)),
        "linear_1.out_features": Range(choices=(4, 8)),
    }
    events = told(searched(space, method="grid", metric="accuracy"))
    assert isinstance(events[0], StudyBegun)
    assert events[0].trials == 6
    tried = Counter(tuple(e.values.values()) for e in ended(events))
    assert tried == {(lr, n): 1 for lr in (1e-6, 1e-5, 0.05) for n in (4, 8)}
    last = events[-1]
    assert isinstance(last, StudyEnded)
    assert last.values["training.lr"] == 0.05
    assert next(iter(last.importances)) == "training.lr"  # the largest comes first
    project = joined("small").best_project()
    assert project.training.optimisers[0].settings["lr"] == 0.05


def test_tpe_comes_to_the_good_rates_and_draws_the_same_again() -> None:
    project = searched(RATE, epochs=1, trials=18)
    first, second = told(project), told(project, study="again")
    assert [e.values for e in ended(first)] == [e.values for e in ended(second)]
    last = first[-1]
    assert isinstance(last, StudyEnded)
    assert 1e-2 < float(last.values["training.lr"]) < 0.3  # type: ignore[arg-type]
    later = [float(e.values["training.lr"]) for e in ended(first)[10:]]  # type: ignore[arg-type]
    assert sum(rate > 1e-3 for rate in later) >= 6  # of eight; two in five by chance


def test_every_trial_is_a_run_under_the_tag_of_the_study() -> None:
    events = told(searched(RATE, epochs=1, trials=2, method="random"))
    runs = {run.id: run for run in list_runs()}
    assert {e.run for e in ended(events)} == runs.keys()
    for event in ended(events):
        told_of = labels.read(runs[event.run].folder)
        assert told_of.tags == ("small",)
        assert f"Trial {event.number} " in told_of.note


@pytest.mark.parametrize("pruning", ["median", "hyperband"])
def test_pruning_ends_hopeless_runs_early(pruning: str) -> None:
    # Good rates first, so that what follows has something to fall behind.
    space = {"training.lr": Range(choices=(0.05, 0.04, 0.03, 0.02, 1e-6, 1.1e-6, 1.2e-6))}
    events = ended(told(searched(space, epochs=6, method="grid", pruning=pruning)))
    pruned = [e for e in events if e.state == "pruned"]
    assert pruned
    for event in pruned:
        if pruning == "median":  # Hyperband ranks the good ones among themselves too
            assert float(event.values["training.lr"]) < 1e-5  # type: ignore[arg-type]
        assert event.epoch < 6
        (run,) = (run for run in list_runs() if run.id == event.run)
        with run.record() as record:
            assert record.facts()["reason"] == event.message
        assert run.state == "stopped"


def test_a_trial_that_fails_says_why_and_the_search_goes_on() -> None:
    net = Network("narrow")
    data = net.digits()
    seen = net.flatten(net.conv2d(data.image, out_channels=1, kernel_size=3, padding="valid"))
    net.output(logits := net.linear(seen, out_features=10))
    net.cross_entropy(logits, data.label)
    project = net.project(epochs=1, batch_size=512, device="cpu")
    space = {"conv2d_1.kernel_size": Range(choices=((15, 15), (3, 3)))}
    events = ended(told(replace(project, search=Search(space, "grid"))))
    assert [e.state for e in events] == ["failed", "complete"]
    assert events[0].message.startswith("conv2d_1: ")


def test_a_study_goes_on_where_it_was_left() -> None:
    project = searched(RATE, epochs=1, trials=3, method="random")
    events = nb.tune(project)
    for event in events:
        if isinstance(event, TrialBegun) and event.number == 1:
            break
    events.close()  # type: ignore[attr-defined]
    states = [t.state.name for t in joined("small").trials()]
    assert states == ["COMPLETE", "FAIL", "WAITING", "WAITING"]
    rest = told(project)
    assert isinstance(rest[0], StudyBegun)
    assert [e.number for e in ended(rest)] == [2, 3]  # the third, and one for what was given back
    assert len(ended(told(project, trials=5))) == 2  # two more


def test_a_study_is_of_one_search() -> None:
    project = searched(RATE, epochs=1, trials=1)
    told(project, study="mine")
    other = searched({"linear_1.out_features": Range(2, 4)}, epochs=1, trials=1)
    with pytest.raises(TuningError, match="searches another project"):
        nb.tune(other, study="mine")
    told(project)
    begun = told(other)[0]
    assert isinstance(begun, StudyBegun)
    assert begun.study == "small-2"
    with pytest.raises(TuningError, match="There is no study nothing"):
        joined("nothing")


def test_what_cannot_begin_says_so() -> None:
    with pytest.raises(TuningError, match="Nothing is marked"):
        nb.tune(searched({}))
    with pytest.raises(TuningError, match="There is no figure f1"):
        nb.tune(searched(RATE, metric="f1"))
    with pytest.raises(TuningError, match="method"):
        nb.tune(searched(RATE, method="guess"))
    with pytest.raises(TuningError, match="pip install psycopg"):
        nb.tune(searched(RATE), storage="postgresql://me:secret@host/db")


def test_a_database_is_shared_by_its_url(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'all.db'}"
    project = searched(RATE, epochs=1, trials=2, method="random")
    assert len(ended(told(project, storage=url))) == 2
    assert joined("small", url).best() is not None
    assert studies(url) == ["small"]
    assert studies() == []


def test_what_is_no_url_is_said_and_no_password_is_shown() -> None:
    with pytest.raises(TuningError, match=r"study\.db is no URL of a database"):
        nb.tune(searched(RATE), storage="study.db")
    hidden = {
        "postgresql://me:secret@host:5/db": "postgresql://me@host:5/db",
        "postgresql://host/db?user=me&password=secret": "postgresql://host/db?user=me",
        "sqlite:///some/a@b.db": "sqlite:///some/a@b.db",
    }
    assert {url: without_password(url) for url in hidden} == hidden


def test_the_best_trained_again_as_a_project_gives_the_figure_of_its_trial() -> None:
    project = searched(RATE, trials=2, method="random", metric="accuracy")
    last = told(project)[-1]
    assert isinstance(last, StudyEnded)
    best = joined("small").best_project()
    assert (best.name, dict(best.search.space)) == (f"small_trial_{last.best}", {})
    epochs = [e.validation["accuracy"] for e in nb.train(best) if isinstance(e, EpochDone)]
    assert max(epochs) == last.value


def test_a_trial_whose_process_was_killed_is_done_again() -> None:
    project = replace(searched({"training.lr": Range(choices=(0.1, 0.2))}, 1, method="grid"))
    study = created(project)
    lost = Worker()
    with lost, Worker() as other:
        assert lost.claim(study) is not None
        assert release_lost(study) == 0  # it lives
        assert other.claim(study).number == 1
        lost._file.close()  # type: ignore[union-attr]  # as the system does when a process is killed
        assert release_lost(study) == 1
        assert other.claim(study).params == {"training.lr": "0.1"}
        assert other.claim(study) is None


@pytest.mark.slow
def test_processes_on_one_journal_do_every_trial_once(own_home: Path, tmp_path: Path) -> None:
    space = {"training.lr": Range(choices=tuple(0.01 * n for n in range(1, 9)))}
    save(searched(space, epochs=2, method="grid"), path := tmp_path / "small.netbuilder")
    command = [sys.executable, "-m", "netbuilder", "tune", str(path), "--json"]
    both = [
        subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    trials = joined("small").trials()
    assert [t.state.name for t in trials] == ["COMPLETE"] * 8
    assert len({t.params["training.lr"] for t in trials}) == 8
    assert len(list_runs()) == 8


@pytest.mark.slow
def test_jobs_are_processes_that_can_be_stopped() -> None:
    project = searched(RATE, epochs=200, trials=40, method="random")
    events = []
    for event in nb.tune(project, jobs=2):
        events.append(event)
        if isinstance(event, TrialBegun) and event.number == 1:
            stop("small")
    last = events[-1]
    assert isinstance(last, StudyEnded)
    assert last.stopped
    states = Counter(t.state.name for t in joined("small").trials())
    assert states["RUNNING"] == 0
    assert states["WAITING"] >= 36
