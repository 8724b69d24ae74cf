"""The page of several selected nodes: what they have in common is edited together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder.app.document import Document
from netbuilder.app.panels.form import MIXED, Figures, Mixed, ParamForm, Section, grouped, rounded
from netbuilder.app.panels.inspector import edits
from netbuilder.app.panels.inspector.block_buttons import BlockButtons
from netbuilder.app.panels.inspector.header import Header
from netbuilder.app.panels.inspector.node_page import promotable
from netbuilder.app.panels.places import Place, block_of, scope_at
from netbuilder.graph import Node, Value
from netbuilder.layers import REGISTRY, Param


class SeveralPage(QWidget):
    """How many nodes of which kinds, what they cost, and the parameters all of them have."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._place: Place = ()
        self._ids: tuple[str, ...] = ()
        self._params: tuple[Param, ...] = ()
        self.header, self.form = Header(), ParamForm()
        top = Section(line=False)
        top.body.setSpacing(0)
        self.commands = BlockButtons({"update_instances": "Update all instances"})
        top.add(self.header, self.commands, self.form)
        self.kinds, self.costs = Figures(), Figures()
        below = Section("What is selected")
        below.add(self.kinds)
        cost = Section("Together")
        cost.add(self.costs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (top, below, cost):
            layout.addWidget(part)
        layout.addStretch(1)
        self.form.edited.connect(self._edited)
        self.form.reset.connect(self._reset)
        self.form.promote_wanted.connect(self._promote)

    def show_nodes(self, place: Place, ids: Sequence[str]) -> None:
        """Show these nodes as the document has them now; tells nobody."""
        self._place, self._ids = place, tuple(ids)
        project = self._document.project
        nodes = [project.graph_at(place)[i] for i in ids]
        self.header.show_title(
            f"{len(nodes)} nodes", "checkbox-multiple-marked-outline", "text2", False
        )
        declared = [edits.declared(node, project) or () for node in nodes]
        self._params = common(declared)
        self.form.show_params(
            (place, self._ids),
            self._params,
            {p.name: _value(nodes, p) for p in self._params},
            scope_at(project, place),
        )
        for row in self.form.rows.values():
            value = _value(nodes, row.param)
            row.set_promotable(bool(place) and promotable(value))
        self.commands.setVisible(len({node.block for node in nodes if node.block}) == 2)
        titles = Counter(_title(node) for node in nodes)
        self.kinds.show_figures([(title, str(n)) for title, n in titles.most_common()])
        known = self._document.check.inside(block_of(place))
        infos = [known[i] for i in ids if i in known]
        self.costs.show_figures(
            [
                ("Parameters", grouped(sum(i.parameters for i in infos))),
                ("Multiply-adds", rounded(sum(i.multiply_adds for i in infos))),
            ]
        )

    def _edited(self, name: str, value: Value, session: object) -> None:
        param = next(p for p in self._params if p.name == name)
        graph = edits.with_param(
            self._document.project.graph_at(self._place), self._ids, param, value
        )
        text = f"Set {param.label.lower()} of {len(self._ids)} nodes"
        self._document.edit_graph(text, graph, self._place, ("param", name, session))

    def _reset(self, name: str) -> None:
        graph = self._document.project.graph_at(self._place)
        graph = edits.without_param(graph, self._ids, name)
        text = f"Reset {name.replace('_', ' ')} of {len(self._ids)} nodes"
        self._document.edit_graph(text, graph, self._place)

    def _promote(self, name: str) -> None:
        """Let the block around the nodes have what they agree on."""
        why = edits.promote(self._document, self._place, self._ids, name)
        if why:
            self.form.rows[name].say(why)


def common(declared: Sequence[tuple[Param, ...]]) -> tuple[Param, ...]:
    """The parameters that are declared in the same way everywhere, in the order of the first."""
    if not declared:
        return ()
    return tuple(p for p in declared[0] if all(p in others for others in declared[1:]))


def _value(nodes: Sequence[Node], param: Param) -> Value | Mixed:
    values = [node.params.get(param.name, param.default) for node in nodes]
    first: Value = values[0]
    return first if all(value == first for value in values) else MIXED


def _title(node: Node) -> str:
    return node.block or (REGISTRY[node.kind].title if node.kind in REGISTRY else node.kind)
