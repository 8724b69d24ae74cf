"""Projects that are trained one after the other, whatever becomes of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.app.session import Session
from netbuilder.graph import Project
from netbuilder.training.events import Event, Failed, Finished, Started

State = Literal["waiting", "running", "finished", "stopped", "failed"]


@dataclass
class Queued:
    """A project in the queue, as it was when it was added. message: why it failed."""

    project: Project
    state: State = "waiting"
    folder: str = ""
    message: str = ""


class RunQueue(QObject):
    """Begins the next one whenever the engine has nothing to train."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.items: list[Queued] = []
        self._current: Queued | None = None
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
            self.changed.emit()

    def clear_done(self) -> None:
        """Forget those that are over."""
        self.items = [item for item in self.items if item.state in ("waiting", "running")]
        self.changed.emit()

    def _go_on(self, *_: object) -> None:
        free = self._session.state in ("idle", "stopped") and self._current is None
        item = next((i for i in self.items if i.state == "waiting"), None)
        if free and item is not None:
            self._current, item.state = item, "running"
            self.changed.emit()
            self._session.train(item.project)

    def _follow(self, events: Sequence[Event]) -> None:
        for event in events:
            item = self._current
            if item is not None and isinstance(event, Started):
                item.folder = event.folder
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
