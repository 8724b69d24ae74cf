"""An empty canvas invites: data, an example, a layer, a template, or a file dropped here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.canvas import dropping
from netbuilder.app.canvas.overlay import Overlay
from netbuilder.app.start.choice import Card, Choice, StartButton
from netbuilder.app.start.listing import Listing
from netbuilder.app.start.offers import NEEDS_FILE, Offer, data_sets, examples, fitting, networks
from netbuilder.app.theme import colour, fonts, sizes, theme
from netbuilder.app.widgets import Callout, ThemedLabel
from netbuilder.graph import Project, Training
from netbuilder.layers import REGISTRY, ParamError
from netbuilder.layers.roles import DataError
from netbuilder.templates import TEMPLATES, Template, started

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

WIDTH, PADDING = 548, 20
_WORDS = {
    "": ("Start with data", "Drop a CSV table, a text or a project here"),
    "data": ("Choose a data set", "Enter adds it; a template builds a network around it"),
    "examples": ("Open an example", "Each of them trains as it stands"),
    "networks": ("Open a published network", "In its full size; data of chance waits for yours"),
}
_LAYERS = sum(1 for kind in REGISTRY.values() if kind.role != "input")


class StartPage(Overlay):
    """Lies over the canvas while the project is empty, and goes as soon as a node is there.

    example_wanted(name), network_wanted(name): an example, or a published network, was chosen.
    """

    example_wanted = Signal(str)
    network_wanted = Signal(str)

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._dragged, self._listed = False, ""
        self._here: bool | None = None
        self.choose: Callable[[str], str] = self._ask
        self.setAcceptDrops(True)
        self.setAccessibleName("Start")
        self.title = ThemedLabel("", "text", fonts.page())
        self.sentence = ThemedLabel("", "text2", fonts.body())
        self.data = Choice("Data", "Choose a data set", "Digits, spirals, text … no download")
        self.example = Choice("example", "Open an example", "Working networks, ready to train")
        self.network = Choice("Blocks", "Open a published network", "ResNet, U-Net, GPT-2 …")
        self.layer = Choice("search", "Add a layer", f"Search all {_LAYERS}")
        self.listing = Listing("What to begin with")
        self.about = ThemedLabel("", "text2", fonts.caption())
        self.about.setWordWrap(True)
        self.cards = {t.name: Card(t.icon, t.title, "", t.help) for t in TEMPLATES}
        self.over_cards = ThemedLabel("", "text2", fonts.caption())
        self.note = Callout("error", "")
        self._lay_out()
        self._connect()
        self._show_list("")
        self._follow()

    def _lay_out(self) -> None:
        self.choices = QWidget()
        column = QVBoxLayout(self.choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for choice in self._choices():
            column.addWidget(choice)
        column.addStretch(1)
        self.chooser = QWidget()
        column = QVBoxLayout(self.chooser)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.listing)
        column.addWidget(self.about)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(8)
        for card in self.cards.values():
            row.addWidget(card, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(PADDING, PADDING - 4, PADDING, PADDING)
        column.setSpacing(4)
        for label in (self.title, self.sentence, self.about, self.over_cards):
            # In a scroll area text takes the role of what is written in fields.
            label.setForegroundRole(QPalette.ColorRole.WindowText)
        for label in (self.title, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addSpacing(8)
        column.addWidget(self.choices)
        column.addWidget(self.chooser)
        column.addSpacing(6)
        column.addWidget(self.over_cards)
        column.addLayout(row)
        column.addWidget(self.note)
        self.note.hide()
        self._body = body
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        for widget in (area, area.viewport(), body):
            widget.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(area)

    def _connect(self) -> None:
        view, document = self._view, self._view.document
        self.data.clicked.connect(self.choose_data)
        self.example.clicked.connect(self.choose_example)
        self.network.clicked.connect(self.choose_network)
        self.layer.clicked.connect(self._add_layer)
        self.listing.taken.connect(self._taken)
        self.listing.meant.connect(self._meant)
        self.listing.back.connect(self.go_home)
        for template in TEMPLATES:
            self.cards[template.name].clicked.connect(partial(self._template, template))
        for button in self._buttons():
            button.stepped.connect(partial(self._step, button))
        document.changed.connect(self._follow)
        document.opened.connect(self._opened)
        view.place_changed.connect(self._follow)
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)
        theme.changed.connect(self.update)

    def _buttons(self) -> list[StartButton]:
        return [*self._choices(), *self.cards.values()]

    def _choices(self) -> list[StartButton]:
        return [self.data, self.example, self.network, self.layer]

    # --- coming and going ------------------------------------------------------------------

    @property
    def wanted(self) -> bool:
        """Whether there is nothing on the canvas yet."""
        view = self._view
        return not view.place and not view.document.project.graph.nodes

    def _follow(self, *_: object) -> None:
        if self.wanted == self._here:
            return
        self._here = self.wanted
        map_wanted = self._view.actions_by_name["minimap"].isChecked()
        self._view.minimap.setVisible(map_wanted and not self.wanted)
        inside = self.isAncestorOf(self._view.window().focusWidget() or self._view)
        had_focus = self._view.hasFocus() or inside
        if self.wanted:
            self.go_home()
            self.setVisible(True)
            self.settle()
            if had_focus:
                self.setFocus()
        else:
            self.hide()
            if had_focus:
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _opened(self) -> None:
        self.say("")
        self._follow()

    def settle(self) -> None:
        """Stand in the middle of the canvas."""
        view = self._view.viewport()
        width = min(WIDTH, view.width() - 16)
        column = self._body.layout()
        if column is None:
            return
        inner = max(width - 2, 200)
        column.invalidate()
        flowing = column.hasHeightForWidth()
        needed = column.totalHeightForWidth(inner) if flowing else column.totalSizeHint().height()
        self._body.setFixedSize(inner, needed)
        height = min(self._body.height() + 2, view.height() - 16)
        x, y = (view.width() - width) // 2, (view.height() - height) // 2
        self.setGeometry(x, max(y, 8), width, max(height, 80))
        self.raise_()

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """The keys go to the list, or to the first choice."""
        target = self.listing if self._listed else self.data
        target.setFocus(reason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the canvas, and take the focus for it while it is empty."""
        if self.isHidden():
            return False
        if event.type() == QEvent.Type.Resize:
            self.settle()
        elif event.type() == QEvent.Type.FocusIn and watched is self._view:
            self.setFocus(event.reason())  # type: ignore[attr-defined]
        elif event.type() == QEvent.Type.DragEnter:
            self._drag(True)
        elif event.type() in (QEvent.Type.DragLeave, QEvent.Type.Drop):
            self._drag(False)
        return False

    # --- choosing --------------------------------------------------------------------------

    def go_home(self) -> None:
        """Back to the choices."""
        was = bool(self._listed)
        self._show_list("")
        if was and not self.isHidden():
            self.setFocus()

    def choose_data(self) -> None:
        """List the data sets; beside nodes that are there already, in the search."""
        if self.isHidden():
            self._view.open_search(self._view.pointer_at, family="Data")
            return
        self._list("data", data_sets())

    def choose_example(self) -> None:
        """List the examples."""
        self._list("examples", examples())

    def choose_network(self) -> None:
        """List the published networks."""
        self._list("networks", networks())

    def _list(self, what: str, offers: Iterable[Offer]) -> None:
        self.say("")
        self._show_list(what)
        self.listing.show_offers(offers)
        self.setFocus(Qt.FocusReason.TabFocusReason)

    def _show_list(self, what: str) -> None:
        """The words of a page; on the first, each template with the data it is usual for."""
        self._listed = what
        title, sentence = _WORDS[what]
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.choices.setVisible(not what)
        self.chooser.setVisible(bool(what))
        self.over_cards.setText("Or with a network that trains at once")
        for template in TEMPLATES:
            self.cards[template.name].show_caption(REGISTRY[template.data].title, True)
        self.settle()

    def _meant(self, name: str) -> None:
        offer = self.listing.offer
        self.about.setText(offer.help if offer is not None else "")
        self.settle()
        if self._listed != "data":
            return
        title = REGISTRY[name].title
        fits = fitting(name)
        for template in TEMPLATES:
            good = template in fits or name in NEEDS_FILE
            self.cards[template.name].show_caption(title if good else "does not fit", good)
        self.over_cards.setText(f"A network around {title}")

    def _taken(self, name: str) -> None:
        if self._listed == "examples":
            self.example_wanted.emit(name)
            return
        if self._listed == "networks":
            self.network_wanted.emit(name)
            return
        params = self._file_for(name)
        if params is not None:
            self._view.add_kind(name, params)

    def _file_for(self, kind: str) -> dict[str, str] | None:
        """Parameters of a data set; of one that needs a file, None if none was chosen."""
        if kind not in NEEDS_FILE:
            return {}
        path = self.choose(NEEDS_FILE[kind])
        return {"path": path} if path else None

    def _template(self, template: Template) -> None:
        offer = self.listing.offer if self._listed == "data" else None
        kind = offer.name if offer is not None else template.data
        params = self._file_for(kind)
        if params is None:
            return
        try:
            made = started(template, kind, params)
        except (DataError, ParamError) as error:
            self.say(str(error))
            return
        document = self._view.document
        document.edit(f"Start with {template.title.lower()}", _joined(document.project, made, kind))
        self._view.frame_all()

    def _add_layer(self) -> None:
        self._view.open_search(self._view.viewport().rect().center())

    def _step(self, button: StartButton, dx: int, dy: int) -> None:
        """Go to the neighbour of a button."""
        cards: list[StartButton] = [c for c in self.cards.values() if c.isEnabled()]
        upper = self._choices()
        target: QWidget | None = None
        if button in cards:
            at = cards.index(button)  # type: ignore[arg-type]
            if dx:
                target = cards[max(0, min(at + dx, len(cards) - 1))]
            elif dy < 0:
                target = self.listing if self._listed else upper[-1]
        else:
            at = upper.index(button) + (dy or dx)
            target = upper[max(at, 0)] if at < len(upper) else next(iter(cards), None)
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def _ask(self, kinds: str) -> str:
        if not kinds:
            return QFileDialog.getExistingDirectory(self, "Choose a folder")
        return QFileDialog.getOpenFileName(self, "Choose a file", "", kinds)[0]

    # --- words and drops -------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        """What was wrong with a file, in place; "" takes it away."""
        if sentence:
            self.note.set_message("error", sentence)
        self.note.setVisible(bool(sentence))
        self.settle()

    def _drag(self, over: bool) -> None:
        self._dragged = over
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropping.welcome(event.mimeData()):
            event.acceptProposedAction()
            self._drag(True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drag(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._drag(False)
        dropping.drop(self._view, event, self.pos())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(colour("accent" if self._dragged else "line_strong"), 1)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(colour("canvas"))
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, sizes.RADIUS_NODE, sizes.RADIUS_NODE)


def _joined(project: Project, made: Project, kind: str) -> Project:
    """An empty project with the graph of a template; what the person set already stays."""
    return replace(
        project,
        name=f"{kind}_{made.name}" if project.name == Project().name else project.name,
        graph=made.graph,
        blocks={**project.blocks, **made.blocks},
        training=made.training if project.training == Training() else project.training,
    )
