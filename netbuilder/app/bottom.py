"""The panels below the canvas: one row of tabs over a stack."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.theme import fonts, icons, sizes
from netbuilder.app.widgets import ThemedLabel


class Bottom(QWidget):
    """Tabs with icons; the right end says which run is shown."""

    shown = Signal(str)
    enlarged = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setIconSize(QSize(16, 16))
        self.tabs.setAccessibleName("Panels")
        self.stack = QStackedWidget()
        self.about = ThemedLabel("", token="text2", font=fonts.caption())
        self.enlarge = QToolButton()
        self.enlarge.setIcon(icons.icon("window"))
        self.enlarge.setToolTip("Give the panel the whole window")
        self.enlarge.setAccessibleName("Enlarge the panel")
        self.enlarge.setCheckable(True)
        self.enlarge.setAutoRaise(True)
        self.enlarge.toggled.connect(self.enlarged)
        self._names: list[str] = []
        self._texts: list[str] = []
        head = QWidget()
        head.setFixedHeight(sizes.TAB_HEIGHT)
        head.setAutoFillBackground(True)
        head.setBackgroundRole(QPalette.ColorRole.Window)
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 12, 0)
        row.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        row.addWidget(self.about)
        row.addWidget(self.enlarge)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self.stack, 1)
        self.tabs.currentChanged.connect(self._changed)

    def add(self, name: str, icon: str, text: str, panel: QWidget) -> None:
        """Add a panel under a tab."""
        self._names.append(name)
        self._texts.append(text)
        self.stack.addWidget(panel)
        self.tabs.addTab(icons.icon(icon), text)

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front."""
        self.tabs.setCurrentIndex(self._names.index(name))

    @property
    def current(self) -> str:
        """Name of the panel in front."""
        return self._names[self.tabs.currentIndex()]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all panels in order."""
        return tuple(self._names)

    def set_badge(self, name: str, count: int) -> None:
        """A number behind the title of a tab, none for zero."""
        index = self._names.index(name)
        text = self._texts[index]
        self.tabs.setTabText(index, f"{text}  {count}" if count else text)

    def _changed(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        self.shown.emit(self._names[index])
