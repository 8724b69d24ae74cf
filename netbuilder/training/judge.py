"""Which epoch was the best, and whether to wait for a better one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from netbuilder.graph import Training
from netbuilder.training.algorithm import SettingError
from netbuilder.training.parts import part_values


class Judge:
    """Compares epochs by one figure; early stopping as of Prechelt 1998.

    figure: the name of what is compared, of the validation split or, where there is none, of
    the training rows. higher: whether more is better. Raises SettingError.
    """

    def __init__(self, training: Training, objective: str, higher: Mapping[str, bool]) -> None:
        values = part_values(training, "early_stopping")
        self.figure: str = values["metric"] or objective
        self.patience: int = values["patience"]
        self._least: float = values["min_delta"]
        known = [objective, *(name for name in higher if name != objective)]
        if self.figure not in known and self.figure.partition(".")[0] not in known:
            raise SettingError(
                "metric", f"There is no figure {self.figure} to judge by; there is "
                f"{', '.join(known)}."
            )  # fmt: skip
        self.higher = values["direction"] == "higher" or (
            values["direction"] == "auto" and higher.get(self.figure, False)
        )
        self.best: float | None = None
        self.best_epoch = 0
        self._counted: float | None = None
        self.waited = 0

    def value(self, train: Mapping[str, float], validation: Mapping[str, float]) -> float | None:
        """What is compared of an epoch. Raises SettingError if it was not measured."""
        judged = validation or train
        if self.figure not in judged:
            raise SettingError(
                "metric",
                f"{self.figure} was not measured, so no epoch can be judged by it; choose one of "
                f"{', '.join(judged)}, or hold rows back for validation.",
            )
        return judged[self.figure]

    def take(self, value: float | None, epoch: int) -> bool:
        """Whether this epoch is the best so far; counts the waiting."""
        if self._better(value, self._counted, self._least):
            self._counted, self.waited = value, 0
        else:
            self.waited += 1
        if not self._better(value, self.best, 0.0):
            return False
        self.best, self.best_epoch = value, epoch
        return True

    @property
    def over(self) -> bool:
        """Whether it has waited long enough."""
        return 0 < self.patience <= self.waited

    @property
    def reason(self) -> str:
        """Why the run ended before its last epoch, if it did: one sentence."""
        if not self.over:
            return ""
        epochs = f"{self.waited} epochs" if self.waited > 1 else "an epoch"
        return (
            f"Stopped early: {self.figure} got no better for {epochs}; the weights "
            f"are those of epoch {self.best_epoch}."
        )

    def _better(self, value: float | None, other: float | None, by: float) -> bool:
        if value is None or not math.isfinite(value):
            return False
        if other is None:
            return True
        return value > other + by if self.higher else value < other - by

    # --- saving --------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Where it stands, as plain values."""
        return {"counted": self._counted, "waited": self.waited}

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self._counted, self.waited = state["counted"], int(state["waited"])
