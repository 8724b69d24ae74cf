"""Runs that other processes train: left behind by a window that was closed, or begun apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMessageBox

from netbuilder.app.panels.train import History
from netbuilder.app.run_elsewhere import RunElsewhere
from netbuilder.graph.atomic import FileError
from netbuilder.training import headless, presence
from netbuilder.training.events import Failed, Finished, Skipped
from netbuilder.training.follower import Follower
from netbuilder.training.record import RecordError
from netbuilder.training.run import Run, RunError, list_runs

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

Answer = Literal["stop", "keep", "cancel"]
_POLL_MS = 300
#: Between two looks for a run that has not begun yet.
_WAIT_MS = 1000
_AGAIN_MS = 6000
#: So many of the latest runs are asked whether they live when the window opens.
_LOOKED_AT = 100


class Elsewhere(QObject):
    """Asks before a window with a run in it closes, hands the run over, finds and follows it.

    `ask` opens a dialog; tests put another in place.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.ask = self._ask
        self._kept: str | None = None
        self._follower: Follower | None = None
        self._history = History()
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._awaited: Path | None = None
        self._waiting = QTimer(self)
        self._waiting.setInterval(_WAIT_MS)
        self._waiting.timeout.connect(self._look_for_awaited)
        self.launching: RunElsewhere | None = None

    # --- closing -------------------------------------------------------------------------

    def may_close(self) -> bool:
        """Whether the window may close: a run in progress is stopped, handed over, or stays."""
        session = self._window.session
        if session.state not in ("running", "paused"):
            return True
        answer = self.ask(session.project.name)
        # It may have ended while the question stood.
        trains = session.state in ("running", "paused")
        self._kept = session.run if answer == "keep" and trains else None
        return answer != "cancel"

    def hand_over(self) -> None:
        """After the engine saved the run and ended: a process of its own goes on with it."""
        self._stop_following()
        self._stop_waiting()
        kept, self._kept = self._kept, None
        if kept is not None:
            headless.go_on(Run(Path(kept)))

    # --- finding -------------------------------------------------------------------------

    def found(self) -> list[Run]:
        """Runs that another process trains now."""
        own = self._window.session.run
        busy = self._window.session.state in ("running", "paused")
        mine = Path(own).name if own is not None and busy else ""
        runs = list_runs()[:_LOOKED_AT]
        return [run for run in runs if run.id != mine and presence.present(run.folder)]

    def offer(self, looks: int = 3) -> None:
        """Tell of a run that goes on without this window.

        looks: how often to look; a process that was handed a run takes some seconds to begin.
        """
        found = self.found()[:1]
        if not found and looks > 1:
            QTimer.singleShot(_AGAIN_MS, self, partial(self.offer, looks - 1))
        for run in found:
            self._window.say(
                "info",
                f"{run.id} goes on without this window.",
                "Follow it",
                partial(self.follow, str(run.folder)),
            )

    def begin_apart(self) -> None:
        """Train the open project in a process of its own; the window's engine stays free."""
        window = self._window
        if not window.trainer.may_train():
            return
        try:
            run = headless.begin(window.document.project)
        except (RunError, FileError) as error:
            window.say("error", str(error))
            return
        QTimer.singleShot(4000, self, window.runs.refresh)
        window.say(
            "info", f"{run.id} trains in a process of its own.", "Show the runs", self._show_runs
        )

    def show_launching(self) -> None:
        """How to train the open project on other machines."""
        if self.launching is not None:
            self.launching.close()
            self.launching.deleteLater()
        self.launching = RunElsewhere(self._window.document, self._window)
        self.launching.follow_wanted.connect(self.follow_when_begun)
        self.launching.show()

    # --- following -----------------------------------------------------------------------

    def follow_when_begun(self, folder: str) -> None:
        """Follow the run in a folder, as soon as there is one."""
        self._awaited = Path(folder)
        self._look_for_awaited()
        if self._awaited is not None:
            self._waiting.start()
            self._window.say(
                "info", f"Waiting until a run begins in {folder}.", "Stop waiting",
                self._stop_waiting,
            )  # fmt: skip

    @property
    def awaited(self) -> Path | None:
        """The folder in which a run is yet to begin."""
        return self._awaited

    def _look_for_awaited(self) -> None:
        folder = self._awaited
        if folder is not None and (folder / "run.sqlite").is_file():
            self._stop_waiting()
            self.follow(str(folder))

    def _stop_waiting(self) -> None:
        self._waiting.stop()
        self._awaited = None

    def follow(self, folder: str) -> None:
        """Show the curves of a run as another process makes them grow."""
        self._stop_following()
        self._history = History()
        self._follower = Follower(Run(Path(folder)))
        self._poll()
        if self._follower is not None:
            self._timer.start()
            window = self._window
            window.train_panel.show_run(self._history)
            window.bottom.show_panel("train")
            window.say("info", f"{Path(folder).name} trains in another process.", "Stop it",
                       partial(self._stop, Path(folder)))  # fmt: skip

    @property
    def following(self) -> Run | None:
        """The run that is followed."""
        return self._follower.run if self._follower is not None else None

    def _poll(self) -> None:
        follower = self._follower
        if follower is None:
            return
        try:
            events: Sequence[object] = follower.poll()
        except (RunError, RecordError) as error:
            self._window.say("error", str(error))
            self._stop_following()
            return
        for event in events:
            self._history.apply(event)  # type: ignore[arg-type]
            if isinstance(event, Failed):
                self._window.say("error", event.message)
            elif isinstance(event, Skipped):
                self._window.say("warning", event.message)
            elif isinstance(event, Finished):
                figures = ", ".join(f"{n} {v:.4g}" for n, v in event.test.items())
                how = "was stopped" if event.stopped else "finished"
                self._window.say("ok", f"{follower.run.id} {how}. Test split: {figures or '–'}")
        if events and self._window.train_panel.history is self._history:
            self._window.train_panel.redraw()
        if follower.over:
            self._stop_following()
            self._window.runs.refresh()

    def _stop_following(self) -> None:
        self._timer.stop()
        if self._follower is not None:
            self._follower.close()
            self._follower = None

    def _stop(self, folder: Path) -> None:
        presence.ask(folder, "stop")

    def _show_runs(self) -> None:
        self._window.bottom.show_panel("runs")

    # --- the question --------------------------------------------------------------------

    def _ask(self, name: str) -> Answer:
        box = QMessageBox(self._window)
        box.setWindowTitle("NetBuilder")
        box.setText(f"{name} is training. What becomes of it when the window closes?")
        keep = box.addButton("Keep training", QMessageBox.ButtonRole.AcceptRole)
        stop = box.addButton("Stop and save", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setInformativeText(
            "It can go on without the window, which finds it when it is opened again. "
            "A run that is stopped keeps what it reached and can go on later."
        )
        box.setDefaultButton(keep)
        box.exec()
        clicked = box.clickedButton()
        box.deleteLater()
        return "keep" if clicked is keep else "stop" if clicked is stop else "cancel"
