"""Whether a network differentiates twice, as a gradient penalty does."""

from __future__ import annotations

from netbuilder.compiler import Source


def differentiates_twice(source: Source) -> bool:
    """Whether its code takes a gradient that is itself differentiated.

    torch.compile cannot go through such a backward pass, nor can FSDP's hooks.
    """
    return "create_graph=True" in source.text
