"""What flows along a wire, told in words."""

from __future__ import annotations

from netbuilder.layers.shape import Dim, TensorSpec


def told(x: TensorSpec) -> str:
    """One sample of what a wire carries: ``an image of 16 channels, 28 × 28``."""
    batched = bool(x.shape) and isinstance(x.shape[0], Dim)
    sizes = x.shape[1:] if batched else x.shape
    size = " × ".join(str(n) for n in sizes)
    if x.dtype != "float32":
        one = "yes or no" if x.dtype == "bool" else "a label or token"
        many = "yes or no for each of" if x.dtype == "bool" else "labels or tokens,"
        kinds = f" of {x.classes} kinds" if x.classes else ""
        return f"{many} {size}{kinds}" if sizes else one + kinds
    if not sizes:
        return "one number"
    if len(sizes) == 1:
        return f"a vector of {_counted(sizes[0], 'number')}"
    if len(sizes) == 2:
        return f"{'a sequence' if batched else 'a table'} of {size} numbers"
    name = {3: "an image", 4: "a volume"}.get(len(sizes), "")
    places = " × ".join(str(n) for n in sizes[1:])
    return f"{name} of {_counted(sizes[0], 'channel')}, {places}" if name else f"{size} numbers"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
