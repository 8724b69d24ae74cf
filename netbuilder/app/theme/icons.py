"""Icons of one set (Material Design Icons 6, as shipped by QtAwesome), drawn as outlines.

The font file and the table of names are read directly: asking QtAwesome itself would
load all ten of its icon fonts at start-up. Icons take their colour when they are
painted, so a change of theme needs no more than a repaint.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPixmap,
    QRawFont,
    QTransform,
)

from netbuilder.app.theme.state import colour as token_colour
from netbuilder.app.theme.state import theme

SIZES: Final = (13, 15, 16, 18, 20)
"""On plates, on nodes, in lists, and two for tool bars."""

FAMILY_ICON: Final[dict[str, str]] = {
    "Data": "database-outline",
    "Dense": "matrix",
    "Convolution": "dots-grid",
    "Pooling": "arrow-collapse",
    "Augmentation": "image-filter-vintage",
    "Normalisation": "chart-bell-curve",
    "Activation": "function-variant",
    "Recurrent": "sync",
    "Attention": "image-filter-center-focus",
    "Combine": "call-merge",
    "Reshape": "vector-polyline",
    "Losses": "target",
    "Metrics": "gauge",
    "Outputs": "export-variant",
    "Blocks": "layers-outline",
    "My blocks": "layers-outline",
    "Usually next": "chevron-double-right",
    "Noise": "dice-multiple-outline",
    "Other": "dots-horizontal-circle-outline",
    "Unknown": "puzzle-outline",
}
"""The icon that tells a family of layers; colour is left to the kind of data."""

ACTION_ICON: Final[dict[str, str]] = {
    "run": "play",
    "pause": "pause",
    "step": "skip-next",
    "stop": "stop",
    "device": "memory",
    "warning": "alert",
    "error": "alert-octagon",
    "info": "information-outline",
    "refusal": "cancel",
    "done": "check-circle-outline",
    "frozen": "snowflake",
    "muted": "eye-off-outline",
    "train": "chart-line",
    "look_inside": "eye-outline",
    "data": "database-outline",
    "code": "code-tags",
    "problems": "alert-outline",
    "runs": "history",
    "search": "magnify",
    "fit": "fit-to-page-outline",
    "undo": "undo",
    "redo": "redo",
    "cut": "content-cut",
    "copy": "content-copy",
    "paste": "content-paste",
    "duplicate": "content-duplicate",
    "delete": "trash-can-outline",
    "add": "plus",
    "remove": "minus",
    "close": "close",
    "home": "home-outline",
    "help": "help-circle-outline",
    "reference": "open-in-new",
    "more": "dots-vertical",
    "collapse": "unfold-less-horizontal",
    "expand": "unfold-more-horizontal",
    "previous": "skip-previous",
    "next": "skip-next",
    "back": "arrow-left",
    "forward": "arrow-right",
    "window": "dock-window",
    "save": "content-save-outline",
    "open": "folder-open-outline",
    "new": "file-outline",
    "export": "export-variant",
    "import": "import",
    "picture": "image-outline",
    "settings": "cog-outline",
    "group": "group",
    "ungroup": "ungroup",
    "layout": "sitemap-outline",
    "rename": "form-textbox",
    "favourite": "star-outline",
    "edit": "pencil-outline",
    "example": "shape-outline",
    "link": "link-variant",
    "reset": "restore",
    "filter": "filter-variant",
}
"""The icon of each action and mark."""

_EM: Final = 24.0
"""The icons are designed on a square of 24 whose base line is 21 below its top."""
_BASE_LINE: Final = 21.0

_FONT: Final = "materialdesignicons6-webfont-*.ttf"
_NAMES: Final = "materialdesignicons6-webfont-charmap-*.json"


def _font_file(pattern: str) -> Path:
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise RuntimeError("QtAwesome is not installed, and it brings the icons.")
    found = sorted(Path(spec.origin).parent.glob(f"fonts/{pattern}"))
    if not found:
        raise RuntimeError("This QtAwesome does not bring Material Design Icons 6.")
    return found[-1]


@lru_cache(maxsize=1)
def _names() -> dict[str, int]:
    table: dict[str, str] = json.loads(_font_file(_NAMES).read_text(encoding="utf-8"))
    return {name: int(code, 16) for name, code in table.items()}


@lru_cache(maxsize=1)
def _raw_font() -> QRawFont:
    # Outlines are scaled afterwards, so hinting at one size would only bend them.
    return QRawFont(str(_font_file(_FONT)), _EM, QFont.HintingPreference.PreferNoHinting)


def resolve(name: str) -> str:
    """The plain name of an icon: of an action, a family, or ``play`` and ``mdi6.play`` alike."""
    plain = name.removeprefix("mdi6.")
    plain = ACTION_ICON.get(plain) or FAMILY_ICON.get(plain) or plain
    if plain not in _names():
        raise KeyError(f"There is no icon named {name!r} in Material Design Icons 6.")
    return plain


@lru_cache(maxsize=512)
def glyph_path(name: str, size: float) -> QPainterPath:
    """The outline of an icon in a square of ``size`` at the origin; shared, do not modify it."""
    font = _raw_font()
    character = chr(_names()[resolve(name)])
    outline = font.pathForGlyph(font.glyphIndexesForString(character)[0])
    scale = size / _EM
    return (QTransform.fromTranslate(0.0, _BASE_LINE) * QTransform.fromScale(scale, scale)).map(
        outline
    )


def paint(painter: QPainter, name: str, colour: str, rect: QRect | QRectF) -> None:
    """Draw an icon in the middle of ``rect``, as large as fits."""
    area = QRectF(rect)
    size = min(area.width(), area.height())
    middle = area.center()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(middle.x() - size / 2, middle.y() - size / 2)
    painter.fillPath(glyph_path(name, size), token_colour(colour))
    painter.restore()


@lru_cache(maxsize=1024)
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint(painter, name, colour, QRectF(0.0, 0.0, size, size))
    painter.end()
    return pixmap


def pixmap(name: str, colour: str = "text2", size: int = 16, dpr: float = 1.0) -> QPixmap:
    """An icon as a cached picture, the quickest for ``paint()`` on the canvas.

    ``colour`` is a token or ``#rrggbb``; ask anew after ``theme.changed``.
    """
    return _pixmap(name, theme.tokens.colour(colour), size, dpr)


class _ThemedEngine(QIconEngine):
    """Paints an outline in the colour that its token has at that moment."""

    def __init__(self, name: str, colour: str, size: int | None) -> None:
        super().__init__()
        self._name = name
        self._colour = colour
        self._size = size

    def _ink(self, mode: QIcon.Mode) -> str:
        return "disabled" if mode == QIcon.Mode.Disabled else self._colour

    def _side(self, available: QSize) -> int:
        side = min(available.width(), available.height())
        return side if self._size is None else min(side, self._size)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into ``rect``."""
        side = self._side(rect.size())
        square = QRectF(0.0, 0.0, side, side)
        square.moveCenter(QRectF(rect).center())
        paint(painter, self._name, self._ink(mode), square)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """A picture in device pixels."""
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        """A picture for a screen of the given ratio; ``size`` is in logical pixels (Qt 6.8)."""
        picture = QPixmap(size * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        """A copy, for an icon that is about to be changed."""
        return _ThemedEngine(self._name, self._colour, self._size)

    def key(self) -> str:
        """The name of this kind of engine."""
        return "netbuilder"

    def isNull(self) -> bool:
        """Never: the name was checked when the icon was made."""
        return False


def icon(name: str, colour: str | None = None, size: int | None = None) -> QIcon:
    """An icon that follows the theme by itself.

    ``name`` is an action (``"run"``), a family (``"Convolution"``) or any name of the set;
    ``colour`` a token (``"accent"``) or ``#rrggbb``; ``size`` the largest it is drawn,
    otherwise it fills what the widget gives it.
    """
    resolved = resolve(name)
    return QIcon(_ThemedEngine(resolved, colour or "text2", size))


def family_icon(family: str, colour: str | None = None, size: int | None = None) -> QIcon:
    """The icon of a family of layers; a family of a plug-in without one gets the puzzle piece."""
    return icon(FAMILY_ICON.get(family, FAMILY_ICON["Unknown"]), colour, size)
