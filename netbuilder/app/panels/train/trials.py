"""What a window knows of a study, from the events that are told of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netbuilder.app.panels.train.parallel_plot import Axis, Line


@dataclass
class Trials:
    """All trials so far; `apply` takes events of `netbuilder.tuning.events` as dictionaries."""

    running: bool = False
    stopped: bool = False
    study: str = ""
    metric: str = "figure"
    higher: bool = False
    total: int = 0
    names: tuple[str, ...] = ()
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    importances: dict[str, float] = field(default_factory=dict)
    _heard: float = 0.0
    _done: int = 0

    def apply(self, event: Mapping[str, Any]) -> None:
        """Take one event."""
        name = event["event"]
        if name == "StudyBegun":
            self.running, self.stopped, self.rows = True, False, {}
            self.study, self.metric, self.higher = event["study"], event["metric"], event["higher"]
            self.total, self.names = event["trials"], tuple(event["names"])
            self._heard, self._done = time.monotonic(), event["done"]
        elif name == "TrialBegun":
            self._row(event).update(state="running")
        elif name == "TrialReported":
            row = self.rows.get(event["number"])
            if row is not None:
                row.update(value=event["value"], epoch=event["epoch"])
        elif name == "TrialEnded":
            self._row(event).update(
                {key: event[key] for key in ("state", "value", "message", "run")}
            )
        elif name == "StudyEnded":
            self.running, self.stopped = False, bool(event["stopped"])
            self.importances = dict(event["importances"])

    def _row(self, event: Mapping[str, Any]) -> dict[str, Any]:
        row = self.rows.setdefault(event["number"], {"value": None, "message": "", "run": ""})
        row.update(number=event["number"], values=event["values"])
        return row

    @property
    def done(self) -> int:
        """How many trials of those asked for are over."""
        return sum(row["state"] in ("complete", "pruned", "failed") for row in self.rows.values())

    @property
    def best(self) -> int | None:
        """Number of the best complete trial."""
        found = [
            r for r in self.rows.values() if r["state"] == "complete" and r["value"] is not None
        ]
        return min(found, key=self._rank)["number"] if found else None

    def sorted(self) -> list[dict[str, Any]]:
        """The best first, those without a figure last."""
        return sorted(self.rows.values(), key=lambda r: (r["state"] != "complete", *self._key(r)))

    def _key(self, row: Mapping[str, Any]) -> tuple[bool, float]:
        return row["value"] is None, 0.0 if row["value"] is None else self._rank(row)

    def _rank(self, row: Mapping[str, Any]) -> float:
        return -float(row["value"]) if self.higher else float(row["value"])

    def verdict(self) -> tuple[str, str]:
        """What to say above: how serious, and a sentence; empty before there is anything."""
        best = self.best
        found = ""
        if best is not None:
            found = f" Best: trial {best}, {self.metric} {self.rows[best]['value']:.4g}."
        if self.running:
            if not self.total:
                return "info", "Starting …"
            return "info", f"{self.done} of {self.total} trials{self._left()}.{found}"
        if not self.study:
            return "info", ""
        if self.stopped:
            return "info", f"Stopped after {self.done} of {self.total} trials.{found}"
        failed = [row for row in self.rows.values() if row["state"] == "failed"]
        if best is None and failed:
            return "error", f"Every trial failed; the last one said: {failed[-1]['message']}"
        return "ok", f"{self.done} trials are done.{found}"

    def _left(self) -> str:
        """How long it takes yet, by what was done since it is followed."""
        done = self.done - self._done
        if done < 1:
            return ""
        seconds = (time.monotonic() - self._heard) / done * (self.total - self.done)
        words = f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
        return f", {words} left" if seconds >= 1 else ""

    # --- for the plot ----------------------------------------------------------------------

    def axes(self) -> tuple[Axis, ...]:
        """An axis for each parameter, and the figure at the right."""
        found = [axis for name in self.names if (axis := self._axis(name)) is not None]
        values = [r["value"] for r in self.rows.values() if r["value"] is not None]
        if values:
            found.append(Axis(self.metric, min(values), max(values)))
        return tuple(found)

    def _axis(self, name: str) -> Axis | None:
        values = [r["values"][name] for r in self.rows.values() if name in r["values"]]
        if not values:
            return None
        if all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values):
            low, high = min(values), max(values)
            return Axis(name, low, high, log=low > 0 and high >= 20 * low)
        words = dict.fromkeys(_word(v) for v in sorted(values, key=str))
        return Axis(name, words=tuple(words))

    def lines(self) -> tuple[Line, ...]:
        """A line for each trial that has begun."""
        done = [self._rank(r) for r in self.rows.values() if r["value"] is not None]
        worst, best = max(done, default=0.0), min(done, default=0.0)
        found = []
        for row in self.rows.values():
            good = None
            if row["value"] is not None and row["state"] == "complete":
                span = worst - best
                good = (worst - self._rank(row)) / span if span else 1.0
            values = {
                n: v if isinstance(v, (int, float)) and not isinstance(v, bool) else _word(v)
                for n, v in row["values"].items()
            }
            found.append(Line(row["number"], {**values, self.metric: row["value"]}, good))
        return tuple(found)


def _word(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, list) else str(value)
