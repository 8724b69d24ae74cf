"""The window's side of the engine: one training at a time, and questions about models.

Replies are drained from a queue by a timer, so that all signals come on the window's own
thread, a batch about thirty times a second however fast the training is.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.app.document import Document
from netbuilder.app.moments import Moments
from netbuilder.engine.client import EngineClient
from netbuilder.engine.messages import (
    Answer,
    EngineDied,
    LookAt,
    Pause,
    Pulse,
    Ready,
    Request,
    Resume,
    SetLearningRate,
    StepOnce,
    Stop,
    Told,
    Train,
)
from netbuilder.engine.silence import Watch
from netbuilder.graph import Project
from netbuilder.training.events import (
    Event,
    Failed,
    Finished,
    Paused,
    Refused,
    Resumed,
    Started,
    Steps,
)

Then = Callable[[Answer], None]
_DRAIN_MS = 33
#: An engine that ends this often before it can compute, or so many seconds after that while
#: nothing trains (what a panel asks may end it each time), is not started again by itself.
_TRIES, _SOON_S = 3, 60.0


@dataclass
class _Question:
    about: str
    arguments: Mapping[str, Any]
    then: Then
    project: Project
    key: str | None


class Session(QObject):
    """Trains, and asks the engine.

    state: ``starting`` (torch is loading), ``idle``, ``running``, ``paused``, ``stopped``,
    ``off`` (it ended several times with nothing to train; `start` tries again).
    run: folder of the run whose weights answer questions: the one in progress, or the latest.
    moments: when to show what it tells, so that nothing that moves is held up.
    lost: folder of the run that was in progress when the engine died, until one begins.
    silent: seconds for which the engine has not answered, if that is too long; else 0.
    """

    ready = Signal(object)
    events = Signal(list)
    state_changed = Signal(str)
    engine_died = Signal(str)
    #: Why it seems to hang, in one sentence; "" when it answers again.
    silence = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.state = "starting"
        self.engine: Ready | None = None
        self.started: Started | None = None
        self.lost: str | None = None
        self.run: str | None = None
        self._trained: Project | None = None
        self._client: EngineClient | None = None
        self._waiting: dict[int, _Question] = {}
        self._flying: dict[str, int] = {}
        self._next: dict[str, _Question] = {}
        self._early: list[Request | _Question] = []
        self._answers: deque[Answer] = deque()
        self._begun = False
        self._deaths = 0
        self._ready_at = 0.0
        self.silent = 0.0
        self._watch = Watch()
        self._going_on = False
        self._timer = QTimer(self)
        self._timer.setInterval(_DRAIN_MS)
        self.moments = Moments(self)
        self._timer.timeout.connect(lambda: self.moments.take("drain", self.drain))

    @property
    def project(self) -> Project:
        """The project in training, or else that of the document."""
        busy = self.state in ("running", "paused") and self._trained is not None
        return self._trained if busy and self._trained else self.document.project

    # --- life of the engine --------------------------------------------------------------

    def start(self) -> None:
        """Start the engine process; `ready` tells when it can compute."""
        if self._client is None:
            self._client = EngineClient()
            self._timer.start()
            self._set_state("starting")

    def close(self) -> None:
        """End the engine; a run in progress keeps its last checkpoint."""
        self._timer.stop()
        self.moments.stop()
        client, self._client = self._client, None
        if client is not None:
            client.close()

    # --- training ------------------------------------------------------------------------

    def train(self, project: Project | None = None, resume: str | None = None) -> None:
        """Train a project from the beginning, or go on with the run in folder `resume`."""
        if self.state in ("running", "paused"):
            self.events.emit([Refused("A run is in progress; stop it first.", 0)])
            return
        if any(isinstance(item, Train) for item in self._early):
            return  # it begins as soon as the engine can
        if self.state == "off":
            self.start()
        self._begun = False
        self._watch.run()
        self._trained, self.lost = project or self.document.project, None
        self._send(Train(self._trained, resume))
        if self.engine is not None:
            self._set_state("running")

    @property
    def resuming(self) -> bool:
        """Whether a run goes on as soon as a new engine can."""
        return any(isinstance(item, Train) and item.resume for item in self._early)

    def restart_engine(self) -> None:
        """End an engine that does not answer; a new one goes on with the run it had."""
        if self._client is not None and self.engine is not None:
            self._going_on = True
            self._client.kill("The engine did not answer and was ended.")

    def resume_lost(self) -> None:
        """Go on with the run that the engine's death interrupted, from its last checkpoint."""
        if self.lost is not None:
            self.train(self._trained, resume=self.lost)

    def pause(self) -> None:
        """Wait after the current step."""
        self._send(Pause())

    def resume(self) -> None:
        """Go on after a pause."""
        self._send(Resume())

    def step(self) -> None:
        """One step, then wait; begins a run if there is none."""
        if self.state not in ("running", "paused"):
            self.train()
        self._send(StepOnce())

    def stop(self) -> None:
        """End the run after the current step."""
        self._send(Stop())

    def stop_after_epoch(self) -> None:
        """End the run when the epoch in progress is measured."""
        self._send(Stop(after_epoch=True))

    def set_learning_rate(self, optimiser: str, value: float) -> None:
        """Change a rate from the next step on."""
        self._send(SetLearningRate(optimiser, value))

    def look_at(self, folder: str) -> None:
        """Let the weights of a run of the past answer what is asked, until another begins."""
        self.run = folder
        self._send(LookAt(folder))

    # --- questions -----------------------------------------------------------------------

    def ask(
        self,
        about: str,
        arguments: Mapping[str, Any],
        then: Then,
        project: Project | None = None,
        key: str | None = None,
    ) -> None:
        """Ask the engine; `then` gets the `Answer` on this thread.

        Of questions with one `key` only one is under way and only the newest waits, so a
        slow answer never makes a queue.
        """
        question = _Question(about, dict(arguments), then, project or self.project, key)
        if key is not None and key in self._flying:
            self._next[key] = question
        else:
            self._pose(question)

    def forget(self, key: str) -> None:
        """Let the answer to a question under `key` go unheard."""
        self._early = [e for e in self._early if _key(e) != key]
        self._next.pop(key, None)
        number = self._flying.pop(key, None)
        if number is not None:
            self._waiting.pop(number, None)

    def _pose(self, question: _Question) -> None:
        if self._client is None or self.engine is None:
            if question.key is not None:
                self._early = [e for e in self._early if _key(e) != question.key]
            self._early.append(question)
            return
        number = self._client.ask(question.about, question.project, **question.arguments)
        self._waiting[number] = question
        if question.key is not None:
            self._flying[question.key] = number

    # --- inside --------------------------------------------------------------------------

    def _send(self, request: Request) -> None:
        if self._client is None or self.engine is None:
            self._early.append(request)
        else:
            self._client.send(request)

    def _set_state(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    def drain(self) -> None:
        """Deliver everything that has arrived."""
        if self._client is None:
            return
        now = time.monotonic()
        told: list[Event] = []
        for reply in self._client.poll():
            if isinstance(reply, Told):
                told.append(reply.event)
                self._follow(reply.event)
            elif isinstance(reply, Pulse):
                self._watch.hear(reply, now)
            elif isinstance(reply, Answer):
                self._answers.append(reply)
            elif isinstance(reply, Ready):
                self._begin(reply)
            elif isinstance(reply, EngineDied):
                self._tell(told)  # what it said before it died
                told = []
                self._mourn(reply)
        self._tell(told)
        self._deliver_on()
        self._listen(now)

    def _deliver_on(self) -> None:
        """The answers that came: all of them, or one behind each frame of what moves."""
        while self._answers:  # one that makes trouble does not take the others with it
            self._deliver(self._answers.popleft())
            if self._answers and self.moments.moving:
                self.moments.take("answers", self._deliver_on)
                return

    def _listen(self, now: float) -> None:
        """Tell when the engine falls silent, and when it answers again."""
        was = self.silent
        sentence, self.silent = self._watch.look(now)
        if bool(was) != bool(self.silent):
            self.silence.emit(sentence)

    def _tell(self, events: list[Event]) -> None:
        if events:
            self.events.emit(events)

    def _follow(self, event: Event) -> None:
        if isinstance(event, Started):
            self.started, self._begun = event, True
            self.run = event.folder
            self._set_state("running")
        elif isinstance(event, Paused):
            self._set_state("paused")
        elif isinstance(event, Resumed):
            self._set_state("running")
        elif isinstance(event, Steps):
            self._watch.stepped()
        elif isinstance(event, Finished | Failed):
            self._set_state("stopped")
            if isinstance(event, Failed) and event.spoilt and self._client is not None:
                self._client.kill("")  # it could not compute the next run either

    def _begin(self, ready: Ready) -> None:
        self.engine, self._ready_at = ready, time.monotonic()
        self._watch.begin(self._ready_at)
        self._set_state("idle")
        self.ready.emit(ready)
        early, self._early = self._early, []
        for item in early:
            if isinstance(item, _Question):
                self._pose(item)
            else:
                self._send(item)
                if isinstance(item, Train):
                    self._set_state("running")

    def _mourn(self, died: EngineDied) -> None:
        """The engine is gone: the window lives, and a new engine starts."""
        trained = self.state in ("running", "paused")
        if trained:
            self.lost = self.run if self._begun else None
        meant = trained or not died.message
        lived = self.engine is not None and time.monotonic() - self._ready_at > _SOON_S
        self._deaths = 0 if meant or lived else self._deaths + 1
        self.engine = None
        self._watch.end()
        asked, later = [*self._waiting.values()], [*self._next.values()]
        self._waiting.clear()
        self._flying.clear()
        self._next.clear()
        if self._deaths < _TRIES:
            self._set_state("starting")
            assert self._client is not None
            self._client.restart()
        else:
            self._deaths, self._early = 0, []
            self.close()
            self._set_state("off")
        if self._going_on and self.lost is not None:
            self.resume_lost()
        self._going_on = False
        if died.message:
            self.engine_died.emit(died.message)
        why = died.message or "The engine starts anew."
        for questions, fatal in ((asked, True), (later, False)):  # nobody waits for ever
            for question in questions:
                question.then(Answer(0, None, why, fatal=fatal))

    def _deliver(self, answer: Answer) -> None:
        question = self._waiting.pop(answer.id, None)
        if question is None:
            return
        if question.key is not None:
            self._flying.pop(question.key, None)
            following = self._next.pop(question.key, None)
            if following is not None:
                self._pose(following)
        question.then(answer)


def _key(item: Request | _Question) -> str | None:
    return item.key if isinstance(item, _Question) else None
