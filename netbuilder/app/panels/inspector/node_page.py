"""The page of one selected node."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder import trusted
from netbuilder.app.document import Document
from netbuilder.app.panels.form import Figures, Mixed, ParamForm, Section, grouped
from netbuilder.app.panels.inspector import edits
from netbuilder.app.panels.inspector.block_buttons import BlockButtons
from netbuilder.app.panels.inspector.density_view import DensityView
from netbuilder.app.panels.inspector.header import Header
from netbuilder.app.panels.inspector.help_section import HelpSection
from netbuilder.app.panels.inspector.naming import BlockRow, NameRow, ShareRow, TitleRow
from netbuilder.app.panels.inspector.shape_section import ShapeSection
from netbuilder.app.panels.inspector.statistics_section import StatisticsSection
from netbuilder.app.panels.inspector.weights_section import WeightsSection
from netbuilder.app.panels.marking import ask_range, show_searched
from netbuilder.app.panels.places import Place, apply_fix, block_of, scope_at
from netbuilder.app.theme import icons, sizes
from netbuilder.app.widgets import Callout
from netbuilder.compiler.receptive import receptive_fields
from netbuilder.compiler.report import NodeInfo, Problem
from netbuilder.graph import Node, Project, Value
from netbuilder.graph.atomic import FileError
from netbuilder.layers import REGISTRY, Layer, declare


class NodePage(QWidget):
    """What a node is, its properties, shape, help and live statistics, in this order."""

    renamed = Signal(str, str)
    help_wanted = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._place: Place = ()
        self._id = ""
        self._token = "any"
        self._callouts: list[Callout] = []
        self._problems: tuple[Problem, ...] = ()
        self.header = Header()
        self.name, self.title, self.share = NameRow(), TitleRow(), ShareRow()
        self.block = BlockRow()
        self.commands = BlockButtons({"make_unique": "Make unique", "keep": "Save in My blocks"})
        self.form = ParamForm()
        self.density = DensityView()
        self.raw = Figures()
        self.top = Section(line=False)
        self.top.body.setSpacing(0)
        self._message_box = QWidget()
        self._message_box.hide()
        self._messages = QVBoxLayout(self._message_box)
        self._messages.setContentsMargins(0, 0, 0, 8)
        self._messages.setSpacing(sizes.GRID)
        self.top.add(
            self.header, self._message_box, self.name, self.title, self.block, self.commands,
            self.form, self.density, self.raw, self.share,
        )  # fmt: skip
        self.weights = WeightsSection(document)
        self.shape, self.help = ShapeSection(), HelpSection()
        self.statistics = StatisticsSection()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for section in (self.top, self.weights, self.shape, self.help, self.statistics):
            layout.addWidget(section)
        layout.addStretch(1)
        self._connect()

    def _connect(self) -> None:
        self.header.help_wanted.connect(lambda: self.help_wanted.emit(self._node().kind))
        self.name.renamed.connect(self.renamed)
        self.title.titled.connect(self._titled)
        self.block.renamed.connect(partial(edits.rename_block, self._document))
        self.share.shared.connect(self._shared)
        self.form.edited.connect(self._edited)
        self.form.reset.connect(self._reset)
        self.form.fix_wanted.connect(self._fix)
        self.form.promote_wanted.connect(self._promote)
        self.form.search_wanted.connect(self._search)

    # --- from the document -------------------------------------------------------------

    def show_node(self, place: Place, node_id: str) -> None:
        """Show a node as the document has it now; tells nobody."""
        self._place, self._id = place, node_id
        project = self._document.project
        graph, node = project.graph_at(place), project.graph_at(place)[node_id]
        checked = self._document.check
        path = checked.paths(block_of(place)).get(node_id)
        info = checked.nodes[path] if path else None
        field = receptive_fields(project, checked).get(path, ()) if path else ()
        kind = REGISTRY.get(node.kind)
        token = flow_token(info)
        self._show_head(node, kind, token)
        self.name.show_name(graph, node_id)
        placed = node.block in project.blocks
        for part in (self.block, self.commands):
            part.setVisible(placed)
        if placed:
            self.block.show_block(project, node.block or "")
        self._show_form(project, node, info)
        self._show_share(node, info)
        learned = info is not None and info.parameters > 0
        self.weights.show_node("" if place else node_id, learned)
        self.density.show_weights(info.layer if info else None, info.weights if info else {})
        self.shape.show_info(info, bool(place), field)
        if kind is not None:
            self.help.show_kind(kind)
        else:
            self.help.show_words(stranger_words(node, project))
        self.help.curve.show_curve(info.layer if info else kind and kind())
        self._token = token

    def show_statistics(self, statistics: Mapping[str, Any] | None) -> None:
        """Show what the engine tells of this node."""
        self.statistics.show_statistics(statistics, self._token)

    def _show_head(self, node: Node, kind: type[Layer] | None, token: str) -> None:
        usual = node.block or (kind.title if kind else node.kind)
        family = "Blocks" if node.block else kind.family if kind else "Unknown"
        icon = icons.FAMILY_ICON.get(family, icons.FAMILY_ICON["Unknown"])
        self.header.show_title(usual, icon, token, help=kind is not None)
        self.title.show_title(node.title, usual)

    def _show_form(self, project: Project, node: Node, info: NodeInfo | None) -> None:
        params = edits.declared(node, project)
        known = {p.name for p in params or ()}
        block = block_of(self._place)
        found = [p for p in self._document.check.problems if p.node == node.id and p.block == block]
        self.form.show_params(
            (self._place, node.id),
            params or (),
            {p.name: node.params.get(p.name, p.default) for p in params or ()},
            scope_at(project, self._place),
            {p.param: p for p in reversed(found) if p.param in known},
        )
        lines = (re.match(r"Line (\d+): ", p.message) for p in found)
        line = next((int(match[1]) for match in lines if match), None)
        for name, row in self.form.rows.items():
            value = node.params.get(name, row.param.default)
            row.set_promotable(bool(self._place) and promotable(value))
            weights = info.weights.get(name) if info is not None else None
            row.mark_line(line)
            row.show_note(f"adds {_size(weights)} parameters" if weights else "")
        show_searched(self.form, project, self._owner())
        strangers = {n: v for n, v in node.params.items() if n not in known}
        self.raw.show_figures([(name, str(value)) for name, value in strangers.items()])
        self._show_callouts(tuple(p for p in found if p.param not in known))

    def _show_callouts(self, problems: tuple[Problem, ...]) -> None:
        if problems == self._problems:
            return
        self._problems = problems
        for callout in self._callouts:
            callout.hide()
            callout.deleteLater()
        self._callouts = [self._callout(problem) for problem in problems]
        self._message_box.setVisible(bool(problems))
        for callout in self._callouts:
            self._messages.addWidget(callout)

    def _callout(self, problem: Problem) -> Callout:
        links: list[tuple[str, Callable[[], None]]] = [
            (fix.label, partial(self._fix, fix)) for fix in problem.fixes
        ]
        if problem.message == trusted.SENTENCE:
            links.append(("Trust this code", self._trust))
        return Callout(
            "error" if problem.severity == "error" else "warning", problem.message, links
        )

    def _show_share(self, node: Node, info: NodeInfo | None) -> None:
        graph = self._document.project.graph_at(self._place)
        others = [
            other.id
            for other in graph
            if other.kind == node.kind and other.id != node.id and other.share is None
        ]
        weights = info is not None and bool(info.weights)
        self.share.setVisible(node.share is not None or (weights and bool(others)))
        self.share.show_share(node.share, others)

    # --- to the document ---------------------------------------------------------------

    def _node(self) -> Node:
        return self._document.project.graph_at(self._place)[self._id]

    def _edited(self, name: str, value: Value, session: object) -> None:
        project = self._document.project
        param = next(p for p in edits.declared(self._node(), project) or () if p.name == name)
        if param.type == "code":
            edits.trust_what_is_written(self._node(), param, value)
        graph = edits.with_param(project.graph_at(self._place), [self._id], param, value)
        text = f"Set {param.label.lower()} of {self._id}"
        self._document.edit_graph(text, graph, self._place, ("param", name, session))

    def _reset(self, name: str) -> None:
        graph = self._document.project.graph_at(self._place)
        text = f"Reset {name.replace('_', ' ')} of {self._id}"
        self._document.edit_graph(text, edits.without_param(graph, [self._id], name), self._place)

    def _owner(self) -> str:
        """The node's full name, as a search calls it."""
        return "/".join((*self._place[-1:], self._id))

    def _search(self, name: str) -> None:
        ask_range(self._document, f"{self._owner()}.{name}", self)

    def _promote(self, name: str) -> None:
        """Let the block around the node have this value, which each instance may change."""
        why = edits.promote(self._document, self._place, (self._id,), name)
        if why:
            self.form.rows[name].say(why)

    def _titled(self, title: str, session: object) -> None:
        graph = edits.with_title(self._document.project.graph_at(self._place), self._id, title)
        self._document.edit_graph(f"Title {self._id}", graph, self._place, ("title", session))

    def _shared(self, share: str | None) -> None:
        graph = edits.with_share(self._document.project.graph_at(self._place), self._id, share)
        text = f"Share weights of {share}" if share else f"Give {self._id} weights of its own"
        self._document.edit_graph(text, graph, self._place)

    def _trust(self) -> None:
        """The person has read the code and lets it run on this computer."""
        try:
            trusted.trust(declare(self._node(), self._document.project.blocks).foreign)
        except FileError as error:
            self._document.trouble.emit(str(error))
        self._document.recheck()

    def _fix(self, fix: Any) -> None:
        apply_fix(self._document, fix)


def promotable(value: Value | Mixed) -> bool:
    """Whether a block may have such a value: a number or sizes, and no expression already."""
    items = value if isinstance(value, tuple) else (value,)
    return all(isinstance(i, int | float) and not isinstance(i, bool) for i in items)


def flow_token(info: NodeInfo | None) -> str:
    """The colour of what leaves a node, or enters it where nothing leaves."""
    if info is None:
        return "any"
    if info.output is not None:
        return info.output.flow
    return next((spec.flow for specs in info.inputs.values() for spec in specs), "any")


def stranger_words(node: Node, project: Project) -> str:
    """What to say of a node whose kind no declaration tells of."""
    if node.block in project.blocks:
        size = len(project.blocks[node.block or ""].graph)
        return f"A block of this project, made of {size} nodes. Double-click opens it."
    return "Not installed here. Saved back unchanged."


def _size(shape: tuple[int, ...]) -> str:
    total = 1
    for n in shape:
        total *= int(n)
    return grouped(total)
