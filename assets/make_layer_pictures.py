"""Draws every kind of node as the canvas does: ``python assets/make_layer_pictures.py``.

The pictures of the catalogue, dark and light, with its curve beside a kind that has one. It
needs no screen and takes some seconds.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

FOLDER = Path(__file__).parent / "layers"
_COLOURS, _MARGIN, _CURVE = 32, 12, (300, 168)


def drawn(kind: str) -> QImage:
    """The node with its default parameters, and its curve, on the canvas's own colour."""
    from PySide6.QtCore import QPoint, QRectF
    from PySide6.QtGui import QImage, QPainter, QRegion
    from PySide6.QtWidgets import QWidget

    from netbuilder.app.canvas.scene import NO_CHECK, CanvasScene
    from netbuilder.app.panels.inspector.curve_view import CurveView
    from netbuilder.app.theme import colour
    from netbuilder.graph import Graph, Node, Project
    from netbuilder.layers import REGISTRY
    from netbuilder.layers.curve import Curved

    scene = CanvasScene()
    node = Node(id=f"{kind}_1", kind=kind)
    scene.show_place(Project(graph=Graph({node.id: node})), (), NO_CHECK)
    box = scene.bounds([node.id]).adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
    curved = issubclass(REGISTRY[kind], Curved)
    wide = round(box.width()) + (_CURVE[0] + _MARGIN if curved else 0)
    high = max(round(box.height()), _CURVE[1] + 2 * _MARGIN if curved else 0)
    image = QImage(wide, high, QImage.Format.Format_RGB32)
    image.fill(colour("canvas"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scene.render(painter, QRectF(0, 0, box.width(), box.height()), box)
    if curved:
        view = CurveView()
        view.resize(*_CURVE)
        view.show_curve(REGISTRY[kind]())
        at = QPoint(round(box.width()), _MARGIN)
        view.render(painter, at, QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.end()
    return image


def write(image: QImage, target: Path) -> None:
    """As a PNG of few colours."""
    from PySide6.QtCore import QBuffer, QIODevice

    from netbuilder.graph.atomic import atomic_write

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    few = (
        Image.open(io.BytesIO(buffer.data().data()))
        .convert("RGB")
        .quantize(_COLOURS, dither=Image.Dither.NONE)
    )
    written = io.BytesIO()
    few.save(written, "PNG", optimize=True)
    atomic_write(target, written.getvalue())


def main() -> None:
    """Draw all of them anew."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from netbuilder.app import theme
    from netbuilder.layers import REGISTRY

    app = QApplication([])
    FOLDER.mkdir(exist_ok=True)
    for mode in ("dark", "light"):
        theme.apply(app, mode)
        for kind in REGISTRY:
            write(drawn(kind), FOLDER / f"{kind}_{mode}.png")
    size = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    sys.stdout.write(f"{len(REGISTRY)} kinds, {size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
