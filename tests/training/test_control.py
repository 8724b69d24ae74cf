"""What other threads ask for is done between two steps, or refused when the run is over."""

from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

from netbuilder.training.control import Control, Live, NotRunning

LIVE = Live(nn.Identity(), "run", 7, 1)


def test_nothing_asked_means_nothing_pending() -> None:
    control = Control()
    assert not control.pending
    control.pause()
    assert control.pending
    assert control.waiting
    control.resume()
    control.answer(LIVE)
    assert not control.pending
    assert not control.waiting


def test_steps_add_up_and_then_it_waits() -> None:
    control = Control()
    control.step()
    control.step()
    assert [control.waiting, control.begin_step(), control.waiting] == [False, True, False]
    assert [control.begin_step(), control.waiting, control.begin_step()] == [True, True, False]


def test_stop_wins_over_pause() -> None:
    control = Control()
    control.pause()
    control.stop()
    assert control.stopped
    assert not control.waiting
    control.wait()  # returns


def test_rates_are_given_once() -> None:
    control = Control()
    control.set_learning_rate("main", 0.1)
    control.set_learning_rate("main", 0.2)
    assert control.take_rates() == {"main": 0.2}
    assert control.take_rates() == {}


def test_a_visitor_comes_on_the_training_thread_with_gradients() -> None:
    control = Control()
    future = control.visit(lambda live: (live.step, torch.is_grad_enabled()))
    failing = control.visit(lambda live: 1 // 0)
    assert not future.done()
    with torch.no_grad():
        control.answer(LIVE)
    assert future.result() == (7, True)
    with pytest.raises(ZeroDivisionError):
        failing.result()
    assert not control.pending


def test_a_visitor_wakes_a_paused_run() -> None:
    control = Control()
    control.pause()
    woken = threading.Event()

    def loop() -> None:
        control.wait()
        control.answer(LIVE)
        woken.set()

    thread = threading.Thread(target=loop)
    thread.start()
    assert control.visit(lambda live: live.run).result(timeout=5) == "run"
    thread.join(5)
    assert woken.is_set()
    assert control.waiting


def test_after_the_run_there_is_no_safe_point() -> None:
    control = Control()
    early = control.visit(lambda live: None)
    control.close()
    for future in (early, control.visit(lambda live: None)):
        with pytest.raises(NotRunning):
            future.result(timeout=1)
