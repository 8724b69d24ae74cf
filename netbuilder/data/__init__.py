"""Data sets as arrays: loaded, split into parts, and as batches on a device.

``netbuilder.data.device`` is the only part that loads torch; the rest stands on numpy, and
on scikit-learn where a set comes from it.
"""

from netbuilder.data.division import divided, divided_all
from netbuilder.data.fields import Fields
from netbuilder.data.load import load
from netbuilder.data.preview import FieldSummary, Preview, class_counts, preview
from netbuilder.data.split import Split, split

__all__ = [
    "FieldSummary",
    "Fields",
    "Preview",
    "Split",
    "class_counts",
    "divided",
    "divided_all",
    "load",
    "preview",
    "split",
]
