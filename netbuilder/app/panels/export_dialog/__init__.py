"""Take a model away: code, weights, ONNX, PT2, a bundle."""

from netbuilder.app.panels.export_dialog.dialog import ExportDialog

__all__ = ["ExportDialog"]
