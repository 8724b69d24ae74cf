"""The two type faces and the steps of the type scale."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from netbuilder.resources import asset

REGULAR: Final = 400
MEDIUM: Final = 500
SEMIBOLD: Final = 600

FILES: Final = (
    "Inter-Regular.otf",
    "Inter-Medium.otf",
    "Inter-SemiBold.otf",
    "JetBrainsMono-Regular.ttf",
    "JetBrainsMono-Medium.ttf",
)

UI_FAMILIES: Final = ("Inter", "Segoe UI", "Noto Sans", "DejaVu Sans")
MONO_FAMILIES: Final = ("JetBrains Mono", "DejaVu Sans Mono")

LINE_HEIGHT: Final[dict[str, int]] = {
    "caption": 14,
    "mono": 16,
    "body": 16,
    "title": 16,
    "section": 18,
    "page": 20,
    "number": 26,
}
"""Height of a line of each step in logical pixels."""


@lru_cache(maxsize=1)
def load() -> tuple[int, ...]:
    """Register the shipped fonts once; returns their ids, -1 for one that failed.

    A missing file is no error: the families have fallbacks that look acceptable.
    """
    return tuple(
        QFontDatabase.addApplicationFont(str(path)) if path.is_file() else -1
        for path in (asset(f"fonts/{name}") for name in FILES)
    )


def _resize(font: QFont, size: float) -> None:
    if float(size).is_integer():
        font.setPixelSize(int(size))
        return
    # A pixel size is a whole number in Qt; points are not, so 10.5 goes this way.
    screen = QGuiApplication.primaryScreen()
    dots = screen.logicalDotsPerInchY() if screen is not None else 96.0
    font.setPointSizeF(size * 72.0 / dots)


@lru_cache(maxsize=64)
def _ui(size: float, weight: int) -> QFont:
    load()
    font = QFont(list(UI_FAMILIES))
    _resize(font, size)
    font.setWeight(QFont.Weight(weight))
    # Live numbers must keep their width.
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font


@lru_cache(maxsize=64)
def _mono(size: float, weight: int) -> QFont:
    load()
    font = QFont(list(MONO_FAMILIES))
    font.setStyleHint(QFont.StyleHint.Monospace)
    _resize(font, size)
    font.setWeight(QFont.Weight(weight))
    # Ligatures would turn "->" and "!=" in code into other signs.
    for feature in ("liga", "calt"):
        font.setFeature(QFont.Tag(feature), 0)
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font


def ui(size: float = 12, weight: int = REGULAR) -> QFont:
    """Inter with tabular figures, ``size`` in logical pixels; a font of your own."""
    return QFont(_ui(size, weight))


def mono(size: float = 11, weight: int = REGULAR) -> QFont:
    """JetBrains Mono without ligatures, ``size`` in logical pixels; a font of your own."""
    return QFont(_mono(size, weight))


def caption() -> QFont:
    """Hints, legends and plates."""
    return ui(11)


def ticks() -> QFont:
    """Numbers along an axis: the smallest text there is."""
    return mono(10)


def plate() -> QFont:
    """Numbers on a wire."""
    return mono(10.5)


def node_mono() -> QFont:
    """Parameters and shapes on a node."""
    return mono(10.5)


def panel_mono() -> QFont:
    """Shapes, parameters and ids in a panel."""
    return mono(11)


def body() -> QFont:
    """Everything that has no step of its own."""
    return ui(12)


def control() -> QFont:
    """Buttons and tabs."""
    return ui(12, MEDIUM)


def title() -> QFont:
    """Titles of nodes, plots and docks."""
    return ui(12, SEMIBOLD)


def section() -> QFont:
    """Headings of a page and the title of the inspector."""
    return ui(13, SEMIBOLD)


def page() -> QFont:
    """The one question of a page, empty states."""
    return ui(15, SEMIBOLD)


def number() -> QFont:
    """A number to read from afar; one on a page at most."""
    return ui(20, SEMIBOLD)
