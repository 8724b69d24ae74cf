"""The canvas for a screen reader: a list of nodes with their shapes and problems."""

from netbuilder.app.accessible.announcer import Announcer
from netbuilder.app.accessible.canvas_list import CanvasList, install

__all__ = ["Announcer", "CanvasList", "install"]
