"""Watch a network learn: curves, figures, pictures of what it makes."""

from netbuilder.app.panels.train.history import History
from netbuilder.app.panels.train.panel import TrainPanel

__all__ = ["History", "TrainPanel"]
