"""The history: every step that can be undone."""

from netbuilder.app.panels.history.panel import HistoryPanel

__all__ = ["HistoryPanel"]
