"""Files dropped on the canvas: a project opens, a table or a text becomes a Data node.

What cannot be used is said where it was dropped, in one sentence, and nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF

from netbuilder.graph.file import SUFFIX
from netbuilder.layers import ParamError
from netbuilder.layers.roles import DataError
from netbuilder.templates import fields_of

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

#: Kind of data set by the end of a file's name.
KINDS = {".csv": "csv", ".tsv": "csv", ".txt": "text", ".md": "text"}
_WHAT = "drop a .netbuilder project, a .csv table or a .txt file."
#: Between two nodes of one drop.
_APART = 160.0


class Dropped(QObject):
    """Takes the files of a window's canvas."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def take(self, paths: Sequence[object], at: QPointF) -> None:
        """Use every file that can be used; say of the first other one why not."""
        trouble = ""
        for path in (Path(str(p)) for p in paths):
            sentence = self._take(path, at)
            if not sentence:
                at = at + QPointF(0, _APART)
            trouble = trouble or sentence
        self._say(trouble, at)

    def _take(self, path: Path, at: QPointF) -> str:
        suffix = path.suffix.lower()
        if suffix == SUFFIX:
            return self._window.files.try_open(path)
        if suffix not in KINDS:
            what = "a folder" if path.is_dir() else "of no kind that is known here"
            return f"{path.name} is {what}: {_WHAT}"
        try:
            fields_of(KINDS[suffix], {"path": str(path)})
        except DataError as error:
            # There is no Data node yet in which to choose another one.
            return str(error).replace(" in the Data node", "")
        except ParamError:
            pass  # it can be read, and the node says what to set
        self._window.canvas.select(())
        placing = self._window.canvas.placing
        placing.behind_selection(KINDS[suffix], {"path": str(path)}, at)
        return ""

    def _say(self, sentence: str, at: QPointF) -> None:
        start, canvas = self._window.start, self._window.canvas
        if not start.isHidden():
            start.say(sentence)
        elif sentence:
            canvas.note.offer(sentence, canvas.mapFromScene(at), None)
