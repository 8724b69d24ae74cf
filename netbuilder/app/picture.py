"""A picture of the window with a project, as README and the guide use it."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QEventLoop, QIODevice
from PySide6.QtWidgets import QApplication

from netbuilder.app import theme
from netbuilder.app.main import application
from netbuilder.app.preferences import Preferences
from netbuilder.app.window import MainWindow
from netbuilder.graph.atomic import FileError, atomic_write

_PATIENCE_S = 240.0


def window_picture(
    project: Path,
    target: Path,
    mode: theme.Mode,
    size: tuple[int, int],
    panel: str | None,
    train: bool,
) -> None:
    """Draw the window into a PNG file; with `train` the project is trained before.

    Raises FileError if the project cannot be opened or the picture not be written.
    """
    app = application([])
    theme.apply(app, mode)
    window = MainWindow(_Fresh())
    window.resize(*size)
    window.files.open_quietly(project)
    window.show()
    window.reset_layout()
    window.session.start()
    if not _until(app, lambda: window.session.engine is not None):
        raise FileError("The engine did not start, so there is nothing to show.")
    if train:
        window.trainer.run()
        _until(app, lambda: window.session.state == "stopped")
    if panel is not None:
        if panel not in window.bottom.names:
            raise FileError(
                f"There is no panel {panel}; there are {', '.join(window.bottom.names)}."
            )
        window.bottom.show_panel(panel)
    window.canvas.frame_all()
    _settle(app, 2.0)
    window.toasts.clear()
    _settle(app, 0.2)
    _save(window, target)
    window.document.close()
    window.session.close()
    window.deleteLater()


def _until(app: QApplication, done: Callable[[], bool]) -> bool:
    end = time.monotonic() + _PATIENCE_S
    while not done() and time.monotonic() < end:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        time.sleep(0.005)
    return done()


def _settle(app: QApplication, seconds: float) -> None:
    """Let answers arrive and pictures be drawn."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        time.sleep(0.01)


def _save(window: MainWindow, target: Path) -> None:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    atomic_write(target, io.BytesIO(buffer.data().data()).getvalue())


class _Fresh(Preferences):
    """As on the first day, and nothing is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self._values = {}

    def keep(self, **values: object) -> None:
        pass
