"""A message at the place it is about, with links that mend it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from netbuilder.app.theme import colour, fonts, icons, sizes, theme
from netbuilder.app.theme.controls.strokes import box
from netbuilder.app.widgets.link import MARGIN, Link
from netbuilder.app.widgets.themed_label import ThemedLabel
from netbuilder.app.widgets.wrapping_row import WrappingRow

CalloutKind = Literal["error", "warning", "info", "ok"]
"""How serious it is."""

LinkAction = tuple[str, Callable[[], None]]
"""The words of a link and what it does."""

INK: dict[CalloutKind, str] = {"error": "error", "warning": "warn", "info": "info", "ok": "ok"}
ICON: dict[CalloutKind, str] = {
    "error": "error",
    "warning": "warning",
    "info": "info",
    "ok": "done",
}
_GROUND: dict[CalloutKind, str] = {
    "error": "error_bg",
    "warning": "warn_bg",
    "info": "panel",
    "ok": "ok_bg",
}
_SPOKEN: dict[CalloutKind, str] = {
    "error": "Error",
    "warning": "Warning",
    "info": "Note",
    "ok": "Done",
}

ICON_SIZE = 14
GAP = 8


class Callout(QWidget):
    """Icon, words and links side by side; the first link is the proposed fix."""

    def __init__(
        self,
        kind: CalloutKind,
        text: str,
        links: Sequence[LinkAction] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind: CalloutKind = kind
        self._words = ThemedLabel("", "text", fonts.caption())
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._links: list[Link] = []
        # The words of a link line up with the message, not its ring.
        self._row = WrappingRow(sizes.GAPS[1] - MARGIN, MARGIN)
        column = QVBoxLayout(self)
        # The icon stands in the left margin, the words begin after it.
        column.setContentsMargins(GAP + ICON_SIZE + GAP, 6, GAP, 6)
        column.setSpacing(2)
        column.addWidget(self._words)
        column.addLayout(self._row)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_message(kind, text, links)
        theme.changed.connect(self.update)

    def kind(self) -> CalloutKind:
        """How serious it is."""
        return self._kind

    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def links(self) -> list[Link]:
        """The links, in order."""
        return list(self._links)

    def set_message(self, kind: CalloutKind, text: str, links: Sequence[LinkAction] = ()) -> None:
        """Say something else."""
        self._kind = kind
        self._words.setText(text)
        self.setAccessibleName(f"{_SPOKEN[kind]}: {text}")
        while self._row.count():
            self._row.takeAt(0)
        for link in self._links:
            # Now, not later: a link that is clicked twice must not act twice.
            link.hide()
            link.deleteLater()
        self._links = [
            Link(words, action, quiet=index > 0) for index, (words, action) in enumerate(links)
        ]
        for link in self._links:
            self._row.addWidget(link)
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for the narrowest panel."""
        return QSize(160, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, border and icon."""
        painter = QPainter(self)
        box(painter, self.rect(), colour(_GROUND[self._kind]), colour(INK[self._kind]))
        middle = 6 + fonts.LINE_HEIGHT["caption"] // 2
        place = self.rect()
        place.setRect(GAP, middle - ICON_SIZE // 2, ICON_SIZE, ICON_SIZE)
        icons.paint(painter, ICON[self._kind], INK[self._kind], place)
