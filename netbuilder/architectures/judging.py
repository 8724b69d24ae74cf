"""How the scores of a classifier are judged."""

from __future__ import annotations

from netbuilder.building import Network, Output


def judged(net: Network, scores: Output, label: Output) -> None:
    """Scores (B, classes) are the result; cross-entropy is minimised, accuracy is counted."""
    net.output(scores, name="scores")
    net.cross_entropy(scores, label)
    net.accuracy(scores, label)
