"""Pictures of the window, drawn without a screen, as README and the guide use them."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PIL import Image
from PySide6.QtCore import QBuffer, QEventLoop, QIODevice

from netbuilder.app import theme
from netbuilder.app.main import application
from netbuilder.app.preferences import Preferences
from netbuilder.app.theme import motion
from netbuilder.app.window import MainWindow
from netbuilder.graph.atomic import FileError, atomic_write

_PATIENCE_S = 240.0
#: A person would not see the difference, and the file is a third.
_COLOURS = 256


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
    with Studio(size, mode) as studio:
        studio.window.files.open_quietly(project)
        studio.wait_for_engine()
        if train:
            studio.train()
        if panel is not None:
            studio.show_panel(panel)
        studio.window.canvas.frame_all()
        studio.take(target)


class Studio:
    """A window as on the first day, of which pictures are taken; it is closed at the end."""

    def __init__(self, size: tuple[int, int], mode: theme.Mode = "dark") -> None:
        self._app = application([])
        theme.apply(self._app, mode)
        motion.set_reduced(True)  # nothing is half on its way
        self.window = MainWindow(_Fresh())
        self.window.resize(*size)
        self.window.show()
        self.window.reset_layout()
        self.window.session.start()

    def __enter__(self) -> Studio:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.window.document.close()
        self.window.session.close()
        self.window.deleteLater()

    def wait_for_engine(self) -> None:
        """Until it can compute. Raises FileError if it never does."""
        if not self._until(lambda: self.window.session.engine is not None):
            raise FileError("The engine did not start, so there is nothing to show.")

    def train(self) -> None:
        """Train the project to its end."""
        self.window.trainer.run()
        self._until(lambda: self.window.session.state == "stopped")

    def show_panel(self, name: str) -> None:
        """Show a panel below the canvas. Raises FileError if there is none of that name."""
        names = self.window.bottom.names
        if name not in names:
            raise FileError(f"There is no panel {name}; there are {', '.join(names)}.")
        self.window.bottom.show_panel(name)

    def settle(self, seconds: float = 2.0) -> None:
        """Let answers arrive and pictures be drawn."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
            time.sleep(0.01)

    def take(self, target: Path) -> None:
        """Write what the window shows, without passing messages, as a PNG of 256 colours."""
        self.settle()
        self.window.toasts.clear()
        self.settle(0.2)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self.window.grab().save(buffer, "PNG")
        picture = Image.open(io.BytesIO(buffer.data().data())).convert("RGB")
        few = picture.quantize(_COLOURS, dither=Image.Dither.NONE)
        written = io.BytesIO()
        few.save(written, "PNG", optimize=True)
        atomic_write(target, written.getvalue())

    def _until(self, done: Callable[[], bool]) -> bool:
        end = time.monotonic() + _PATIENCE_S
        while not done() and time.monotonic() < end:
            self._app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
            time.sleep(0.005)
        return done()


class _Fresh(Preferences):
    """As on the first day, and nothing is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self._values = {}

    def keep(self, **values: object) -> None:
        pass
