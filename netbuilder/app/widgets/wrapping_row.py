"""Widgets side by side, in further lines where one does not hold them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class WrappingRow(QLayout):
    """Each widget has the size it asks for; the height follows from the width."""

    def __init__(self, gap: int, outdent: int = 0, parent: QWidget | None = None) -> None:
        """gap: between widgets of a line. outdent: how far lines begin left of the layout."""
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap, self._outdent = gap, outdent
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lines(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items]
        width = sum(s.width() for s in sizes) + self._gap * max(0, len(sizes) - 1) - self._outdent
        return QSize(max(0, width), max((s.height() for s in sizes), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items]
        return QSize(
            max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0)
        )

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lines(rect, move=True)

    def _lines(self, rect: QRect, move: bool) -> int:
        """Place the widgets line by line, or only measure; returns the height of all lines."""
        left = rect.left() - self._outdent
        x, y, high = left, rect.top(), 0
        for item in self._items:
            size = item.sizeHint()
            if x > left and x + size.width() > rect.right() + 1:
                x, y, high = left, y + high, 0
            if move:
                wide = min(size.width(), rect.right() + 1 - x)
                item.setGeometry(QRect(QPoint(x, y), QSize(wide, size.height())))
            x += size.width() + self._gap
            high = max(high, size.height())
        return y + high - rect.top()
