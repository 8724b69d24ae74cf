"""The training loop: a generator of typed events.

Each iteration runs every optimiser in order on one batch. There is no case for any
architecture here: what is minimised is in the generated objectives, what may change in
the optimisers' declarations.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from torch import Tensor, nn

from netbuilder.data import Fields
from netbuilder.graph import Project
from netbuilder.training.control import Control, Live
from netbuilder.training.evaluate import Measured
from netbuilder.training.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Floats,
    Paused,
    PlanChanged,
    RateChanged,
    Refused,
    Resumed,
    Skipped,
    Started,
    Steps,
)
from netbuilder.training.failure import failed
from netbuilder.training.pace import Pace
from netbuilder.training.presence import Presence
from netbuilder.training.run import open_run
from netbuilder.training.session import Session
from netbuilder.training.together.joining import joined
from netbuilder.training.together.shares import lost
from netbuilder.training.together.taking_up import agreed
from netbuilder.training.together.team import gone

#: Seconds between reports of losses: what an eye can follow, and what costs nothing.
REPORT_S = 0.05
#: So many files that cannot be read are named in one event.
_NAMED = 100


def train(
    project: Project,
    *,
    folder: Path | None = None,
    resume: Path | None = None,
    control: Control | None = None,
    data: Mapping[str, Fields] | None = None,
) -> Iterator[Event]:
    """Train a project; events come as things happen, the last is Finished or Failed.

    folder: where the run is kept (default: a new one among the person's runs).
    resume: folder of a run to go on with, from its last checkpoint; on the CPU, with the
    same versions and threads, it ends on the same bits as if it had never stopped.
    control: for steering from other threads. data: by data node, data sets to use instead
    of loading those that the project names.
    Where torchrun started several processes, each calls this and all train one run together.
    Nothing is raised: every fault is a Failed event with one sentence.
    """
    control = control or Control()
    presence = Presence(control)
    session: Session | None = None
    try:
        try:
            team = joined(project.training.device)
            if team is not None:
                folder, resume = agreed(team, project.name, folder, resume)
                presence = Presence(team.relay(control))
            leads = team is None or team.leads
            if resume is not None and leads:
                presence.hold(open_run(resume).folder)  # before its checkpoint is read
            session = Session(project, folder, resume, data, team)
            if leads:
                presence.hold(session.run.folder)
        except Exception as error:
            yield failed(error, training=project.training)
            return
        yield from _Loop(session, control).events()
    finally:
        control.close()
        if session is not None:
            session.close()
        presence.release()


class _Loop:
    """One run in progress."""

    def __init__(self, session: Session, control: Control) -> None:
        self.session, self.control = session, control
        self._began = time.perf_counter()
        self._pace = Pace()
        self._unsent: list[tuple[int, Mapping[str, Floats]]] = []
        self._report_at = 0.0
        self._skipped: set[str] = set()

    def events(self) -> Iterator[Event]:
        s = self.session
        try:
            try:
                yield self._started()
                yield from self._left_out()
                yield from self._epochs()
                yield self._finished()
            except GeneratorExit:
                # Whoever listened went away; what was reached is kept.
                with contextlib.suppress(Exception):
                    for _ in self._reported():
                        pass  # into the record only
                    s.save_alone()
                    s.record.info(state="stopped")
                raise
        except Exception as error:
            with contextlib.suppress(Exception):
                yield from self._reported()  # the losses up to the fault
            yield self._failed(error)

    # --- beginning and end -----------------------------------------------------------------

    def _started(self) -> Started:
        s = self.session
        if s.unsaved:
            s.save()  # so that there always is a last good one
        s.record.info(state="running")
        return Started(
            run=s.run.id,
            folder=str(s.run.folder),
            epochs=s.training.epochs,
            steps_per_epoch=s.feed.steps_per_epoch,
            batch_size=s.training.batch_size,
            device=s.device.type,
            seed=s.training.seed,
            parameters=s.parameters,
            objectives=s.losses.names,
            rows=s.feed.rows,
            step=s.step,
            plan=s.plan.title,
            gain=s.found.gain,
        )

    def _finished(self) -> Finished:
        s = self.session
        s.settle()
        s.save()
        s.use_best()
        test = Measured() if self.control.abandoned else self._measured("test", s.model)
        stopped = self.control.ending and not s.done
        reason = "" if stopped or not s.judging else s.judge.reason
        seconds = time.perf_counter() - self._began
        event = Finished(
            s.run.id, str(s.run.folder), stopped, s.step, s.epochs_done, test.scalars,
            test.tables, seconds, reason, s.judge.best_epoch,
        )  # fmt: skip
        s.record.finished(event)
        s.record.info(state="stopped" if stopped else "finished", seconds=seconds)
        s.record.info(reason=reason)
        return event

    def _failed(self, error: Exception) -> Failed:
        s = self.session
        if s.team is not None and s.team.split and lost(error):
            error = gone()
        event = failed(
            error,
            training=s.training,
            source=s.source,
            run=s.run.id,
            step=s.step,
            rates=s.rates,
        )
        with contextlib.suppress(ValueError):  # the record itself may be what failed
            s.record.info(state="failed", message=event.message)
        return event

    # --- epochs ------------------------------------------------------------------------------

    def _epochs(self) -> Iterator[Event]:
        s = self.session
        while not s.done and not self.control.ending:
            begin = time.perf_counter()
            s.model.train()
            yield from self._steps()
            if self.control.stopped and s.position < s.feed.steps_per_epoch:
                break
            event = self._epoch_done(begin)
            if time.perf_counter() >= self._report_at or s.done:
                yield from self._reported()  # before it, as it happened
            yield event
            if s.due(time.perf_counter(), epoch_ended=True):
                yield from self._reported()
                s.save()
        yield from self._reported()

    def _epoch_done(self, begin: float) -> EpochDone:
        s = self.session
        train = s.losses.means()
        if s.noise is not None:
            train |= s.noise.taken()
        s.losses.begin_epoch()
        measuring = time.perf_counter()
        validation = self._measured("validation", s.measured)
        self._pace.measured(time.perf_counter() - measuring)
        s.epochs_done += 1
        rates = s.rates  # those that it was trained at
        event = EpochDone(
            epoch=s.epochs_done,
            step=s.step,
            train=train,
            validation=validation.scalars,
            tables=validation.tables,
            learning_rates=rates,
            seconds=time.perf_counter() - begin,
            best=s.epoch_done(train, validation.scalars),
        )
        s.record.epoch(event)
        return event

    def _measured(self, part: str, model: nn.Module) -> Measured:
        s = self.session
        if (team := s.team) is None:
            return s.evaluator.measure(model, self._visited(part))
        team.same(model, weights=False)
        # A row for each at least: some metrics cannot be added up where nothing was counted.
        shared = min(s.feed.rows[part], s.training.batch_size) >= team.place.size
        batches = self._visited(part)
        if shared:
            batches = team.shares(batches)
        return team.told(s.evaluator.measure(model, batches, team if shared else None))

    def _visited(self, part: str) -> Iterator[tuple[int, dict[str, Tensor]]]:
        """Batches of a split; whoever asked for a safe point gets it between two of them."""
        for batch in self.session.feed.measured(part):
            if self.control.pending:
                self.control.answer(self._live())
            self.control.moved = time.perf_counter()
            yield batch

    # --- steps ---------------------------------------------------------------------------------

    def _steps(self) -> Iterator[Event]:
        """The rest of an epoch. This is the hot path."""
        s, control = self.session, self.control
        losses, turns, mixup, average, team = s.losses, s.turns, s.mixup, s.average, s.team
        clock, noise = time.perf_counter, s.noise
        self._pace.begin(clock())
        for batch in s.feed.epoch(s.epochs_done + 1, s.position):
            if control.pending:
                yield from self._attended()
                if control.stopped:
                    break
            if mixup is not None:
                if team is not None:
                    team.reseed(s.training.seed, s.step, together=True)
                batch = mixup(batch)
            batch = s.plan.laid_out(batch)
            if team is not None:
                team.reseed(s.training.seed, s.step)
            if noise is not None and noise.due(s.step):
                noise.measure(s.model, turns, batch)
            for turn in turns:
                if turn.due(s.step):
                    turn.run(batch, losses)
            for schedule in s.schedules:
                schedule.stepped()
            if average is not None:
                average.update_parameters(s.model)
            losses.end_step(next(iter(batch.values())).shape[0])
            s.step += 1
            if team is not None:
                team.obey(control, s.step)
                if team.saving:
                    yield from self._reported()
                    s.save()
            control.moved = now = clock()
            if now >= self._report_at or losses.full:
                yield from self._reported()
                if s.hasten(self._seconds_left):
                    yield PlanChanged(s.step, s.plan.title, s.found.gain)
                if s.due(now):
                    s.save()
        self._read()
        if clock() >= self._report_at:
            yield from self._reported()

    def _read(self) -> None:
        """Take the losses since the last time; raises NonFinite if one is not a number."""
        losses = self.session.losses
        rows = losses.unread_rows
        if rows:
            first, values = losses.read()
            self._pace.report(time.perf_counter(), self.session.step - first, rows)
            self._unsent.append((first, values))

    def _reported(self) -> Iterator[Event]:
        """Tell the losses that were not told yet. Short epochs share one event."""
        s = self.session
        self._read()
        unsent, self._unsent = self._unsent, []
        self._report_at = time.perf_counter() + REPORT_S
        if unsent:
            event = Steps(
                first=unsent[0][0],
                epoch=s.epoch,
                losses={
                    name: np.concatenate([values[name] for _, values in unsent])
                    for name in s.losses.names
                },
                samples_per_second=self._pace.samples_per_second,
                seconds_left=self._seconds_left,
                learning_rates=s.rates,
            )
            s.record.steps(event)
            yield event
        yield from self._left_out()

    def _left_out(self) -> Iterator[Event]:
        """Tell what could not be read since the last time."""
        s = self.session
        known = s.feed.skipped
        if len(known) == len(self._skipped):
            return
        new = [(bad.name, bad.reason) for name, bad in known.items() if name not in self._skipped]
        self._skipped = set(known)
        event = Skipped(s.step, tuple(new[:_NAMED]), len(known))
        s.record.skipped([(bad.name, bad.reason) for bad in known.values()])
        yield event

    @property
    def _seconds_left(self) -> float:
        s = self.session
        return self._pace.seconds_left(s.steps_left, s.training.epochs - s.epochs_done)

    # --- between two steps -----------------------------------------------------------------------

    def _live(self) -> Live:
        s = self.session
        return Live(s.model, s.run.id, s.step, s.epochs_done + 1)

    def _attended(self) -> Iterator[Event]:
        """Follow what other threads asked for, and wait while the run is paused."""
        s, control = self.session, self.control
        waited = False
        while True:
            for name, rate in control.take_rates().items():
                yield from self._rated(name, rate)
            control.answer(self._live())
            if not control.waiting:
                break
            if not waited:
                waited = True
                yield from self._reported()
                s.save_alone()
                s.record.info(state="paused")
                yield Paused(s.step)
            else:
                control.wait()
        stepping = control.begin_step()
        if waited:
            self._pace.begin(time.perf_counter())
            if not stepping and not control.stopped:
                s.record.info(state="running")
                yield Resumed(s.step)

    def _rated(self, name: str, rate: float) -> Iterator[Event]:
        s = self.session
        try:
            base = s.set_rate(name, rate)
        except ValueError as error:
            yield Refused(str(error), s.step)
            return
        yield from self._reported()
        s.save_alone()  # a resumed run goes on at the new rate
        yield RateChanged(s.step, name, rate, base)
