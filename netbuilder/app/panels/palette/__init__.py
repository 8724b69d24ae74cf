"""The palette of layers and blocks."""

from netbuilder.app.panels.palette.entries import Entry, Family, families
from netbuilder.app.panels.palette.model import KIND_MIME
from netbuilder.app.panels.palette.panel import Palette
from netbuilder.app.panels.palette.search import Match, match, ranked

__all__ = ["KIND_MIME", "Entry", "Family", "Match", "Palette", "families", "match", "ranked"]
