"""Classical models on the same rows, in one table with the network. Loads without torch."""

from netbuilder.baselines.declared import BASELINES, Baseline, BaselineError, choose

__all__ = ["BASELINES", "Baseline", "BaselineError", "choose"]
