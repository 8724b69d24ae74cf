"""What the window does about training: begins it, follows it, says how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from netbuilder.app.panels.runs.several import Kind
from netbuilder.app.rates import Rates
from netbuilder.engine.messages import Ready
from netbuilder.graph import Project
from netbuilder.training.events import Event, Failed, Finished, Refused, Skipped
from netbuilder.training.parts import check_parts
from netbuilder.training.schedules import checked_schedule
from netbuilder.training.settings import SettingError, checked

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow


class Trainer(QObject):
    """Between the session and the parts of a window that show it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = session = window.session
        self._smaller = 1
        self._rates = Rates(window.document, session)
        toolbar = window.toolbar
        session.state_changed.connect(self._state_changed)
        session.events.connect(self._follow)
        session.ready.connect(self._engine_ready)
        session.engine_died.connect(self._engine_died)
        session.silence.connect(self._silence)
        self._silent = ""
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._still_silent)
        toolbar.run_pressed.connect(self.run)
        toolbar.pause_pressed.connect(session.pause)
        toolbar.step_pressed.connect(self.step)
        toolbar.stop_pressed.connect(session.stop)
        toolbar.device_chosen.connect(self._choose_device)
        toolbar.rate_changed.connect(self._rates.choose)
        window.runs.queue.trouble.connect(lambda text: window.say("warning", text))
        window.runs.details.waiting.form.wanted.connect(self._enqueue_several)

    # --- what a person wants -----------------------------------------------------------------

    def run(self) -> None:
        """Train, or go on after a pause; what keeps it from training is shown."""
        if self._session.state == "paused":
            self._session.resume()
        elif self.may_train():
            self._session.train()
            self._window.bottom.show_panel("train")

    def step(self) -> None:
        """One batch."""
        if self._session.state in ("running", "paused") or self.may_train():
            self._session.step()

    def resume(self, folder: str) -> None:
        """Go on with a run of the past, with the project that it keeps."""
        window = self._window
        if self._session.state in ("running", "paused"):
            window.say("warning", "A run is in progress; stop it first.")
        elif window.files.open_copy(Path(folder) / "project.netbuilder"):
            self._session.train(resume=folder)
            window.train_panel.show_live()
            window.bottom.show_panel("train")

    def enqueue(self) -> None:
        """Train the project when those before it are done."""
        if self.may_train():
            window = self._window
            window.runs.queue.add(window.document.project)
            window.bottom.show_panel("runs")
            window.runs.details.turn_to("Queue")

    def take_up_queue(self) -> None:
        """Tell of runs that waited when a window was closed; one click lets them begin."""
        window, queue = self._window, self._window.runs.queue
        for sentence in queue.take_up():
            window.say("warning", sentence)
        waiting = sum(item.state == "waiting" for item in queue.items)
        if queue.held and waiting:
            words = "1 run waits" if waiting == 1 else f"{waiting} runs wait"
            window.say(
                "info",
                f"{words} in the queue since a window was closed.",
                "Train",
                self._train_queue,
            )

    def _train_queue(self) -> None:
        window = self._window
        window.runs.queue.go_on()
        window.bottom.show_panel("runs")
        window.runs.details.turn_to("Queue")

    def ask_several(self, kind: Kind) -> None:
        """Ask how many runs on other rows there shall be: folds, or a bag."""
        if self.may_train():
            self._window.bottom.show_panel("runs")
            self._window.runs.ask_several(kind)

    def _enqueue_several(self, kind: Kind, count: int) -> None:
        if self.may_train():
            self._window.runs.queue.add_several(self._window.document.project, kind, count)

    def may_train(self) -> bool:
        """Whether the open project can be trained; if not, what keeps it from that is shown."""
        window = self._window
        window.document.recheck()
        errors = window.document.check.errors
        wrong = _wrong_setting(window.document.project)
        if errors:
            first = errors[0]
            window.bottom.show_panel("problems")
            where = f"{first.node}: " if first.node else ""
            window.say("error", f"It cannot be trained yet. {where}{first.message}")
            if first.node is not None:
                window.reveal(first.block, first.node)
        elif wrong:
            window.say("error", f"It cannot be trained yet. {wrong}")
            window.canvas.select(())  # then the inspector shows the project's settings
        return not errors and not wrong

    def _choose_device(self, device: str) -> None:
        document = self._window.document
        training = replace(document.project.training, device=device)
        document.edit("Choose the device", replace(document.project, training=training))

    # --- what the engine says ----------------------------------------------------------------

    def _state_changed(self, state: str) -> None:
        window = self._window
        window.toolbar.set_state(state)
        window.status.set_state(state)
        window.menus.set_state(state)

    def _follow(self, events: Sequence[Event]) -> None:
        window = self._window
        window.toolbar.follow(events)
        window.status.follow(events)
        self._rates.follow(events)
        for event in events:
            if isinstance(event, Failed | Finished):
                window.show_rate()  # a schedule has left it elsewhere
            if isinstance(event, Failed):
                self._failed(event)
            elif isinstance(event, Refused | Skipped):
                window.say("warning", event.message)
            elif isinstance(event, Finished) and not event.stopped:
                figures = ", ".join(f"{n} {v:.4g}" for n, v in event.test.items())
                test = f" Test split: {figures}" if figures else ""
                window.say(
                    "ok",
                    f"{event.reason or f'Finished after {event.seconds:.0f} s.'}{test}",
                    "Look inside",
                    self._look_inside,
                )

    def _failed(self, event: Failed) -> None:
        window = self._window
        window.status.set_state("stopped")
        if event.batch_size:
            self._smaller = event.batch_size
            window.say(
                "error", event.message, f"Set the batch size to {event.batch_size}", self._shrink
            )
        elif event.run:
            window.say("error", event.message, "Resume the run", self._resume_failed)
        else:
            window.say("error", event.message)
        if event.node is not None and event.node in window.document.project.graph:
            window.canvas.reveal(event.node, ())

    def _shrink(self) -> None:
        """Take the smaller batch that was offered; a run that began keeps its own."""
        document = self._window.document
        training = replace(document.project.training, batch_size=self._smaller)
        document.edit("Set the batch size", replace(document.project, training=training))
        self._window.say(
            "ok",
            f"The batch size is now {self._smaller}; Undo takes it back. A new run uses it.",
            "Run",
            self.run,
        )

    def _resume_failed(self) -> None:
        """From the last good checkpoint, at the rates that the project has now."""
        if self._session.started is not None:
            self._session.train(resume=self._session.started.folder)

    def _look_inside(self) -> None:
        self._window.bottom.show_panel("look_inside")

    def _engine_ready(self, ready: Ready) -> None:
        window = self._window
        window.status.set_engine(f"PyTorch {ready.torch.split('+')[0]}")
        window.toolbar.set_devices(ready.devices, window.document.project.training.device)
        window.inspector.set_devices(ready.devices)

    def _silence(self, sentence: str) -> None:
        """The engine seems to hang, or answers again."""
        window = self._window
        if sentence:
            self._silent = sentence
            window.say("error", sentence, "Restart the engine", self._session.restart_engine)
            self._clock.start()
            self._still_silent()
        else:
            self._clock.stop()
            window.unsay(self._silent)
            window.status.set_state(self._session.state)

    def _still_silent(self) -> None:
        self._window.status.set_silent(self._session.silent)

    def _engine_died(self, sentence: str) -> None:
        why, session, say = sentence.removesuffix("."), self._session, self._window.say
        if session.resuming:
            say("warning", f"{why}; the run goes on from its last checkpoint.")
        elif session.state == "off":
            say("error", f"{why}, several times; press Run to start it again.")
        elif session.lost is not None:
            say(
                "error",
                f"{why}; the run can go on from its last checkpoint.",
                "Resume the run",
                session.resume_lost,
            )
        else:
            say("error", f"{why}; a new one is starting.")


def _wrong_setting(project: Project) -> str:
    """What is wrong with the settings of a run or its optimisers, or nothing."""
    try:
        check_parts(project.training)
    except SettingError as error:
        return str(error)
    for optimiser in project.training.optimisers:
        try:
            checked(optimiser.algorithm, optimiser.settings)
            checked_schedule(optimiser.schedule)
        except SettingError as error:
            return str(error)
    return ""
