"""Projects that are trained one after the other, whatever becomes of each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.app.panels.runs.queue_file import Entry, QueueFile, left_behind
from netbuilder.app.panels.runs.several import Kind, Several, variants
from netbuilder.app.session import Session
from netbuilder.graph import Project
from netbuilder.graph.atomic import FileError
from netbuilder.training.events import Event, Failed, Finished, Started, Steps
from netbuilder.training.overview import overview
from netbuilder.training.run import Run

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
    """Begins the next one whenever the engine has nothing to train.

    held: whether those of an earlier window wait for somebody to say that they may begin.
    """

    changed = Signal()
    #: What waits could not be kept for the next window; said once.
    trouble = Signal(str)
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
        self.held = False
        self._file, self._troubled = QueueFile(), False
        self.changed.connect(self._keep)
        session.events.connect(self._follow)
        session.ready.connect(self._go_on)
        session.engine_died.connect(self._died)

    def add(self, project: Project) -> Queued:
        """Put a project at the end; it begins at once if nothing trains."""
        item = Queued(project)
        self.items.append(item)
        self.go_on()
        return item

    def add_several(self, project: Project, kind: Kind, count: int) -> Several:
        """Put `count` runs of a project on other rows at the end."""
        made = self.several = Several(kind)
        for label, one in variants(project, kind, count):
            item = Queued(one, label=label, several=made)
            made.items.append(item)
            self.items.append(item)
        self.go_on()
        return made

    def go_on(self) -> None:
        """Let those that wait begin, those of an earlier window among them."""
        self.held = False
        self.changed.emit()
        self._go_on()

    # --- from window to window ---------------------------------------------------------------

    def take_up(self) -> list[str]:
        """Put what waited in windows that are gone first; a sentence for each damaged file."""
        found, sentences = left_behind()
        before: list[Queued] = []
        for entries, kinds in found:
            groups = [Several(kind) for kind in kinds]
            for entry in entries:
                several = groups[entry.group] if entry.group is not None else None
                item = Queued(entry.project, label=entry.label, several=several)
                if entry.folder:
                    item.folder, item.state = entry.folder, _became(entry.folder)
                if several is not None:
                    several.items.append(item)
                    self.several = several
                before.append(item)
        if before:
            self.items[:0] = before
            self.held = True
            self.changed.emit()
        return sentences

    def close(self) -> None:
        """The window closes: what waits is for the next one."""
        self._file.close()

    def _keep(self) -> None:
        groups: list[Several] = []
        entries = []
        for item in self.items:
            several = item.several
            together = several is not None and not several.over
            unborn = item.state == "waiting" or (item.state == "running" and not item.folder)
            if not (unborn or (together and item.folder)):
                continue
            group = None
            if several is not None:
                known = [n for n, one in enumerate(groups) if one is several]
                group = known[0] if known else len(groups)
                groups += [] if known else [several]
            entries.append(Entry(item.project, item.label, group, item.folder))
        try:
            self._file.write(entries, [group.kind for group in groups])
        except FileError as error:
            if not self._troubled:
                self._troubled = True
                self.trouble.emit(f"The queue is not kept for the next window: {error}")

    # --- one after the other -----------------------------------------------------------------

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
        if free and item is not None and not self.held:
            self._current, item.state = item, "running"
            self._begun = time.monotonic()
            self.changed.emit()
            self._session.train(item.project)

    def _follow(self, events: Sequence[Event]) -> None:
        for event in events:
            item = self._current
            if item is not None and isinstance(event, Started):
                item.folder = event.folder
                self.changed.emit()
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


def _became(folder: str) -> State:
    """The state of a run that an earlier window had begun."""
    state = overview(Run(Path(folder))).state
    return cast(State, state) if state in ("finished", "failed") else "stopped"
