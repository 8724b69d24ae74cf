"""Curves that a teacher would point at are named, others are not."""

from __future__ import annotations

import math

import numpy as np

from netbuilder.training.diagnosis import diagnose

FALLING = list(2.3 * 0.8 ** np.arange(12))


def test_overfitting_is_named_with_its_epoch() -> None:
    validation = [2.3, 1.6, 1.1, 0.9, 0.8, 0.85, 0.95, 1.05, 1.1, 1.2, 1.3, 1.4]
    found = diagnose(FALLING, validation, ended=False)
    assert found is not None
    assert found.kind == "overfitting"
    assert "since epoch 5: the validation loss rose from 0.8 to 1.4" in found.sentence


def test_underfitting_is_named_only_at_the_end() -> None:
    flat = [2.303] * 8
    assert diagnose(flat, flat, ended=False) is None
    found = diagnose(flat, flat, ended=True)
    assert found is not None
    assert found.kind == "underfitting"


def test_losses_that_still_fall_ask_for_more() -> None:
    found = diagnose(FALLING, FALLING, ended=True)
    assert found is not None
    assert found.kind == "unfinished"
    assert diagnose(FALLING, FALLING, ended=False) is None


def test_a_good_run_a_short_one_and_odd_numbers_get_no_word() -> None:
    settled = [2.3, 1.0, 0.5, 0.3, 0.25, 0.24, 0.235, 0.234, 0.2335, 0.2334]
    assert diagnose(settled, [v + 0.02 for v in settled], ended=True) is None
    assert diagnose(FALLING[:4], [9.0, 1.0, 5.0, 7.0], ended=True) is None
    assert diagnose([math.nan] * 9, [1.0] * 9, ended=True) is None
    assert diagnose([-1.0, -2, -3, -4, -5, -6], [-1.0, -2, -1, -1, -1, -1], ended=True) is None
    bumpy = [1.0, 0.8, 0.7, 0.75, 0.7, 0.72, 0.71, 0.74]
    assert diagnose(FALLING[:8], bumpy, ended=False) is None
