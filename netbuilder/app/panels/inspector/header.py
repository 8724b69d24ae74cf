"""What a page is about: an icon and a title."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from netbuilder.app.theme import fonts, icons, sizes
from netbuilder.app.widgets import ThemedLabel


class KindIcon(QWidget):
    """An icon of the set in a colour of the theme."""

    def __init__(self, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._token, self._size = "puzzle-outline", "text2", size
        self.setFixedSize(QSize(size, size))

    def show_icon(self, name: str, token: str) -> None:
        """Show an icon by its name in a token's colour."""
        if (name, token) != (self._name, self._token):
            self._name, self._token = name, token
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        icons.paint(QPainter(self), self._name, self._token, QRectF(self.rect()))


class Header(QWidget):
    """Icon, title, and a button for the help page."""

    help_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = KindIcon(18)
        self.title = ThemedLabel(token="text", font=fonts.section())
        self.title.setAccessibleName("Selected")
        self.help = QToolButton()
        self.help.setIcon(icons.icon("help", size=18))
        self.help.setAutoRaise(True)
        self.help.setFixedSize(sizes.HIT_AREA, sizes.HIT_AREA)
        self.help.setToolTip("Help for this layer")
        self.help.setAccessibleName("Help for this layer")
        self.help.clicked.connect(self.help_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(8)
        layout.addWidget(self.icon)
        layout.addWidget(self.title, 1)
        layout.addWidget(self.help)

    def show_title(self, title: str, icon: str, token: str, help: bool = True) -> None:
        """Show a title with its icon in a token's colour."""
        self.title.setText(title)
        self.icon.show_icon(icon, token)
        self.help.setVisible(help)
