"""What the model says of each sample of the strip, now and an epoch ago. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netbuilder.app.panels.look_inside.subject import Subject
from netbuilder.app.panels.pictures.numbers import probabilities

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """One sample: what it is, what the model takes it for, and how sure it is.

    shares: of every class. true: -1 where the data set does not say.
    """

    predicted: int
    true: int
    shares: Shares

    @property
    def right(self) -> bool:
        """Whether the model is right; also where nobody knows."""
        return self.true < 0 or self.true == self.predicted


class Predictions:
    """Samples of the strip and the model's answers; `take` reads an answer to ``predict``."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.inputs: npt.NDArray[Any] = np.zeros(0)
        self.labels: npt.NDArray[Any] | None = None
        self.outputs: npt.NDArray[Any] = np.zeros(0)
        self._shares: Shares | None = None
        self._before: Shares | None = None
        self._epoch, self._epoch_before = 0, 0

    def __len__(self) -> int:
        return len(self.inputs)

    def take(self, result: Mapping[str, Any], epoch: int) -> None:
        """Keep an answer given in `epoch`; that of the epoch before stays for comparison."""
        subject, fields = self.subject, result["fields"]
        self.inputs = np.asarray(fields[subject.field])
        known = fields.get(subject.label)
        self.labels = None if known is None else np.asarray(known)
        made = result["outputs"].get(subject.output)
        self.outputs = np.asarray(made) if made is not None else np.zeros(0)
        shares: Shares | None = None
        if subject.answers == "class" and self.outputs.ndim == 2:
            shares = probabilities(self.outputs)
        elif subject.answers == "token" and self.outputs.ndim == 3:
            shares = probabilities(self.outputs[:, -1])
        if epoch > self._epoch:
            self._before, self._epoch_before = self._shares, self._epoch
        self._epoch, self._shares = epoch, shares
        if self._before is not None and (shares is None or self._before.shape != shares.shape):
            self._before = None

    def verdict(self, index: int) -> Verdict | None:
        """What is said of a sample, or None where the answer is no choice of a class."""
        if self._shares is None or not 0 <= index < len(self._shares):
            return None
        shares = self._shares[index]
        return Verdict(int(shares.argmax()), self._true(index), shares)

    def before(self, index: int) -> Shares | None:
        """The shares of a sample an epoch ago."""
        if self._before is None or not 0 <= index < len(self._before):
            return None
        found: Shares = self._before[index]
        return found

    def wrong(self) -> list[int]:
        """Samples of which the model says something else than the data set."""
        found = (self.verdict(i) for i in range(len(self)))
        return [i for i, v in enumerate(found) if v is not None and not v.right]

    def value(self, index: int) -> tuple[float, float | None] | None:
        """Predicted and measured number of a sample, where the answer is one number."""
        if self.subject.answers != "number" or self.outputs.ndim != 2:
            return None
        if not 0 <= index < len(self.outputs):
            return None
        true = None
        if self.labels is not None and self.labels.dtype.kind == "f":
            true = float(self.labels[index].ravel()[0])
        return float(self.outputs[index].ravel()[0]), true

    def _true(self, index: int) -> int:
        if self.labels is None or self.labels.dtype.kind not in "iu":
            return -1
        found = np.asarray(self.labels[index]).ravel()
        return int(found[-1]) if found.size else -1
