"""Optimisers racing on small loss surfaces, drawn together. Loads without torch."""

from netbuilder.playground.surfaces import SURFACES, Surface

__all__ = ["SURFACES", "Surface"]
