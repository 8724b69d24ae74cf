"""The theme in force: one object that everything asks and listens to."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from netbuilder.app.theme.tokens import DARK, Tokens

Mode = Literal["system", "dark", "light"]
"""What the person chose; ``system`` follows the desktop."""


class Theme(QObject):
    """Holds the tokens in force and says when they change."""

    changed = Signal()
    """Emitted after the palette and the fonts of the application are in place."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens = DARK
        self._mode: Mode = "system"
        self.contrast = False
        """Whether the person asked this program for more contrast; the desktop may as well."""

    @property
    def tokens(self) -> Tokens:
        """The colours to draw with now."""
        return self._tokens

    @property
    def mode(self) -> Mode:
        """What the person chose."""
        return self._mode

    def hold(self, tokens: Tokens, mode: Mode) -> bool:
        """Keep new tokens without telling anybody; true if they differ from the old ones.

        Only :func:`netbuilder.app.theme.apply` calls this: widgets repaint while
        the palette is being replaced and must already see the new tokens then.
        """
        different = tokens != self._tokens
        self._tokens, self._mode = tokens, mode
        return different


theme = Theme()
"""The only instance."""


def current() -> Tokens:
    """The colours to draw with now."""
    return theme.tokens


@lru_cache(maxsize=512)
def _from_hex(text: str) -> QColor:
    return QColor(text)


def colour(name: str) -> QColor:
    """A token (``"text2"``) or a literal ``#rrggbb`` as a shared ``QColor``; do not modify it."""
    return _from_hex(theme.tokens.colour(name))


def translucent(name: str, alpha: float) -> QColor:
    """A token with an opacity from 0 to 1, as a colour of your own."""
    own = QColor(colour(name))
    own.setAlphaF(alpha)
    return own
