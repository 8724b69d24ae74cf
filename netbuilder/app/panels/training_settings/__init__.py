"""Settings of training, as part of the project's page in the inspector."""

from netbuilder.app.panels.training_settings.panel import TrainingSettings

__all__ = ["TrainingSettings"]
