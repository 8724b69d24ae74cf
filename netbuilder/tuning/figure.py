"""The figure that trials are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netbuilder.graph import Project
from netbuilder.tuning.failure import TuningError


@dataclass(frozen=True)
class Figure:
    """name: as under its curve, of the validation rows. higher: whether more is better."""

    name: str
    higher: bool

    def value(self, validation: Mapping[str, float], train: Mapping[str, float]) -> float | None:
        """Of an epoch; where no rows are held back, of the training rows."""
        return (validation or train).get(self.name)

    def better(self, value: float, other: float | None) -> bool:
        """Whether a value is better than another, or than none."""
        return other is None or (value > other if self.higher else value < other)


def figure_of(project: Project) -> Figure:
    """The figure a project is searched by: the declared one, else that which judges epochs.

    Raises CompileError if the project cannot be trained, TuningError for an unknown figure.
    """
    import torch

    from netbuilder.compiler import generate
    from netbuilder.training.evaluate import Evaluator
    from netbuilder.training.parts import part_values

    source = generate(project)
    if not source.objectives:
        raise TuningError("Nothing is minimised; add a loss and wire it.")
    known = Evaluator(project, source, torch.device("cpu"), 0).higher
    names = [objective.name for objective in source.objectives]
    judged = part_values(project.training, "early_stopping")
    name = project.search.metric or judged["metric"]
    if not name and len(names) > 1:
        raise TuningError(
            "Several losses are minimised; say which figure the search compares with --metric: "
            f"{', '.join([*names, *known])}."
        )
    name = name or names[0]
    if name not in names and name.partition(".")[0] not in (*known, *names):
        every = ", ".join(dict.fromkeys([*names, *known]))
        raise TuningError(f"There is no figure {name} to search by; there is {every}.")
    direction = project.search.direction
    if direction == "auto" and name == judged["metric"]:
        direction = judged["direction"]
    higher = direction == "higher" or (
        direction == "auto" and known.get(name.partition(".")[0], False)
    )
    return Figure(name, bool(higher))
