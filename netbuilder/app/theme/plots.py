"""Plots in the look, and numbers to pictures.

pyqtgraph takes more than half a second to import, so it is imported when the first
plot is made and never when the window opens.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from netbuilder.app.theme.tokens import SIGNED_STOPS

if TYPE_CHECKING:
    from netbuilder.app.theme.plot_widget import Plot

MapName = Literal["inferno", "signed"]
"""Amounts from black, or the two sides of zero."""

PictureKind = Literal["amount", "signed", "grey"]
"""What the numbers of a picture mean."""

Rgba = NDArray[np.uint8]

STEPS = 257
"""Entries of a table of colours: odd, so that zero has one of its own."""


def styled_plot(
    title: str, x_label: str = "", *, log_y: bool = False, full_range: float | None = None
) -> Plot:
    """A themed plot with its title and legend in one line above it."""
    from netbuilder.app.theme.plot_widget import Plot

    return Plot(title, x_label, log_y=log_y, full_range=full_range)


def colour_map(name: MapName) -> Any:
    """A map of the look as ``pyqtgraph.ColorMap``."""
    import pyqtgraph as pg

    if name == "inferno":
        return pg.colormap.get("inferno")
    return pg.ColorMap(np.linspace(0.0, 1.0, len(SIGNED_STOPS)), list(SIGNED_STOPS))


@lru_cache(maxsize=3)
def table(kind: PictureKind) -> Rgba:
    """The colours of a kind of picture, from the lowest level to the highest, as RGBA."""
    entries = np.full((STEPS, 4), 255, np.uint8)
    if kind == "grey":
        entries[:, :3] = np.linspace(0, 255, STEPS).round().astype(np.uint8)[:, None]
    elif kind == "signed":
        stops = np.array([[int(hex_[i : i + 2], 16) for i in (1, 3, 5)] for hex_ in SIGNED_STOPS])
        where, at = np.linspace(0, 1, STEPS), np.linspace(0, 1, len(SIGNED_STOPS))
        for channel in range(3):
            entries[:, channel] = np.interp(where, at, stops[:, channel]).round()
    else:
        entries[:, :3] = colour_map("inferno").getLookupTable(nPts=STEPS)[:, :3]
    entries.setflags(write=False)
    return entries


def default_levels(array: NDArray[Any], kind: PictureKind) -> tuple[float, float]:
    """Amounts from 0 to the 99.5th percentile; signed symmetric about 0; grey over its range."""
    finite = np.asarray(array, np.float32)
    finite = finite[np.isfinite(finite)]
    if finite.size == 0:
        return (-1.0, 1.0) if kind == "signed" else (0.0, 1.0)
    if kind == "signed":
        reach = float(np.abs(finite).max()) or 1.0
        return -reach, reach
    if kind == "amount":
        return 0.0, float(np.percentile(finite, 99.5)) or 1.0
    low, high = float(finite.min()), float(finite.max())
    return (low, high) if high > low else (low, low + 1.0)


def to_rgba(
    array: NDArray[Any],
    kind: PictureKind = "amount",
    levels: tuple[float, float] | None = None,
) -> Rgba:
    """Numbers of any shape to colours of the same shape and four channels.

    Pass fixed levels for pictures that are to be compared (the channels of a layer).
    What is not a number takes the colour of zero.
    """
    low, high = default_levels(array, kind) if levels is None else levels
    if kind == "signed":
        # Zero must stay in the middle whatever was asked for.
        high = max(abs(low), abs(high))
        low = -high
    span = high - low if high > low else 1.0
    scaled = (np.asarray(array, np.float32) - low) * ((STEPS - 1) / span)
    rest = (STEPS - 1) / 2 if kind == "signed" else 0.0
    scaled = np.nan_to_num(scaled, nan=rest, posinf=STEPS - 1, neginf=0.0)
    index = np.clip(np.rint(scaled), 0, STEPS - 1).astype(np.intp)
    coloured: Rgba = table(kind)[index]
    return coloured


def over_picture(
    array: NDArray[Any],
    picture: NDArray[Any],
    kind: Literal["amount", "signed"],
    levels: tuple[float, float] | None = None,
) -> Rgba:
    """A map laid over the grey picture it explains; ``picture`` runs from 0 to 1.

    Both have the same height and width. Amounts cover by their strength the picture at
    43 %; a signed map is at 90 % and the picture at 27 % shows where the map is weak.
    """
    low, high = default_levels(array, kind) if levels is None else levels
    colours = to_rgba(array, kind, (low, high))[..., :3].astype(np.float32)
    grey = np.asarray(picture, np.float32)[..., None] * 255.0
    values = np.nan_to_num(np.asarray(array, np.float32))
    if kind == "amount":
        span = high - low if high > low else 1.0
        alpha = np.clip((values - low) / span, 0.0, 1.0)[..., None]
        mixed = colours * alpha + grey * 0.43 * (1.0 - alpha)
    else:
        reach = max(abs(low), abs(high)) or 1.0
        weak = 1.0 - np.clip(np.abs(values) / reach, 0.0, 1.0)[..., None]
        mixed = colours * 0.9 + grey * 0.27 * weak
    result = np.full((*mixed.shape[:-1], 4), 255, np.uint8)
    result[..., :3] = np.clip(mixed, 0, 255).round().astype(np.uint8)
    return result
