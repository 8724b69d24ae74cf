"""Runs of the past: figures, curves, projects."""

from netbuilder.app.panels.runs.panel import RunsPanel

__all__ = ["RunsPanel"]
