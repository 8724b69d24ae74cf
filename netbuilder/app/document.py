"""The one mutable cell: a project, its file, its undo history and its journal.

Everything that shows a project listens to `Document.changed`; everything that edits one
makes a new project by a pure edit and hands it to `Document.edit`.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from netbuilder.app.recent import remember
from netbuilder.compiler import Check, check
from netbuilder.graph import Graph, Project
from netbuilder.graph import file as project_file
from netbuilder.graph.atomic import FileError
from netbuilder.graph.journal import Journal, Leftover, discard, leftovers
from netbuilder.layers.paths import anchored, portable

UNDO_LIMIT = 500
#: Edits with the same key merge while they follow each other within this many seconds.
MERGE_S = 1.0
_SYNC_MS = 1000
#: Longer than between two steps of a drag or two letters, too short to be waited for.
_SETTLE_MS = 150
#: As many new nodes take longer than a person waits without a word.
_MANY = 2000


class _Edit(QUndoCommand):
    """One step of the history: the project before and after. Never nested."""

    def __init__(
        self, document: Document, text: str, before: Project, after: Project, merge: object | None
    ) -> None:
        super().__init__(text)
        self.document, self.before, self.after, self.merge = document, before, after, merge
        self.time = time.monotonic()

    def redo(self) -> None:
        self.document._show(self.after)

    def undo(self) -> None:
        self.document._show(self.before)

    def id(self) -> int:
        return -1 if self.merge is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other.merge != self.merge:
            return False
        if other.time - self.time > MERGE_S or other.before is not self.after:
            return False
        self.after, self.time = other.after, other.time
        self.setText(other.text())
        self.setObsolete(_same(self.before, self.after))
        return True


class Document(QObject):
    """A project that is open.

    changed(before, after): two projects, after every edit, undo, redo and opening.
    checked(check): what the compiler says of the new project, right after `changed`.
    opened(): another project is shown, so views start anew. path_changed(): its file or
    title. clean_changed(clean). trouble(sentence): the journal could not be written.
    settled(project): for whoever reads the whole project anew and may be late: a moment
    after the last of several edits, and at once when another project is shown.
    busy(sentence): so much is to be shown that it takes a while, and "" when it is done.
    """

    changed = Signal(object, object)
    checked = Signal(object)
    settled = Signal(object)
    opened = Signal()
    path_changed = Signal()
    clean_changed = Signal(bool)
    trouble = Signal(str)
    busy = Signal(str)

    def __init__(self, project: Project | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project or Project()
        self._path: Path | None = None
        self._check: tuple[Project, Check] | None = None
        self._journal = Journal()
        self._troubled = False
        self._showing = False
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(UNDO_LIMIT)
        self.stack.cleanChanged.connect(self._clean_changed)
        self._sync_timer = QTimer(self)
        self._sync_timer.setSingleShot(True)
        self._sync_timer.setInterval(_SYNC_MS)
        self._sync_timer.timeout.connect(self._sync)
        self._settle_timer = QTimer(self)
        self._settle_timer.setSingleShot(True)
        self._settle_timer.setInterval(_SETTLE_MS)
        self._settle_timer.timeout.connect(self._settle)

    def __del__(self) -> None:
        # PySide 6.11 crashes where the cyclic collector meets an undo stack with commands on
        # it; finalisers run before the collector takes anything apart.
        with contextlib.suppress(AttributeError, RuntimeError):  # never made, or gone with Qt
            self.stack.clear()

    # --- what is open ------------------------------------------------------------------

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self._project

    @property
    def path(self) -> Path | None:
        """Its file, or None if it was never saved."""
        return self._path

    @property
    def title(self) -> str:
        """For the title of the window."""
        return self._path.stem if self._path else self._project.name

    @property
    def clean(self) -> bool:
        """Whether the file holds exactly this project."""
        return self.stack.isClean()

    @property
    def check(self) -> Check:
        """What the compiler says of the project; computed once for each."""
        if self._check is None or self._check[0] is not self._project:
            before = self._check[0] if self._check is not None else None
            self._check = (self._project, check(self._project, like=before))
        return self._check[1]

    def recheck(self) -> None:
        """Look again: a file that the project reads may have come, gone or changed.

        What it says is remembered with the project, so an equal one takes its place.
        """
        same = replace(self._project)
        if _said(check(same)) != _said(self.check):
            before, self._project = self._project, same
            self._announce(before)

    # --- editing -----------------------------------------------------------------------

    def edit(self, text: str, project: Project, merge: object | None = None) -> None:
        """Make `project` the current one, as one step of the history named `text`.

        Steps with the same `merge` key that follow each other within a second become one
        (a drag, a spin box held down). Nothing happens if the project is the same value.
        """
        if self._showing:
            raise RuntimeError("an edit was made while another was being shown")
        if not _same(self._project, project):
            self.stack.push(_Edit(self, text, self._project, project, merge))

    def edit_graph(
        self,
        text: str,
        graph: Graph,
        place: tuple[str, ...] = (),
        merge: object | None = None,
    ) -> None:
        """Like `edit`, with one graph replaced; optimisers forget nodes that are gone."""
        project = self._project.with_graph(graph, place)
        if not place:
            gone = self._project.graph.nodes.keys() - graph.nodes.keys()
            project = project.forgetting(gone) if gone else project
        self.edit(text, project, merge)

    def undo(self) -> None:
        """One step back."""
        self.stack.undo()

    def redo(self) -> None:
        """One step forth."""
        self.stack.redo()

    # --- files -------------------------------------------------------------------------

    def new(self, project: Project | None = None, discard: bool = False) -> None:
        """Start with a project that has no file. For `discard` see `open`."""
        self._replace(project or Project(), None, discard)

    def open(self, path: Path, discard: bool = False) -> list[str]:
        """Open a project file; returns a sentence for each thing that was left out.

        Unsaved edits of the project before stay in its journal, to be offered by
        `leftovers`, unless the person chose to `discard` them. Raises FileError, and
        then nothing has changed.
        """
        path = Path(path).absolute()
        loaded = project_file.load(path)
        self._replace(anchored(loaded.project, path.parent), path, discard)
        remember(path)
        return list(loaded.warnings)

    def save(self) -> None:
        """Write the project to its file. Raises FileError; nothing is lost then."""
        if self._path is None:
            raise FileError(f"{self.title} has no file yet; save it under a name.")
        self.save_as(self._path)

    def save_as(self, path: Path) -> None:
        """Write the project to another file and stay with that. Raises FileError."""
        path = Path(path).absolute()
        if not path.suffix:
            path = path.with_suffix(project_file.SUFFIX)
        project_file.save(portable(self._project, path.parent), path)
        moved, self._path = path != self._path, path
        self._journal.clear(path)
        self.stack.setClean()
        remember(path)
        if moved:
            self.path_changed.emit()

    def revert(self) -> list[str]:
        """Back to what the file holds, as a step that can be undone. Raises FileError."""
        if self._path is None:
            raise FileError(f"{self.title} has no file to go back to.")
        loaded = project_file.load(self._path)
        self.edit("Revert", anchored(loaded.project, self._path.parent))
        self.stack.setClean()
        return list(loaded.warnings)

    def close(self) -> None:
        """Give up what is unsaved: the person saved it, or said not to."""
        self._sync_timer.stop()
        self._settle_timer.stop()
        self._journal.clear()

    # --- recovery ----------------------------------------------------------------------

    @staticmethod
    def leftovers() -> tuple[Leftover, ...]:
        """Unsaved work of programs that are no longer running, latest first."""
        return leftovers()

    def recover(self, leftover: Leftover) -> None:
        """Continue where a journal ends.

        The old journal goes away only when a new one holds the same project on the disk,
        so dying meanwhile loses nothing.
        """
        self._replace(leftover.project, leftover.document, False)
        self.stack.resetClean()
        try:
            self._journal.record(leftover.project, leftover.project)
            self._journal.sync()
        except FileError as error:
            self._tell(error)
        else:
            discard(leftover)

    # --- inside ------------------------------------------------------------------------

    def _replace(self, project: Project, path: Path | None, discard: bool) -> None:
        if discard or self.clean:
            self._journal.clear()
        else:
            self._journal.abandon()
        before, self._project, self._path = self._project, project, path
        self._journal = Journal(path)
        self._troubled = False
        self.stack.clear()
        self._announce(before)
        self._settle()
        self.opened.emit()
        self.path_changed.emit()

    def _show(self, project: Project) -> None:
        before, self._project = self._project, project
        self._record(before)
        self._announce(before)
        self._settle_timer.start()

    def _settle(self) -> None:
        self._settle_timer.stop()
        self.settled.emit(self._project)

    def _announce(self, before: Project) -> None:
        self._showing = True
        count = _new_nodes(before, self._project)
        if count >= _MANY:
            said = f"{count:,}".replace(",", " ")
            self.busy.emit(f"{said} nodes are being checked and drawn: this takes some seconds.")
        try:
            self.changed.emit(before, self._project)
            self.checked.emit(self.check)
        finally:
            self._showing = False
            if count >= _MANY:
                self.busy.emit("")

    def _record(self, before: Project) -> None:
        try:
            self._journal.record(before, self._project)
            self._troubled = False
        except FileError as error:
            self._tell(error)
        if not self._sync_timer.isActive():
            self._sync_timer.start()

    def _sync(self) -> None:
        try:
            self._journal.sync()
        except FileError as error:
            self._tell(error)

    def _tell(self, error: FileError) -> None:
        if not self._troubled:  # once, not at every edit
            self._troubled = True
            self.trouble.emit(str(error))

    def _clean_changed(self, clean: bool) -> None:
        if clean:
            self._journal.clear()
        self.clean_changed.emit(clean)


def _said(check: Check) -> tuple[object, ...]:
    """What one sees of a check."""
    shapes = [(path, info.outputs) for path, info in check.nodes.items()]
    return shapes, [(p.node, p.message) for p in check.problems]


def _new_nodes(before: Project, after: Project) -> int:
    """How many nodes of the top graph have to be drawn that were not there."""
    return len(after.graph.nodes.keys() - before.graph.nodes.keys())


def _same(before: Project, after: Project) -> bool:
    """Whether nothing changed: 1, 1.0 and true are equal in Python, but not here."""
    return before is after or (before == after and repr(before) == repr(after))
