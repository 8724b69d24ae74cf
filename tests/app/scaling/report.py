"""Opens the window at the scale of QT_SCALE_FACTOR and prints what is cut off or blurred.

A process of its own, because Qt reads the scale once, before there is an application.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)

from netbuilder.app import theme
from netbuilder.app.main import application
from netbuilder.app.theme import icons, motion
from netbuilder.app.window import MainWindow

WIDTH, HEIGHT = 1440, 900


def named(widget: QWidget) -> str:
    text = getattr(widget, "text", str)()
    return f"{type(widget).__name__} {text!r} in {type(widget.parentWidget()).__name__}"


def cut_off(window: QWidget) -> list[str]:
    """Labels and buttons that get less room than their words need."""
    found = []
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, QLabel | QAbstractButton) or not widget.isVisible():
            continue
        if not widget.text() or (isinstance(widget, QLabel) and widget.wordWrap()):
            continue
        if isinstance(widget, QToolButton) and only_icon(widget):
            continue
        room, needed = widget.size(), widget.minimumSizeHint()
        if room.width() < needed.width() or room.height() < needed.height():
            found.append(f"{named(widget)}: {room.toTuple()} for {needed.toTuple()}")
        elif not scrolled(widget) and hidden_part(widget):
            found.append(f"{named(widget)}: only {hidden_part(widget)} is seen")
    return found


def only_icon(button: QToolButton) -> bool:
    """Whether its words are for a reader alone, as those of an icon in a field."""
    plain = button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    return (plain and not button.icon().isNull()) or isinstance(button.parentWidget(), QLineEdit)


def scrolled(widget: QWidget) -> bool:
    """Whether more of it can be scrolled into sight."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QAbstractScrollArea):
        parent = parent.parentWidget()
    return parent is not None


def hidden_part(widget: QWidget) -> str:
    seen = widget.visibleRegion().boundingRect()
    whole = QRect(widget.rect())
    return "" if seen == whole or seen.isEmpty() else f"{seen.size().toTuple()}"


def sharp_icons(window: MainWindow) -> list[float]:
    """How many pixels each picture of an icon has for a pixel of the canvas at 100 %."""
    ratios: list[float] = []
    original = icons.pixmap

    def watched(name: str, colour: str = "text2", size: int = 16, dpr: float = 1.0) -> Any:
        ratios.append(dpr)
        return original(name, colour, size, dpr)

    icons.pixmap = watched  # type: ignore[assignment]
    try:
        window.canvas.camera.set_zoom(1.0)
        window.grab()
    finally:
        icons.pixmap = original  # type: ignore[assignment]
    return ratios


def steepest(window: MainWindow) -> dict[str, float]:
    """The largest step between two pixels of the icon of a button, as part of its contrast.

    A picture stretched from 100 % goes from paper to ink over several pixels.
    """
    found = {}
    for name in ("pause", "stop"):
        button = window.toolbar.buttons[name]
        picture = button.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        ratio = picture.devicePixelRatio()
        y = picture.height() // 2
        greys = [
            picture.pixelColor(x, y).value() for x in range(round(6 * ratio), round(28 * ratio))
        ]
        steps = [abs(a - b) for a, b in pairwise(greys)]
        found[name] = max(steps) / (max(greys) - min(greys))
    return found


def main(target: str) -> None:
    app = application([])
    motion.set_reduced(True)
    theme.apply(app, "dark")
    window = MainWindow()
    window.files.open_example("digits_cnn")
    window.resize(WIDTH, HEIGHT)
    window.show()
    app.processEvents()
    window.reset_layout()
    window.canvas.frame_all()
    report: dict[str, Any] = {"ratio": window.devicePixelRatioF(), "cut": {}}
    for panel in ("train", "look_inside", "data", "code", "problems", "runs"):
        window.bottom.show_panel(panel)
        app.processEvents()
        for words in cut_off(window):
            report["cut"].setdefault(words, panel)
    window.canvas.select(["conv2d_1"])
    app.processEvents()
    for words in cut_off(window):
        report["cut"].setdefault(words, "a node's properties")
    picture = window.grab()
    picture.save(str(Path(target)))
    report["picture"] = picture.size().toTuple()
    report["icons"] = sorted(set(sharp_icons(window)))
    report["steepest"] = steepest(window)
    window.document.close()
    window.session.close()
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1])
