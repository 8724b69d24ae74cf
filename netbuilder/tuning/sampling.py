"""A space in Optuna's terms: distributions, samplers, pruners."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from netbuilder.graph import Value
from netbuilder.tuning.space import Dimension


def choose(trial: Any, dimension: Dimension) -> None:
    """Let a trial have a value of one parameter."""
    values = dimension.range
    if values.choices:
        trial.suggest_categorical(dimension.name, [encoded(choice) for choice in values.choices])
    elif dimension.param.type == "int":
        low, high, step = int(values.low), int(values.high), int(values.step or 1)
        trial.suggest_int(dimension.name, low, high, log=values.log, step=step)
    else:
        trial.suggest_float(
            dimension.name, values.low, values.high, log=values.log, step=values.step
        )


def encoded(choice: Value) -> str:
    """A choice as Optuna keeps it."""
    return json.dumps(choice)


def decoded(dimension: Dimension, kept: Any) -> Value:
    """The value for what Optuna kept."""
    if not dimension.range.choices:
        return int(kept) if dimension.param.type == "int" else float(kept)
    value = json.loads(kept)
    return tuple(value) if isinstance(value, list) else value


def sampler_of(
    method: str,
    dimensions: Sequence[Dimension],
    values: Mapping[str, Value],
    seed: int,
    number: int,
) -> Any:
    """The sampler for one trial. Its chance follows from the seed and the trial's number alone,
    so processes beside one another never draw the same, and one alone draws the same each time.

    values: of a grid, what the trial is to have.
    """
    from optuna.samplers import RandomSampler, TPESampler

    drawn = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    if method == "grid":
        return _given(dimensions, values)
    if method == "random":
        return RandomSampler(seed=drawn)
    # Startup trials: of ten draws at random nine in ten have one in the best fifth. The liar
    # keeps processes beside one another from trying the same place.
    return TPESampler(seed=drawn, n_startup_trials=10, multivariate=True, constant_liar=True)


def _given(dimensions: Sequence[Dimension], values: Mapping[str, Value]) -> Any:
    from optuna.samplers import BaseSampler

    declared = {dimension.name: dimension for dimension in dimensions}

    class Given(BaseSampler):  # type: ignore[misc]
        """One combination of a grid."""

        def infer_relative_search_space(self, study: Any, trial: Any) -> dict[str, Any]:
            return {}

        def sample_relative(self, study: Any, trial: Any, search_space: Any) -> dict[str, Any]:
            return {}

        def sample_independent(
            self, study: Any, trial: Any, param_name: str, param_distribution: Any
        ) -> Any:
            value = values[param_name]
            return encoded(value) if declared[param_name].range.choices else value

    return Given()


def pruner_of(pruning: str, epochs: int) -> Any:
    """Which trials are given up early. Median: Golovin et al. 2017; Hyperband: Li et al. 2018."""
    from optuna.pruners import HyperbandPruner, MedianPruner, NopPruner

    if pruning == "median":
        return MedianPruner(n_startup_trials=4, n_warmup_steps=max(1, epochs // 10))
    if pruning == "hyperband":
        return HyperbandPruner(min_resource=1, max_resource=max(epochs, 1), reduction_factor=3)
    return NopPruner()
