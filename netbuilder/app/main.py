"""Starts the window. Torch is not loaded here: the engine process does that meanwhile."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from netbuilder import resources
from netbuilder.app import theme
from netbuilder.app.preferences import Preferences
from netbuilder.app.window import MainWindow
from netbuilder.graph.atomic import FileError


def application(arguments: list[str]) -> QApplication:
    """The one QApplication, with the program's name."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    app = QApplication(["netbuilder", *arguments])
    app.setApplicationName("NetBuilder")
    app.setOrganizationName("NetBuilder")
    app.setStyle("Fusion")
    return app


def main(arguments: list[str]) -> int:
    """Open the window on a project, or on an example; returns the exit code."""
    faulthandler.enable()
    path = Path(arguments[0]) if arguments else None
    if path is not None and not path.exists() and resources.example(path.name).exists():
        path = resources.example(path.name)
    app = application([])
    preferences = Preferences()
    theme.apply(app, preferences.theme, preferences.flag("high_contrast", False))
    window = MainWindow(preferences)
    _watch(window)
    problem = ""
    if path is not None:
        try:
            window.files.open_quietly(path)
        except FileError as error:
            problem = str(error)
    if path is None or problem:
        window.files.open_example("digits_cnn")
    # Two processors are soon busy: the window is drawn first, then the engine starts.
    drawn = _Drawn(window)
    window.show()
    if problem:
        window.say("error", problem)
    code = app.exec()
    drawn.join()
    return code


class _Drawn(QObject):
    """Begins what can wait as soon as the first frame of the window is on the screen."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._loading = threading.Thread(target=_load, name="loading")
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self._begin)  # what lies inside the window is drawn by then
        return False

    def join(self) -> None:
        """Wait for the loading, so that the program never ends in the middle of it."""
        if self._loading.ident is not None:
            self._loading.join()

    def _begin(self) -> None:
        self._window.begin()
        self._loading.start()


def _load() -> None:
    """Load what the first curve and the first wire need: half a second, and no frame late.

    Whoever needs them earlier loads them, and meets the fault if there is one.
    """
    with contextlib.suppress(Exception):
        import networkx  # noqa: F401

        import netbuilder.app.theme.plot_widget  # noqa: F401
    # What is loaded by now stays for good. Else the collector goes through all of it now and
    # then, which kept a frame waiting for 54 ms; so it is 9 ms.
    gc.freeze()


def _watch(window: MainWindow) -> None:
    """An exception nobody foresaw is told in one sentence, and the window goes on."""

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write("".join(traceback.format_exception(kind, error, trace)))
        if not issubclass(kind, KeyboardInterrupt):
            window.unforeseen.emit(f"Something went wrong inside: {error}. Your work is kept.")

    def tell_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            tell(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = tell
    threading.excepthook = tell_thread
