"""Mixing colours, and ink that can be read on them."""

from __future__ import annotations

from PySide6.QtGui import QColor


def mixed(a: QColor, b: QColor, share: float) -> QColor:
    """The colour `share` of the way from `a` to `b`."""
    share = min(max(share, 0.0), 1.0)
    return QColor.fromRgbF(
        a.redF() + (b.redF() - a.redF()) * share,
        a.greenF() + (b.greenF() - a.greenF()) * share,
        a.blueF() + (b.blueF() - a.blueF()) * share,
    )


def readable(ground: QColor) -> QColor:
    """Near-white or near-black, whichever can be told better from `ground` (WCAG 2.2)."""
    light = luminance(ground)
    on_dark, on_light = 1.05 / (light + 0.05), (light + 0.05) / 0.0585
    return QColor("#ffffff") if on_dark >= on_light else QColor("#15171a")


def luminance(colour: QColor) -> float:
    """Relative luminance, 0 to 1."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(v) for v in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
