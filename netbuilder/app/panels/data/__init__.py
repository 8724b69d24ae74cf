"""Look at the data: fields, splits, classes, samples."""

from netbuilder.app.panels.data.panel import DataPanel

__all__ = ["DataPanel"]
