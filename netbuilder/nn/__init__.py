"""What torch lacks, as plain modules and functions, usable as a library.

Each stands by itself on `torch`, `nn`, `F` and `math`, because an exporter copies its
source into the files it writes.
"""

from netbuilder.nn.attention import causal_mask
from netbuilder.nn.divergence import gaussian_kl
from netbuilder.nn.positions import LearnedPositions, SinusoidalPositions
from netbuilder.nn.reparameterise import Reparameterise

__all__ = [
    "LearnedPositions", "Reparameterise", "SinusoidalPositions", "causal_mask", "gaussian_kl",
]  # fmt: skip
