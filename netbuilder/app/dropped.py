"""Files dropped on the canvas: a project or a run opens, data becomes a node, weights are offered.

A run, by its folder or a file in it, opens as a project without a file, with its curves, and
its weights answer what is asked. Of other weights only names and shapes are read here, and
compared with the network's; who takes the offer begins runs with them, which can be undone.
What cannot be used is said where it was dropped, in one sentence, and nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF

from netbuilder.app.panels.train import History
from netbuilder.graph.file import SUFFIX
from netbuilder.layers import ParamError
from netbuilder.layers.image_listing import holds_images
from netbuilder.layers.roles import DataError
from netbuilder.templates import fields_of
from netbuilder.training import header
from netbuilder.training.header import HeaderError, read_header
from netbuilder.training.record import RecordError
from netbuilder.training.run import Run, RunError

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

#: Kind of data set by the end of a file's name.
KINDS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "text", ".md": "text",
    ".npy": "numpy_file", ".npz": "numpy_file",
}  # fmt: skip
#: Files of weights that run code of their maker when they are opened.
PICKLES = (".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle")
_WHAT = (
    "drop a .netbuilder project, a .csv table, a .txt file, a .npy file, a folder of images, "
    "or weights as .safetensors."
)
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
        if (run := _run_of(path)) is not None:
            return self._open_run(run)
        if suffix == header.SUFFIX:
            return self._offer_weights(path)
        if suffix in PICKLES:
            return (
                f"{path.name} may be a pickle, which could run anything, so it is not opened; "
                "save its state dict as .safetensors."
            )
        if suffix == SUFFIX:
            return self._window.files.try_open(path)
        kind = KINDS.get(suffix)
        if path.is_dir() and holds_images(path):
            kind = "image_folder"
        if kind is None:
            what = "a folder without images" if path.is_dir() else "of no kind that is known here"
            return f"{path.name} is {what}: {_WHAT}"
        try:
            fields_of(kind, {"path": str(path)})
        except DataError as error:
            # There is no Data node yet in which to choose another one.
            return str(error).replace(" in the Data node", "")
        except ParamError:
            pass  # it can be read, and the node says what to set
        self._window.canvas.select(())
        placing = self._window.canvas.placing
        placing.behind_selection(kind, {"path": str(path)}, at)
        return ""

    # --- runs and weights ------------------------------------------------------------------

    def _open_run(self, run: Run) -> str:
        """The project as it was trained, its curves, and its weights to look at."""
        window, session = self._window, self._window.session
        if session.state in ("running", "paused"):
            return f"A run is in progress; stop it before you open {run.id}."
        try:
            history = History.of_run(run.folder)
        except (RunError, RecordError) as error:
            return str(error)
        before = window.document.project
        session.look_at(str(run.folder))
        if not window.files.open_copy(run.folder / "project.netbuilder"):
            return f"{run.id} keeps no project that can be opened."
        if window.document.project is before:  # it was open: only the weights are others
            window.live.look()
            window.look_inside.look_at(before)
        window.train_panel.show_run(history)
        window.bottom.show_panel("train")
        if run.checkpoint is None:
            window.say("info", f"This is what {run.id} trained; it has kept no weights.")
        else:
            words = f"This is what {run.id} trained; its weights answer in Look inside."
            window.say("info", words, "Begin runs with them", partial(self._begin, run.checkpoint))
        return ""

    def _offer_weights(self, path: Path) -> str:
        window = self._window
        try:
            read = read_header(path)
        except HeaderError as error:
            return str(error)
        fits, wanted = read.fitting(window.document.check)
        if not fits:
            return (
                f"None of the weights in {path.name} has the name and shape of one of this "
                "network; open the project that they come from first."
            )
        parts = f"all {wanted}" if fits == wanted else f"{fits} of {wanted}"
        words = f"{path.name} has {parts} weights of this network."
        window.say("info", words, "Begin runs with them", partial(self._begin, path))
        return ""

    def _begin(self, path: Path) -> None:
        document = self._window.document
        training = replace(document.project.training, weights=str(path.resolve()))
        document.edit(f"Begin with {path.name}", replace(document.project, training=training))

    def _say(self, sentence: str, at: QPointF) -> None:
        start, canvas = self._window.start, self._window.canvas
        if not start.isHidden():
            start.say(sentence)
        elif sentence:
            canvas.note.offer(sentence, canvas.mapFromScene(at), None)


def _run_of(path: Path) -> Run | None:
    """The run that a folder is, or that a file or a checkpoint stands in."""
    for folder in (path, path.parent, path.parent.parent):
        if (folder / "run.json").is_file() and (folder / "project.netbuilder").is_file():
            return Run(folder.resolve())
    return None
