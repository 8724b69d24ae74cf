"""The problems panel."""

from netbuilder.app.panels.problems.panel import ProblemsPanel

__all__ = ["ProblemsPanel"]
