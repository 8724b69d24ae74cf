"""Under- and overfitting named from the curves of a run. Loads without torch.

The rules are coarse on purpose: they speak only where a teacher would point at the curve
(APS360, week 3; IDL, generalisation), and otherwise say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

#: Epochs before anything is said, and those in a row that make a trend.
LEAST, TREND = 5, 3
#: A validation loss so far above its least has turned; a training loss so near to where it
#: began has not moved; one that fell by this share in the last third is still falling.
_TURNED, _UNMOVED, _FALLING = 1.1, 0.9, 0.05


#: A number for each epoch, in order.
Figures = Sequence[float] | npt.NDArray[np.float64]


@dataclass(frozen=True)
class Diagnosis:
    """What the curves show, and one or two sentences about it."""

    kind: Literal["overfitting", "underfitting", "unfinished"]
    sentence: str


def diagnose(train: Figures, validation: Figures, ended: bool) -> Diagnosis | None:
    """What mean losses by epoch show, on training and validation rows; None if nothing clear.

    ended: whether no epoch follows, so that a loss that still falls is worth a word.
    """
    count = min(len(train), len(validation))
    # Arrays: a run may have a hundred thousand short epochs, and is looked at while it goes on.
    train, validation = (np.asarray(v, np.float64)[-count:] for v in (train, validation))
    if count < LEAST or not (np.isfinite(train).all() and np.isfinite(validation).all()):
        return None
    if min(train.min(), validation.min()) < 0:
        return None  # a loss that may be negative has no scale to judge by
    best = int(validation.argmin())
    after = validation[best + 1 :]
    if (
        len(after) >= TREND
        and min(after[-TREND:]) > _TURNED * validation[best]
        and train[-1] < train[best]
    ):
        return Diagnosis(
            "overfitting",
            f"Overfitting since epoch {best + 1}: the validation loss rose from "
            f"{validation[best]:.3g} to {validation[-1]:.3g} while the training loss went on "
            "falling. More data, augmentation, dropout, weight decay, a smaller network or early "
            "stopping help.",
        )
    if not ended:
        return None
    if train[-1] > _UNMOVED * train[0]:
        return Diagnosis(
            "underfitting",
            f"Underfitting: after {count} epochs the training loss is still {train[-1]:.3g}, and "
            f"began at {train[0]:.3g}. Try another learning rate, a larger network, or whether "
            "it can learn one batch by heart.",
        )
    third = max(1, count // 3)
    if (
        best >= count - 2
        and validation[-1] < (1 - _FALLING) * validation[-1 - third]
        and train[-1] < (1 - _FALLING) * train[-1 - third]
    ):
        return Diagnosis(
            "unfinished",
            "Both losses are still falling: more epochs, or a higher learning rate, get further.",
        )
    return None
