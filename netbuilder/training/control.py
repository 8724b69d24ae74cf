"""Steering a run from other threads, with a latency of one step.

The loop reads one plain attribute a step (`pending`); only when it is set does it take
the lock. Everything is answered between two steps, where weights are at rest.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import nn

Result = TypeVar("Result")


@dataclass(frozen=True)
class Live:
    """What a visitor finds between two steps. It must leave the model as it is."""

    model: nn.Module
    run: str
    step: int
    epoch: int


class NotRunning(RuntimeError):
    """Nothing trains at the moment, so there is no safe point."""


class Control:
    """Pause, step, stop and learning rates of one run; safe to use from any thread.

    One object serves one run: after `close` it stays closed.
    """

    def __init__(self) -> None:
        self.pending = False
        #: When the run last came from one batch to the next (`time.perf_counter`).
        self.moved = time.perf_counter()
        self._changed = threading.Condition()
        self._paused = False
        self._stopped = False
        self._abandoned = False
        self._ending = False
        self._steps = 0
        self._rates: dict[str, float] = {}
        self._visits: list[tuple[Callable[[Live], Any], Future[Any]]] = []
        self._closed = False
        self._asleep = False

    # --- any thread --------------------------------------------------------------------

    def pause(self) -> None:
        """Wait after the current step."""
        with self._changed:
            self._paused, self._steps = True, 0
            self._notify()

    def resume(self) -> None:
        """Go on after a pause."""
        with self._changed:
            self._paused, self._steps = False, 0
            self._notify()

    def step(self) -> None:
        """Do one step, then wait; several calls add up."""
        with self._changed:
            self._steps += 1
            self._paused = True
            self._notify()

    def stop(self) -> None:
        """End the run after the current step; what it reached is kept."""
        with self._changed:
            self._stopped = True
            self._notify()

    def finish_epoch(self) -> None:
        """End the run when the epoch in progress is measured; a pause ends too."""
        with self._changed:
            self._ending, self._paused, self._steps = True, False, 0
            self._notify()

    def abandon(self) -> None:
        """Stop at once: save and leave out the measuring at the end. For a dying process."""
        with self._changed:
            self._stopped = self._abandoned = True
            self._notify()

    def set_learning_rate(self, optimiser: str, value: float) -> None:
        """Change the rate of one optimiser from the next step on."""
        with self._changed:
            self._rates[optimiser] = value
            self._notify()

    @property
    def stalled(self) -> float:
        """Seconds since it came from one batch to the next; 0 while it waits on purpose."""
        return 0.0 if self._asleep else time.perf_counter() - self.moved

    def visit(self, function: Callable[[Live], Result]) -> Future[Result]:
        """Run `function` on the training thread between two steps; its result as a future.

        Training waits meanwhile, so no weight and no random state moves. The future fails
        with NotRunning if the run ends first. Works while paused.
        """
        future: Future[Result] = Future()
        with self._changed:
            if self._closed:
                future.set_exception(NotRunning("Nothing is training."))
            else:
                self._visits.append((function, future))
                self._notify()
        return future

    def _notify(self) -> None:
        self.pending = True
        self._changed.notify_all()

    # --- the training thread -----------------------------------------------------------

    @property
    def stopped(self) -> bool:
        """Whether the run is to end."""
        return self._stopped

    @property
    def ending(self) -> bool:
        """Whether no further epoch is to begin."""
        return self._stopped or self._ending

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the result any more."""
        return self._abandoned

    @property
    def waiting(self) -> bool:
        """Whether the next step is to wait."""
        return self._paused and self._steps == 0 and not self._stopped

    def begin_step(self) -> bool:
        """Whether the step about to be done is one asked for with `step`; counts it."""
        with self._changed:
            stepping = self._steps > 0
            self._steps -= stepping
            return stepping

    def take_rates(self) -> dict[str, float]:
        """Learning rates to set now; each is given once."""
        with self._changed:
            rates, self._rates = self._rates, {}
            return rates

    def answer(self, live: Live) -> None:
        """Run the visits that wait. `pending` stays set only while something remains."""
        while True:
            with self._changed:
                visits, self._visits = self._visits, []
                if not visits:
                    self.pending = bool(self._stopped or self._paused or self._steps or self._rates)
                    return
            for function, future in visits:
                if not future.set_running_or_notify_cancel():
                    continue
                try:
                    with torch.enable_grad():  # it may come in the midst of a validation
                        future.set_result(function(live))
                except BaseException as error:
                    future.set_exception(error)

    def wait(self) -> None:
        """Sleep until something may have changed; returns at once if it has."""
        with self._changed:
            self._asleep = True
            self._changed.wait_for(
                lambda: not self.waiting or bool(self._visits) or bool(self._rates)
            )
            self.moved, self._asleep = time.perf_counter(), False

    def close(self) -> None:
        """The run is over: whoever still waits for a safe point is told so."""
        with self._changed:
            self._closed = True
            visits, self._visits = self._visits, []
        for _, future in visits:
            if future.set_running_or_notify_cancel():
                future.set_exception(NotRunning("The run ended."))
