"""Projects that are trained one after the other, whatever becomes of each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.app.panels.runs.several import Kind, Several, variants
from netbuilder.app.session import Session
from netbuilder.graph import Project
from netbuilder.training.events import Event, Failed, Finished, Started, Steps

State = Literal["waiting", "running", "finished", "stopped", "failed"]


@dataclass
class Queued:
    """A project in the queue, as it was when it was added. message: why it failed.

    label: which of several runs it is. several: those it belongs to, if there are others.
    """

    project: Project
    state: State = "waiting"
    folder: str = ""
    message: str = ""
    label: str = ""
    several: Several | None = None


class RunQueue(QObject):
    """Begins the next one whenever the engine has nothing to train."""

    changed = Signal()
    #: Runs that belong together know better how long they still take.
    progressed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.items: list[Queued] = []
        self._current: Queued | None = None
        self._begun = time.monotonic()
        #: The latest runs that belong together.
        self.several: Several | None = None
        session.events.connect(self._follow)
        session.ready.connect(self._go_on)
        session.engine_died.connect(self._died)

    def add(self, project: Project) -> Queued:
        """Put a project at the end; it begins at once if nothing trains."""
        item = Queued(project)
        self.items.append(item)
        self.changed.emit()
        self._go_on()
        return item

    def add_several(self, project: Project, kind: Kind, count: int) -> Several:
        """Put `count` runs of a project on other rows at the end."""
        made = self.several = Several(kind)
        for label, one in variants(project, kind, count):
            item = Queued(one, label=label, several=made)
            made.items.append(item)
            self.items.append(item)
        self.changed.emit()
        self._go_on()
        return made

    def move(self, place: int, by: int) -> int:
        """Let one that waits change places with another that waits; returns where it is now."""
        other = place + by
        waiting = [0 <= p < len(self.items) and self.items[p].state == "waiting"
                   for p in (place, other)]  # fmt: skip
        if not all(waiting):
            return place
        items = self.items
        items[place], items[other] = items[other], items[place]
        self.changed.emit()
        return other

    def remove(self, place: int) -> None:
        """Take one out; the one that trains is stopped, and the next begins."""
        item = self.items[place]
        if item is self._current:
            self._session.stop()
        else:
            del self.items[place]
            if item.several is not None:
                item.several.items.remove(item)
            self.changed.emit()

    def clear_done(self) -> None:
        """Forget those that are over."""
        self.items = [item for item in self.items if item.state in ("waiting", "running")]
        if self.several is not None and self.several.over:
            self.several = None
        self.changed.emit()

    def _go_on(self, *_: object) -> None:
        free = self._session.state in ("idle", "stopped") and self._current is None
        item = next((i for i in self.items if i.state == "waiting"), None)
        if free and item is not None:
            self._current, item.state = item, "running"
            self._begun = time.monotonic()
            self.changed.emit()
            self._session.train(item.project)

    def _follow(self, events: Sequence[Event]) -> None:
        for event in events:
            item = self._current
            if item is not None and isinstance(event, Started):
                item.folder = event.folder
            elif item is not None and isinstance(event, Steps):
                if item.several is not None:
                    item.several.told(time.monotonic() - self._begun, event.seconds_left)
                    self.progressed.emit()
            elif item is not None and isinstance(event, Finished):
                self._over(item, "stopped" if event.stopped else "finished")
            elif item is not None and isinstance(event, Failed):
                self._over(item, "failed", event.message)
            if isinstance(event, (Finished, Failed)):
                QTimer.singleShot(0, self, self._go_on)

    def _died(self, sentence: str) -> None:
        if self._current is not None:
            self._over(self._current, "failed", sentence)
        # The next begins when the new engine is ready.

    def _over(self, item: Queued, state: State, message: str = "") -> None:
        self._current, item.state, item.message = None, state, message
        self.changed.emit()
