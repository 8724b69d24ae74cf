"""A session without an engine: what was asked is kept, answers are given by the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from netbuilder.app.document import Document
from netbuilder.app.moments import Moments
from netbuilder.building import Network
from netbuilder.engine.messages import Answer
from netbuilder.graph import Project
from netbuilder.training.events import Started


@dataclass(eq=False)
class Question:
    """Something that was asked."""

    about: str
    arguments: Mapping[str, Any]
    then: Callable[[Answer], None]
    key: str | None
    answered: bool = False


class FakeSession(QObject):
    """Has what panels use of a `Session`. With `answers` it answers at once."""

    ready = Signal(object)
    events = Signal(list)
    state_changed = Signal(str)
    engine_died = Signal(str)

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.document = Document(project)
        self.moments = Moments(self)
        self.state = "idle"
        self.started: Started | None = None
        self.asked: list[Question] = []
        self.answers: dict[str, Any] = {}

    @property
    def project(self) -> Project:
        return self.document.project

    @property
    def run(self) -> str | None:
        return self.started.folder if self.started else None

    def ask(
        self,
        about: str,
        arguments: Mapping[str, Any],
        then: Callable[[Answer], None],
        project: Project | None = None,
        key: str | None = None,
    ) -> None:
        question = Question(about, dict(arguments), then, key)
        self.asked.append(question)
        if about in self.answers:
            given = self.answers[about]
            self.give(question, given(arguments) if callable(given) else given)

    def forget(self, key: str) -> None:
        self.asked = [q for q in self.asked if q.key != key]

    def give(self, question: Question, result: Mapping[str, Any] | str) -> None:
        """Answer a question, with a result or with a sentence that says why there is none."""
        question.answered = True
        number = self.asked.index(question) + 1
        if isinstance(result, str):
            question.then(Answer(number, None, result))
        else:
            question.then(Answer(number, result))

    def last(self, about: str) -> Question:
        return next(q for q in reversed(self.asked) if q.about == about)

    def count(self, about: str) -> int:
        return sum(q.about == about for q in self.asked)


@pytest.fixture
def digits() -> Project:
    net = Network("digits")
    data = net.digits()
    x = net.relu(net.conv2d(data.image, out_channels=4))
    logits = net.linear(net.flatten(x), out_features=10)
    net.output(logits, name="digit")
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    return net.project(epochs=8, batch_size=64)


@pytest.fixture
def make_session(qapp: QApplication) -> Iterator[Callable[[Project], FakeSession]]:
    """Makes sessions; their documents are closed afterwards."""
    made: list[FakeSession] = []

    def make(project: Project) -> FakeSession:
        made.append(FakeSession(project))
        return made[-1]

    yield make
    for session in made:
        session.document.close()
