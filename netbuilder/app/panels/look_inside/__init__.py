"""See why a network answers as it does, sample by sample, while it learns."""

from netbuilder.app.panels.look_inside.panel import LookInside

__all__ = ["LookInside"]
