"""Whether a step differentiates a gradient, as a gradient penalty and Newton's method do."""

from __future__ import annotations

from netbuilder.compiler import Source

#: What is said where such a network is asked to be compiled.
NOT_COMPILED = (
    "It differentiates twice, which torch.compile cannot go through, so it is not compiled."
)


def differentiates_twice(source: Source) -> bool:
    """Whether its code, or an optimiser, takes a gradient that is differentiated again.

    What torch.compile makes has one backward pass and no second one; nor have FSDP's hooks.
    """
    newton = any(o.optimiser.algorithm == "newton" for o in source.objectives)
    return newton or "create_graph=True" in source.text
