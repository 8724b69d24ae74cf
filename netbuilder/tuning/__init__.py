"""Search for parameters: what a project declares, by Optuna, one run a trial.

Importing it loads neither torch nor Optuna; `space` does without them at all.
"""

from netbuilder.tuning.events import (
    StudyBegun,
    StudyEnded,
    TrialBegun,
    TrialEnded,
    TrialReported,
    TuningEvent,
)
from netbuilder.tuning.failure import TuningError

__all__ = [
    "StudyBegun", "StudyEnded", "TrialBegun", "TrialEnded", "TrialReported", "TuningError",
    "TuningEvent",
]  # fmt: skip
