"""The code panel."""

from netbuilder.app.panels.code.panel import CodePanel

__all__ = ["CodePanel"]
