"""The inspector: what is selected, its properties, shape, help and live statistics."""

from netbuilder.app.panels.inspector.panel import Inspector

__all__ = ["Inspector"]
