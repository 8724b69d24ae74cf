"""One row of a form: a label, a control, and beneath it what is wrong, with its remedy."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QLineEdit, QMenu, QWidget

from netbuilder.app.panels.form.carry import Carry
from netbuilder.app.theme import fonts, icons, sizes
from netbuilder.app.widgets import Link, ThemedLabel

_ICON = {"error": ("error", "error"), "warning": ("warning", "warn")}


class FormRow(QWidget):
    """Label and control side by side; `say` puts a sentence beneath the control.

    The sentence may end in links; `link` tells which one was clicked, counted from 0.
    """

    link = Signal(int)
    reset_wanted = Signal()
    #: The value is to become a parameter of the block around the node.
    promote_wanted = Signal()
    #: The person wants to say between which values a search may choose.
    search_wanted = Signal()

    def __init__(
        self, label: str, control: QWidget, help: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.control = control
        self.label = ThemedLabel(label, "text2")
        self.label.setBuddy(control)
        self.message = ThemedLabel(token="error", font=fonts.caption(), wrap=True)
        self.message.setTextFormat(Qt.TextFormat.RichText)
        self.message.linkActivated.connect(lambda place: self.link.emit(int(place)))
        self.message.hide()
        self._mark: QAction | None = None
        self._help = help
        control.setAccessibleName(label)
        control.setAccessibleDescription(help)
        for part in (self.label, control):
            part.setToolTip(help)
        self._lay_out()
        self.reset_text: str = ""
        self.promotable = self.searchable = False
        #: Says between which values a search may choose; made for the rows that have it.
        self.searched: Link | None = None
        #: By its label the value can be carried to the block around the node.
        self.carry = Carry(self.label)
        line = line_of(control)
        for part in (self.label, control, *([line] if line is not None else [])):
            part.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            part.customContextMenuRequested.connect(self._menu_at)

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(0)
        layout.setVerticalSpacing(0)
        layout.setColumnMinimumWidth(0, sizes.LABEL_COLUMN)
        layout.setColumnStretch(1, 1)
        layout.setRowMinimumHeight(0, sizes.FORM_ROW)
        self.label.setFixedWidth(sizes.LABEL_COLUMN - 6)
        self.label.setWordWrap(True)
        # Beside a tall control the label stands at its first line.
        self.label.setMinimumHeight(sizes.FORM_ROW)
        layout.addWidget(self.label, 0, 0, Qt.AlignmentFlag.AlignTop)
        if getattr(self.control, "wide", False):
            layout.addWidget(self.control, 1, 0, 1, 2)
            layout.addWidget(self.message, 2, 0, 1, 2)
        else:
            layout.addWidget(self.control, 0, 1, Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(self.message, 1, 1)
        self.message.setContentsMargins(0, 0, 0, sizes.GRID)

    def say(self, sentence: str, severity: str = "error", links: tuple[str, ...] = ()) -> None:
        """Show a sentence and the names of its remedies, or nothing for an empty one."""
        text = escape(sentence)
        for place, name in enumerate(links):
            text += f' <a href="{place}" style="text-decoration: none">{escape(name)}</a>'
        self.message.set_token(_ICON[severity][1])
        self.message.setText(text)
        by = Qt.TextInteractionFlag
        keys = by.LinksAccessibleByKeyboard if links else by.NoTextInteraction
        self.message.setTextInteractionFlags(by.LinksAccessibleByMouse | keys)
        self.message.setVisible(bool(sentence))
        self.control.setAccessibleDescription(sentence or self._help)
        problem = severity if sentence else None
        if self.control.property("problem") != problem:
            for part in (self.control, line_of(self.control)):
                if part is not None:
                    part.setProperty("problem", problem)
                    part.update()
        self._set_mark(problem)

    def _set_mark(self, severity: str | None) -> None:
        line = line_of(self.control)
        if line is None:
            return
        if self._mark is not None:
            line.removeAction(self._mark)
            self._mark = None
        if severity is not None:
            name, token = _ICON[severity]
            self._mark = line.addAction(
                icons.icon(name, token, 14), QLineEdit.ActionPosition.TrailingPosition
            )

    def show_changed(self, changed: bool, default: str) -> None:
        """Mark the value as changed; `default` are the words for what it was declared as."""
        self.label.set_dot(changed)
        self.reset_text = f"Reset to {default}" if changed else ""
        tip = f"{self._help} Default: {default}." if default else self._help
        for part in (self.label, self.control):
            part.setToolTip(tip)

    def set_promotable(self, promotable: bool) -> None:
        """Whether the value may become a parameter of the block around the node."""
        self.promotable = promotable
        self.carry.set_able(promotable)

    def show_searched(self, values: str) -> None:
        """Say between which values a search may choose this one; empty if none does."""
        self.searchable = True
        grid = self.layout()
        if values and self.searched is None and isinstance(grid, QGridLayout):
            self.searched = Link("", quiet=True, parent=self)
            self.searched.clicked.connect(self.search_wanted)
            self.searched.setToolTip("What a search may choose; click to change it.")
            grid.addWidget(self.searched, 3, 1, Qt.AlignmentFlag.AlignLeft)
        if self.searched is None:
            return
        text = f"searched: {values}" if values else ""
        if text != self.searched.text():
            self.searched.setText(text)
            self.searched.setAccessibleName(f"{self.label.text()}, {text}")
            self.searched.updateGeometry()
        self.searched.setVisible(bool(values))

    def menu(self) -> QMenu:
        """What the right button offers: the usual text commands and the way back."""
        line = line_of(self.control)
        menu = line.createStandardContextMenu() if line is not None else QMenu(self.control)
        if not menu.isEmpty():
            menu.addSeparator()
        action = menu.addAction(icons.icon("reset", size=16), self.reset_text or "Reset")
        action.setEnabled(bool(self.reset_text))
        action.triggered.connect(self.reset_wanted)
        if self.searchable:
            name = self.label.text().lower()
            words = (
                f"Change how {name} is searched …"
                if self.searched and self.searched.text()
                else f"Search {name} …"
            )
            menu.addAction(words).triggered.connect(self.search_wanted)
        if self.promotable:
            promote = menu.addAction("Make it a parameter of the block")
            promote.triggered.connect(self.promote_wanted)
        return menu

    def _menu_at(self, place: QPoint) -> None:
        sender = self.sender()
        if isinstance(sender, QWidget):
            menu = self.menu()
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(sender.mapToGlobal(place))


def line_of(control: QWidget) -> QLineEdit | None:
    """The line edit in which a text control is typed, or None."""
    field = getattr(control, "field", None)
    found = field() if callable(field) else None
    return found if isinstance(found, QLineEdit) else None
