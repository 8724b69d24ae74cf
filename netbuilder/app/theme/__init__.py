"""The look: colours, type, icons and the style of every control.

``theme.apply(app, "system")`` dresses the application, ``theme.current()`` are the
tokens to paint with, ``theme.changed`` says that they are others now.
"""

from netbuilder.app.theme import fonts, icons, motion, sizes
from netbuilder.app.theme.palette import apply, make_palette
from netbuilder.app.theme.state import Mode, Theme, colour, current, theme, translucent
from netbuilder.app.theme.style import NetBuilderStyle
from netbuilder.app.theme.tokens import (
    DARK,
    KIND_DASH,
    KIND_SHAPE,
    LIGHT,
    SIGNED_STOPS,
    Kind,
    Shape,
    Tokens,
    high_contrast,
)

changed = theme.changed
"""Emitted after the theme was replaced."""

__all__ = [
    "DARK",
    "KIND_DASH",
    "KIND_SHAPE",
    "LIGHT",
    "SIGNED_STOPS",
    "Kind",
    "Mode",
    "NetBuilderStyle",
    "Shape",
    "Theme",
    "Tokens",
    "apply",
    "changed",
    "colour",
    "current",
    "fonts",
    "high_contrast",
    "icons",
    "make_palette",
    "motion",
    "sizes",
    "theme",
    "translucent",
]
