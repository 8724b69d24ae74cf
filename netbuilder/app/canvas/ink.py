"""Pens, brushes and fonts of the canvas, made once for each theme.

Painting a node takes microseconds; making its pens anew would take as long again.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen

from netbuilder.app.theme import fonts, theme
from netbuilder.app.theme.tokens import Tokens
from netbuilder.layers import Flow

FLOWS: tuple[Flow, ...] = ("image", "sequence", "vector", "label", "loss", "any")


class Ink:
    """What one theme's tokens come to, in Qt's terms."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.flow = {flow: QColor(tokens.kind(flow)) for flow in FLOWS}
        self.canvas = QColor(tokens.canvas)
        self.node = QBrush(QColor(tokens.node))
        self.head = QBrush(QColor(tokens.node_head))
        self.head_hover = QBrush(QColor(tokens.hover))
        self.text = QColor(tokens.text)
        self.text2 = QColor(tokens.text2)
        self.text3 = QColor(tokens.text3)
        self.accent = QColor(tokens.accent)
        self.error = QColor(tokens.error)
        self.warn = QColor(tokens.warn)
        self.line = QPen(QColor(tokens.line), 1)
        self.line_strong = QPen(QColor(tokens.line_strong), 1)
        self.line_dashed = _dashed(tokens.line_strong, 1, 4, 4)
        self.ring = QPen(self.accent, 2)
        self.ring_focus = _dashed(tokens.accent, 2, 4, 2)
        self.severity = {
            "error": (
                QPen(self.error, 1),
                QBrush(QColor(tokens.error_bg)),
                _dashed(tokens.error, 1, 4, 4),
            ),
            "warning": (
                QPen(self.warn, 1),
                QBrush(QColor(tokens.warn_bg)),
                _dashed(tokens.warn, 1, 4, 4),
            ),
        }
        self.port = {flow: QPen(colour, 1.5) for flow, colour in self.flow.items()}
        self.fill = {flow: QBrush(colour) for flow, colour in self.flow.items()}
        self.through = {flow: _dotted(colour) for flow, colour in self.flow.items()}
        self.halo = {flow: QBrush(_faint(colour, 0.22)) for flow, colour in self.flow.items()}
        self.view = {flow: QBrush(_faint(colour, 0.85)) for flow, colour in self.flow.items()}
        far = 0.62 if tokens.dark else 0.70
        self.far = {flow: QBrush(_faint(colour, far)) for flow, colour in self.flow.items()}


def _faint(colour: QColor, alpha: float) -> QColor:
    own = QColor(colour)
    own.setAlphaF(alpha)
    return own


def _dotted(colour: QColor) -> QPen:
    pen = QPen(colour, 2)
    pen.setDashPattern([0.01, 2.5])
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def _dashed(colour: str, width: float, on: float, off: float) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setDashPattern([on / width, off / width])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


@lru_cache(maxsize=4)
def _ink(tokens: Tokens) -> Ink:
    return Ink(tokens)


def ink() -> Ink:
    """The ink of the theme in force."""
    return _ink(theme.tokens)


@lru_cache(maxsize=1)
def title_font() -> QFont:
    """Titles of nodes."""
    return fonts.title()


@lru_cache(maxsize=1)
def mono_font() -> QFont:
    """Parameters and shapes."""
    return fonts.node_mono()


@lru_cache(maxsize=1)
def caption_font() -> QFont:
    """Names of ports, callouts."""
    return fonts.caption()


@lru_cache(maxsize=1)
def chip_font() -> QFont:
    """The ``×3`` of a block that repeats, plates on wires."""
    return fonts.plate()


#: By identity, which is a good deal quicker than QFont.key(); the fonts are kept with it.
_KEYS: dict[int, tuple[QFont, str]] = {}
_METRICS: dict[str, QFontMetricsF] = {}


def _key(font: QFont) -> str:
    known = _KEYS.get(id(font))
    if known is None:
        if len(_KEYS) >= 64:  # fonts made for one text
            _KEYS.clear()
        known = _KEYS[id(font)] = (font, font.key())
    return known[1]


def metrics(font: QFont) -> QFontMetricsF:
    """Measures of a font, which must not be changed afterwards."""
    key = _key(font)
    if key not in _METRICS:
        _METRICS[key] = QFontMetricsF(font)
    return _METRICS[key]


@lru_cache(maxsize=8192)
def _advance(key: str, text: str) -> float:
    return _METRICS[key].horizontalAdvance(text)


def advance(font: QFont, text: str) -> float:
    """Width of a text in logical pixels."""
    metrics(font)
    return _advance(_key(font), text)
