"""The person's own blocks as the window offers them: listed, kept, renamed, taken out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from netbuilder.graph import GraphError, Project
from netbuilder.graph.atomic import FileError
from netbuilder.graph.library import Library, Saved

#: Begins the kind under which a kept block is dragged, searched and placed.
MINE = "mine:"
FAMILY = "My blocks"


class MyBlocks(QObject):
    """What the library holds, read once and again after every change made here.

    An edit returns why it cannot be, as one sentence, or an empty text.
    """

    changed = Signal()

    def __init__(self, library: Library | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.library = library or Library()
        self._saved: tuple[Saved, ...] = ()
        #: One sentence for each file that cannot be read; the others are there all the same.
        self.troubles: tuple[str, ...] = ()
        self.refresh()

    @property
    def saved(self) -> tuple[Saved, ...]:
        """The kept blocks, by name."""
        return self._saved

    def refresh(self) -> None:
        """Read the folder again, such as after files were put into it."""
        before = self._saved
        self._saved, self.troubles = self.library.entries()
        if before != self._saved:
            self.changed.emit()

    def names(self) -> tuple[str, ...]:
        """What the kept blocks are called."""
        return tuple(saved.name for saved in self._saved)

    def keep(self, project: Project, name: str) -> str:
        """Save a block of a project; one of the same name is replaced."""
        return self._done(lambda: self.library.save(project, name))

    def rename(self, old: str, new: str) -> str:
        """Call a kept block otherwise."""
        return self._done(lambda: self.library.rename(old, new))

    def forget(self, name: str) -> str:
        """Take a block out; `bring_back` undoes it."""
        return self._done(lambda: self.library.remove(name))

    def bring_back(self, name: str) -> str:
        """Put a block back that was taken out."""
        return self._done(lambda: self.library.restore(name))

    def taken(self, project: Project, kind: str) -> tuple[Project, str]:
        """With a kept block in a project; the name it has there. Raises GraphError, FileError."""
        return self.library.add(project, kind.removeprefix(MINE))

    def _done(self, edit: Callable[[], object]) -> str:
        try:
            edit()
        except (FileError, GraphError) as error:
            return str(error)
        self.refresh()
        return ""
