"""How fast a step can be made without changing what it computes: choices, trials, memory."""

from netbuilder.training.speed.plan import PLAIN, Plan

__all__ = ["PLAIN", "Plan"]
