"""What of a project's training cannot work, said before anything is made."""

from __future__ import annotations

from netbuilder.graph import Project
from netbuilder.training.failure import TrainingError
from netbuilder.training.parts import check_parts


def check_settings(project: Project) -> None:
    """Refuse training settings that cannot work, with one sentence."""
    t = project.training
    if t.epochs < 1:
        raise TrainingError(f"Epochs is at least 1, not {t.epochs}.")
    if t.batch_size < 1:
        raise TrainingError(f"Batch size is at least 1, not {t.batch_size}.")
    if not 0 <= t.seed < 2**63:
        raise TrainingError(f"The seed is a whole number from 0 on, not {t.seed}.")
    if not t.optimisers:
        raise TrainingError("There is no optimiser; add one in the training settings.")
    names = [optimiser.name for optimiser in t.optimisers]
    for name in names:
        if names.count(name) > 1:
            raise TrainingError(f"Two optimisers are called {name}; rename one.")
    check_parts(t)
