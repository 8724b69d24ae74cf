"""The queue of runs as a list: what waits can change its place or be taken out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.panels.runs.queue import RunQueue
from netbuilder.app.panels.runs.several_form import SeveralFigures, SeveralForm
from netbuilder.app.theme import colour, icons, sizes, theme
from netbuilder.app.widgets import Callout, ThemedLabel

_ICON = {"waiting": "more", "running": "run", "finished": "done", "stopped": "stop",
         "failed": "error"}  # fmt: skip
_INK = {"running": "ok", "failed": "error", "waiting": "text"}


class QueueView(QWidget):
    """Follows the queue by itself."""

    def __init__(self, queue: RunQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.queue = queue
        self.words = ThemedLabel("", "text2")
        self.words.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Queue of runs")
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.held = Callout(
            "info",
            "These waited when the window was closed.",
            [("Train them", queue.go_on)],
        )
        self.form, self.figures = SeveralForm(), SeveralFigures()
        self.form.hide()
        self.up = self._button("Up", "", lambda: self._move(-1))
        self.down = self._button("Down", "", lambda: self._move(1))
        self.remove = self._button("Remove", "remove", self._remove)
        self.clear = self._button("Clear what is over", "", queue.clear_done)
        row = QHBoxLayout()
        for button in (self.up, self.down, self.remove, self.clear):
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.words)
        layout.addWidget(self.held)
        layout.addWidget(self.form)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.figures, 1)
        layout.addLayout(row)
        queue.changed.connect(self._fill)
        queue.progressed.connect(self._show_several)
        self.list.currentRowChanged.connect(self._enable)
        theme.changed.connect(self._fill)
        self._fill()

    def _button(self, words: str, icon: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(words)
        if icon:
            button.setIcon(icons.icon(icon, size=16))
        button.setFixedHeight(sizes.BUTTON_HEIGHT_SMALL + 2)
        button.clicked.connect(act)
        return button

    def _fill(self) -> None:
        place = self.list.currentRow()
        self.list.clear()
        for item in self.queue.items:
            parts = (item.project.name, item.label, item.state, item.message)
            row = QListWidgetItem(icons.icon(_ICON[item.state]), " · ".join(p for p in parts if p))
            row.setForeground(colour(_INK.get(item.state, "text2")))
            row.setToolTip(item.message)
            self.list.addItem(row)
        empty = not self.queue.items
        self.list.setVisible(not empty)
        waits = any(item.state == "waiting" for item in self.queue.items)
        self.held.setVisible(self.queue.held and waits)
        self.words.setText(
            "Train > Add to the queue puts the open project here; one is trained after the other."
            if empty else ""
        )  # fmt: skip
        self.words.setVisible(empty)
        self.list.setCurrentRow(min(place, len(self.queue.items) - 1))
        self._enable()
        self._show_several()

    def _show_several(self) -> None:
        self.figures.show_several(self.queue.several)

    def _enable(self, *_: object) -> None:
        place, items = self.list.currentRow(), self.queue.items
        waits = [0 <= p < len(items) and items[p].state == "waiting" for p in
                 (place - 1, place, place + 1)]  # fmt: skip
        self.up.setEnabled(waits[0] and waits[1])
        self.down.setEnabled(waits[1] and waits[2])
        self.remove.setEnabled(0 <= place < len(items))
        self.clear.setEnabled(any(i.state not in ("waiting", "running") for i in items))
        for button in (self.up, self.down, self.remove, self.clear):
            button.setVisible(bool(items))

    def _move(self, by: int) -> None:
        self.list.setCurrentRow(self.queue.move(self.list.currentRow(), by))

    def _remove(self) -> None:
        self.queue.remove(self.list.currentRow())
