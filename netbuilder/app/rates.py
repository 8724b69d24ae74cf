"""The learning rate of the toolbar: that of the project, and in a run the one in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from netbuilder.app.document import Document
from netbuilder.app.session import Session
from netbuilder.graph import Optimiser, Project
from netbuilder.training.events import EpochDone, Event, RateChanged, Started, Steps
from netbuilder.training.settings import SettingError, checked


class Rates:
    """Sets rates, and keeps the project's in step with those set while it is trained.

    Under a schedule the rate in force is not the one that the project declares. What a person
    chooses is in force from the next step on; the engine says with which rate a run would have
    begun to be there, and the project takes that one, so that a new run is like this one.
    """

    def __init__(self, document: Document, session: Session) -> None:
        self._document, self._session = document, session
        self._in_force: dict[str, float] = {}
        self._base: dict[str, float] = {}

    def follow(self, events: Sequence[Event]) -> None:
        """Learn of the rates of the run in progress."""
        for event in events:
            if isinstance(event, Started):
                self._base = declared(self._session.project)
                self._in_force = dict(self._base)
            elif isinstance(event, Steps | EpochDone):
                self._in_force.update(event.learning_rates)
            elif isinstance(event, RateChanged):
                self._in_force[event.optimiser] = event.value
                self._rebase(event.optimiser, float(f"{event.base:.6g}"))

    def choose(self, value: float) -> None:
        """The rate of the first optimiser; those of others keep their ratio to it."""
        if self._session.state in ("running", "paused"):
            for name, rate in _scaled(self._in_force, value).items():
                self._session.set_learning_rate(name, rate)
        else:
            self._edit(_scaled(declared(self._document.project), value))

    def _rebase(self, name: str, base: float) -> None:
        """Give the open project the rate, if it is what is trained and has the rate it had."""
        before, self._base[name] = self._base.get(name), base
        project = self._document.project
        same = project.name == self._session.project.name
        if same and before is not None and declared(project).get(name) == before:
            self._edit({name: base})

    def _edit(self, rates: Mapping[str, float]) -> None:
        project = self._document.project
        optimisers = tuple(
            replace(o, settings={**o.settings, "lr": rates[o.name]}) if o.name in rates else o
            for o in project.training.optimisers
        )
        training = replace(project.training, optimisers=optimisers)
        self._document.edit(
            "Set the learning rate", replace(project, training=training), merge="learning rate"
        )


def declared(project: Project) -> dict[str, float]:
    """Rates above zero by optimiser, as the project declares them."""
    found = {o.name: _rate(o) for o in project.training.optimisers}
    return {name: rate for name, rate in found.items() if rate is not None}


def _scaled(rates: Mapping[str, float], value: float) -> dict[str, float]:
    first = next((rate for rate in rates.values() if rate > 0), value)
    return {name: float(f"{rate * value / first:.6g}") for name, rate in rates.items() if rate > 0}


def _rate(optimiser: Optimiser) -> float | None:
    try:
        rate = checked(optimiser.algorithm, optimiser.settings).get("lr")
    except SettingError:
        return None
    return float(rate) if isinstance(rate, (int, float)) and rate > 0 else None
