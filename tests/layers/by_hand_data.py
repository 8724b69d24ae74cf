"""What stands between the data and the network, as a person would write it."""

from __future__ import annotations

from netbuilder.layers import B, TensorSpec

CASES = [
    # Before it is fitted it changes nothing; tests/training/test_fitting.py fits it.
    ("normalise", {"each": "value"}, {"x": TensorSpec((B, 3, 5, 4))}, lambda x, node: (x - 0) / 1),
]
