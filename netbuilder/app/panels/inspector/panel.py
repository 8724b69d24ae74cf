"""The inspector: the page of what is selected, or of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from netbuilder.app.document import Document
from netbuilder.app.panels.inspector import edits
from netbuilder.app.panels.inspector.block_page import BlockPage
from netbuilder.app.panels.inspector.node_page import NodePage
from netbuilder.app.panels.inspector.project_page import ProjectPage
from netbuilder.app.panels.inspector.several_page import SeveralPage
from netbuilder.app.panels.places import Place, exists
from netbuilder.app.theme import sizes
from netbuilder.graph import GraphError, Project
from netbuilder.graph.instances import followed


@dataclass(frozen=True)
class Carried:
    """A property on its way from the inspector to the block that is to have it.

    at: place on the screen, None once it is put back. dropped: it is let go there.
    """

    place: Place
    ids: tuple[str, ...]
    param: str
    at: QPoint | None
    dropped: bool = False


class Inspector(QScrollArea):
    """Shows and edits what `set_selection` names; follows the document by itself."""

    renamed = Signal(tuple, str, str)
    """Place, old and new id: the canvas keeps the node selected."""
    help_wanted = Signal(str)
    """The kind whose help page is wanted."""
    command_wanted = Signal(str)
    """A command of the canvas, by its name, for what is selected."""
    carried = Signal(object)
    """A property held by its label, as a `Carried`."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._place: Place = ()
        self._ids: tuple[str, ...] = ()
        self._refreshing = False
        self.node, self.several = NodePage(document), SeveralPage(document)
        self.project, self.block = ProjectPage(document), BlockPage(document)
        self.pages: tuple[QWidget, ...] = (self.node, self.several, self.project, self.block)
        self._lay_out()
        self.node.renamed.connect(self._rename)
        self.node.help_wanted.connect(self.help_wanted)
        for commands in (self.node.commands, self.several.commands, self.block.commands):
            commands.wanted.connect(self.command_wanted)
        for form in (self.node.form, self.several.form):
            form.carried.connect(self._carry)
        document.changed.connect(self._follow)
        document.checked.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        inside = QWidget()
        # Hidden pages take no room, so the scroll bar is as long as the page that is seen.
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        for page in self.pages:
            page.hide()
            layout.addWidget(page)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(sizes.INSPECTOR_WIDTH_RANGE[0])
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.viewport().setBackgroundRole(QPalette.ColorRole.AlternateBase)
        inside.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        inside.setAutoFillBackground(True)
        self.setAccessibleName("Inspector")

    # --- from the window ---------------------------------------------------------------

    def set_selection(self, place: Place, ids: Sequence[str]) -> None:
        """Show these nodes of the graph at a place; the project or block if there is none."""
        if (tuple(place), tuple(ids)) != (self._place, self._ids):
            self._place, self._ids = tuple(place), tuple(ids)
            self.node.show_statistics(None)
            self.refresh()
            self.verticalScrollBar().setValue(0)

    def set_statistics(self, statistics: Mapping[str, Any] | None) -> None:
        """Show what the engine tells of the selected node: see `StatisticsSection`."""
        self.node.show_statistics(statistics)

    def set_devices(self, devices: Sequence[str]) -> None:
        """Offer the devices that the engine found."""
        self.project.training.set_devices(devices)

    def focus_first(self) -> None:
        """Put the keyboard into the first property (Enter on the canvas)."""
        rows = list(self.node.form.rows.values())
        if self.page is self.node:
            (rows[0].control if rows else self.node.name.field).setFocus()
        elif self.page is self.several and self.several.form.rows:
            next(iter(self.several.form.rows.values())).control.setFocus()
        elif self.page is self.project:
            self.project.name.setFocus()

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        return next((p for p in self.pages if not p.isHidden()), self.project)

    @property
    def selection(self) -> tuple[Place, tuple[str, ...]]:
        """What is shown: place and ids."""
        return self._place, self._ids

    # --- from the document -------------------------------------------------------------

    def refresh(self) -> None:
        """Show what the document holds now; tells nobody."""
        self._refreshing = True
        try:
            self._show()
        finally:
            self._refreshing = False

    def _show(self) -> None:
        project = self._document.project
        if not exists(project, self._place):
            self._place, self._ids = (), ()
        graph = project.graph_at(self._place)
        self._ids = tuple(i for i in self._ids if i in graph)
        page: QWidget
        if len(self._ids) == 1:
            page = self.node
            self.node.show_node(self._place, self._ids[0])
        elif self._ids:
            page = self.several
            self.several.show_nodes(self._place, self._ids)
        elif self._place:
            page = self.block
            self.block.show_block(self._place)
        else:
            page = self.project
            self.project.refresh()
        for other in self.pages:
            if other is not page:
                other.hide()
        page.show()

    def _follow(self, before: Project, after: Project) -> None:
        """Keep showing a node or block that was renamed, by whom and in which direction ever."""
        place = followed(before, after, self._place)
        if place is not None and place != self._place:
            self._place = place
            return
        if exists(before, self._place) and exists(after, self._place):
            was, now = before.graph_at(self._place), after.graph_at(self._place)
            found = [edits.followed(was, now, node_id) for node_id in self._ids]
            self._ids = tuple(i for i in found if i is not None)

    def _carry(self, param: str, at: QPoint | None, dropped: bool) -> None:
        self.carried.emit(Carried(self._place, self._ids, param, at, dropped))

    # --- to the document ---------------------------------------------------------------

    def _rename(self, old: str, new: str) -> None:
        # A field that loses the focus because its page goes away changes nothing.
        if self._refreshing:
            return
        try:
            after = self._document.project.rename_node(old, new, self._place)
        except GraphError:
            return
        self._document.edit(f"Rename {old} to {new}", after)
        self.renamed.emit(self._place, old, new)
