"""Everything a run consists of while it runs, and how it is saved and taken up again."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from netbuilder.compiler import Source, check, generate
from netbuilder.compiler.build import build
from netbuilder.data import Fields
from netbuilder.graph import Project
from netbuilder.graph import file as project_file
from netbuilder.training import (
    algorithms,
    checkpoint,
    continuing,
    devices,
    fitting,
    noise_scale,
    run,
    turns,
)
from netbuilder.training.averaging import averaging, load_average
from netbuilder.training.checkpoint import Checkpoint, CheckpointError
from netbuilder.training.evaluate import Evaluator
from netbuilder.training.failure import TrainingError
from netbuilder.training.feed import Feed
from netbuilder.training.judge import Judge
from netbuilder.training.losses import collector
from netbuilder.training.mixing import mixing
from netbuilder.training.parts import part_values
from netbuilder.training.record import Record
from netbuilder.training.refusing import check_settings
from netbuilder.training.schedules import checked_schedule
from netbuilder.training.scheduling import Scheduling
from netbuilder.training.speed import PLAIN, Plan, aside
from netbuilder.training.speed.choosing import choose
from netbuilder.training.speed.probe import Found, undisturbed
from netbuilder.training.speed.twice import differentiates_twice
from netbuilder.training.together import sharding
from netbuilder.training.together.batch_norm import share_statistics
from netbuilder.training.together.team import Team
from netbuilder.training.together.unwritten import Unwritten

#: Seconds between checkpoints: within an epoch, and at least between the ends of epochs.
_EVERY_S, _AT_LEAST_S = 5.0, 0.5
#: Checkpoints take at most this share of the time.
_SHARE = 0.05


class Session:
    """A project set up for training: model, data, turns, run folder, position.

    step: iterations done. epochs_done: epochs whose validation was measured. team: the
    processes it trains with, if there are others; the first of them writes.
    Raises one-sentence errors of the packages it uses when it is made.
    """

    def __init__(
        self,
        project: Project,
        folder: Path | None = None,
        resume: Path | None = None,
        data: Mapping[str, Fields] | None = None,
        team: Team | None = None,
    ) -> None:
        check_settings(project)
        self.team = team
        self.project = project
        self.training = project.training
        self.source: Source = generate(project)
        if not self.source.objectives:
            raise TrainingError("Nothing is minimised; add a loss and wire it.")
        self.device = devices.choose(self.training.device) if team is None else team.device
        split = team is not None and sharding.wanted(self.training)
        if split:
            sharding.refuse(self.training, self.source)
        self._threads = torch.get_num_threads()
        work = check(project).multiply_adds * self.training.batch_size
        devices.use_threads(work, run.recorded_threads(resume))
        self.feed = Feed(project, self.source, self.device, data, run.recorded_without(resume))
        torch.manual_seed(self.training.seed)
        self.model = build(self.source)
        if split:
            self.average = self._split()
        else:
            self.model.to(self.device)
        self.turns = turns.made(self.model, self.source.objectives, self.device)
        names = [turn.name for turn in self.turns]
        self.evaluator = Evaluator(project, self.source, self.device, self.training.seed)
        self.judge = Judge(self.training, names[0], self.evaluator.higher)
        self._schedule()
        # Processes would wait for one another in the midst of it.
        self.noise = noise_scale.measuring(self.training) if team is None else None
        self.mixup = mixing(project, self.source)
        fixed = continuing.fixed(self.training, self.feed.rows["train"])
        saved = continuing.opened(resume, fixed)
        if saved is None and self.training.weights:
            checkpoint.begin_with(self.model, Path(self.training.weights))
        if saved is None:
            fitting.fit(self.model, self.source, self.feed)
        self.step = int(saved.values["step"]) if saved else 0
        self.epochs_done = int(saved.values["epochs_done"]) if saved else 0
        self.found = self._choose(saved)
        if team is not None:
            self._share(team)
        self.follow(self.found.plan)
        # Several processes would have to change over after the same step.
        wanted = team is None and part_values(self.training, "speed")["compile"] == "auto"
        wanted = wanted and not differentiates_twice(self.source)
        self._may_compile = wanted and not self.plan.compiled and aside.possible(self.device)
        self._aside: aside.Aside | None = None
        self.average = self.average if split else averaging(self.model, self.training)
        optimisers = [optimiser for turn in self.turns for optimiser in turn.optimisers]
        self.losses = collector(names, optimisers, self.device, self.step)
        self._best_weights: dict[str, Tensor] = {}
        self._best_saved = True
        self.run = continuing.begun(self, folder, resume)
        self.record: Record = (
            self.run.record(write=True, afar=team is not None) if self.writes else Unwritten()
        )
        self._saved_at = time.perf_counter()
        self._cost = 0.0
        self._recorded: dict[str, float] = {}
        if saved:
            self._restore(saved)
        else:
            self.record.cut(0, 0)
            self.record_rates()
        if team is not None:
            team.same(self.model)

    @property
    def writes(self) -> bool:
        """Whether this process keeps the run; of several it is the first."""
        return self.team is None or self.team.leads

    @property
    def split(self) -> bool:
        """Whether the weights lie in shares over processes, which must then save together."""
        return self.team is not None and self.team.split

    def _split(self) -> AveragedModel | None:
        """Share the weights out; the average of them, which cannot be made later."""
        assert self.team is not None
        average = averaging(self.model, self.training)
        sharding.shard(self.model, self.source, self.device)
        if average is not None:
            sharding.shard(average.module, self.source, self.device)
        self.team.split = True
        return average

    def _share(self, team: Team) -> None:
        """Train with other processes: the same step in all of them."""
        share_statistics(self.model, team)
        for turn in self.turns:
            if turn.declared.algorithm == "newton":
                raise TrainingError(
                    "Newton's method needs second derivatives, which several processes do not "
                    f"share; choose L-BFGS for {turn.name}, or train with one process."
                )
            turn.team = team

    def _schedule(self) -> None:
        """Give every optimiser what moves its rate, where something does."""
        steps, epochs = self.feed.steps_per_epoch, self.training.epochs
        for turn in self.turns:
            schedule = turn.declared.schedule
            if schedule.name != "constant" or checked_schedule(schedule)["warmup"]:
                turn.schedules = [
                    Scheduling(schedule, optimiser, steps, epochs, self._higher(turn))
                    for optimiser in turn.optimisers
                ]
        #: All that have to know of every step.
        self.schedules = [schedule for turn in self.turns for schedule in turn.schedules]

    def _choose(self, saved: Checkpoint | None) -> Found:
        """How steps are computed: as before in a run that goes on, else as is fastest here."""
        if self.split:
            return sharding.found(self.training)
        if saved is not None:
            return Found(Plan.of(saved.values.get("plan")) or PLAIN)
        left = self.steps_left
        if not self.writes:
            assert self.team is not None
            return self.team.told(Found(PLAIN))
        found = choose(self.model, self.source, self.training, self._drawn, self.device, left)
        return found if self.team is None else self.team.told(found)

    def _drawn(self) -> Mapping[str, Tensor]:
        """A batch as it is trained on. Mixing draws random numbers."""
        batch = next(iter(self.feed.epoch(1)))
        return batch if self.mixup is None else self.mixup(batch)

    def hasten(self, seconds_left: float) -> bool:
        """Compile beside a run that still takes long; whether it just changed over to that."""
        if self._aside is None:
            if self._may_compile and seconds_left > aside.WORTH_S:
                self._may_compile = False
                with undisturbed(self.device):
                    self._aside = aside.Aside(self.run.folder, self.plan, self._drawn())
            return False
        if not self._aside.ended:
            return False
        raced = self._aside.poll()
        self._aside.close()
        self._aside = None
        if raced is None:
            return False
        self.record.info(raced=json.dumps(dict(raced.times)))
        if not raced.won:
            return False
        self.follow(replace(self.plan, compiled=True, graphs=raced.graphs))
        self.found = replace(self.found, plan=self.plan, gain=self.found.gain * raced.gain)
        self.record.info(compiled_from=self.step, gain=self.found.gain)
        return True

    def follow(self, plan: Plan) -> None:
        """Compute steps by this plan from the next one on."""
        self.plan = plan
        if not self.split:
            plan.lay_out(self.model)
        for turn, objective in zip(self.turns, self.source.objectives, strict=True):
            turn.method = plan.method(getattr(self.model, objective.method), self.device)

    def _higher(self, turn: turns.Turn) -> bool:
        return self.judge.higher if self.judge.figure != self.turns[0].name else False

    def close(self) -> None:
        """Close the files. The run can be resumed at any later time."""
        if self._aside is not None:
            self._aside.close()
        self.feed.close()
        self.record.close()
        torch.set_num_threads(self._threads)

    # --- what events report ------------------------------------------------------------

    @property
    def epoch(self) -> int:
        """The epoch in progress, from 1."""
        return min(self.epochs_done + 1, max(self.training.epochs, self.epochs_done))

    @property
    def done(self) -> bool:
        """Whether there is no epoch left, or no use in waiting for a better one."""
        return self.epochs_done >= self.training.epochs or (self.judging and self.judge.over)

    @property
    def steps_left(self) -> int:
        """Iterations until the last epoch ends."""
        return max(0, self.training.epochs * self.feed.steps_per_epoch - self.step)

    @property
    def position(self) -> int:
        """Batches of the current epoch that are done."""
        return self.step - self.epochs_done * self.feed.steps_per_epoch

    @property
    def rates(self) -> dict[str, float]:
        """Learning rates in force, by optimiser."""
        return {turn.name: algorithms.learning_rate(turn.optimiser) for turn in self.turns}

    @property
    def parameters(self) -> int:
        """Numbers the optimisers can change."""
        return sum(p.numel() for p in self.model.parameters() if p.requires_grad)

    def set_rate(self, name: str, value: float) -> float:
        """Change a learning rate from the next step on and keep that in the record.

        A schedule goes on from there: all its later rates are larger by the same factor. Returns
        the rate with which another run would begin to be at this one now.
        Raises SettingError outside the range, TrainingError for an unknown optimiser.
        """
        for turn in self.turns:
            if turn.name == name:
                turn.set_rate(value)
                self.record_rates()
                return turn.base
        known = ", ".join(turn.name for turn in self.turns)
        raise TrainingError(f"There is no optimiser {name}; this run has {known}.")

    # --- the best weights ----------------------------------------------------------------

    @property
    def judging(self) -> bool:
        """Whether one figure tells which epoch was best."""
        return self.source.comparable or self.judge.figure != self.turns[0].name

    @property
    def measured(self) -> nn.Module:
        """The model that is measured and kept: the average if there is one."""
        if self.average is not None and int(self.average.n_averaged):
            return self.average.module
        return self.model

    def epoch_done(self, train: Mapping[str, float], validation: Mapping[str, float]) -> bool:
        """Move the schedules, and keep the weights if this epoch is the best so far.

        Where objectives cannot be compared there is no best: the last ones are kept.
        """
        by_metric = self.judge.figure != self.turns[0].name
        value = self.judge.value(train, validation) if self.judging else None
        for turn in self.turns:
            own = (validation or train).get(turn.name)
            for schedule in turn.schedules:
                schedule.epoch_done(value if by_metric else own)
        self.record_rates()
        if not self.judging or not self.judge.take(value, self.epochs_done):
            return False
        self._best_weights = checkpoint.of_model(self.measured)
        self._best_saved = False
        return True

    def settle(self) -> None:
        """Keep the average as the best weights where no epoch is judged."""
        if self.average is not None and not self.judging:
            self._best_weights = checkpoint.of_model(self.measured)
            self._best_saved = False

    def use_best(self) -> None:
        """Put the best weights into the model, if an epoch has been measured."""
        if self._best_weights:
            weights = {k.removeprefix("model."): t for k, t in self._best_weights.items()}
            self.model.load_state_dict(weights)

    def record_rates(self) -> None:
        """Keep the rates in force from here on, where they changed."""
        for name, rate in self.rates.items():
            if self._recorded.get(name) != rate:
                self._recorded[name] = rate
                self.record.rate(self.step, name, rate)

    # --- saving --------------------------------------------------------------------------

    def due(self, now: float, epoch_ended: bool = False) -> bool:
        """Whether a checkpoint should be written now (`time.perf_counter`).

        Of weights in shares, in the midst of an epoch, all are asked for it instead.
        """
        least = _AT_LEAST_S if epoch_ended else _EVERY_S
        over = now - self._saved_at >= max(least, self._cost / _SHARE)
        if self.team is None or not self.split:
            return over
        if epoch_ended:
            return self.team.told(over)
        if over and self.writes:
            self.team.ask_to_save()
        return False

    @property
    def unsaved(self) -> bool:
        """Whether the run has no checkpoint yet."""
        missing = not self.run.last.exists()
        return self.team.told(missing) if self.team is not None and self.split else missing

    def save_alone(self) -> None:
        """Save where this process can do so without the others."""
        if not self.split:
            self.save()

    def save(self) -> None:
        """Write the last checkpoint, and the best one if there is a new one.

        Losses must have been read before. Raises FileError or NotFinite with one sentence;
        the checkpoints before then stand.
        """
        begin = time.perf_counter()
        if not self.writes and not self.split:
            self._saved_at = begin
            return
        self.record.keep()  # a resumed run does not compute again what lies before
        values = continuing.values(self)
        # The best goes first: killed in between, a resumed run finds weights that it would
        # reach again, never a record of weights that are gone.
        if not self._best_saved:
            self._write(self.run.best, values, self._best_weights)
            self._best_saved = True
        parts = [
            checkpoint.of_optimiser(turn.name, optimiser, turn.params)
            for turn in self.turns
            for optimiser in turn.optimisers
        ]
        if self.average is not None:
            parts.append(checkpoint.of_model(self.average.module, "average"))
        now, random = checkpoint.of_model(self.model), checkpoint.of_random(self.device)
        self._write(self.run.last, values, now, random, *parts)
        self._saved_at = time.perf_counter()
        self._cost = self._saved_at - begin

    def _write(self, to: Path, values: Mapping[str, Any], *parts: Mapping[str, Tensor]) -> None:
        made = checkpoint.taken(values, *parts, keep=self.writes)
        if self.writes:
            checkpoint.write(to, made)

    # --- resuming ------------------------------------------------------------------------

    def _restore(self, saved: Checkpoint) -> None:
        values = saved.values
        checkpoint.load_model(self.model, saved)
        for turn in self.turns:
            was = values["settings"].get(turn.name)
            if was is None or was[0] != turn.declared.algorithm:
                turn.begin_at(self.step)
                continue  # another algorithm starts afresh
            same = was == [turn.declared.algorithm, dict(turn.declared.settings)]
            turn.restore(saved, same, self.step)
        if self.noise is not None:
            self.noise.load(values.get("noise", {}), self.device)
        if self.average is not None:
            load_average(self.average, saved)
        if values.get("judge") and values.get("figure") == self.judge.figure:
            self.judge.load(values["judge"])
        names = len(self.turns)
        if len(values["sums"]) == names:
            self.losses.sums, self.losses.rows = list(values["sums"]), list(values["rows"])
            self.losses.held = list(values["held"])
        with contextlib.suppress(CheckpointError):
            best = checkpoint.read(self.run.best)
            checkpoint.load_model(self.model, best)  # only to see that it fits
            if best.values.get("figure", self.judge.figure) == self.judge.figure:
                self._best_weights = checkpoint.of_model(self.model)
                self.judge.best = best.values["best"]
                self.judge.best_epoch = best.values["best_epoch"]
            checkpoint.load_model(self.model, saved)
        self.record.cut(self.step, self.epochs_done)
        # Not those in force: killed at the end of an epoch, a run has not kept them yet.
        self._recorded = {name: rate for _, name, rate in self.record.rates()}
        if self.writes and self.run.project() != self.project:  # more epochs, another rate
            project_file.save(self.project, self.run.folder / "project.netbuilder")
            self.record_rates()
        checkpoint.load_random(saved, self.device)
