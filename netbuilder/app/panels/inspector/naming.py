"""Name and title of a node, the name of its block, and whose weights it uses."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from netbuilder.app.panels.form import ChoiceField, FormRow, TextField
from netbuilder.app.theme import fonts
from netbuilder.graph import Graph, GraphError, Project


class NameRow(FormRow):
    """The id of a node. It changes when the person is done, not at every keystroke."""

    renamed = Signal(str, str)
    """Old and new id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.field = TextField()
        super().__init__("Name", self.field, "Names the node in the file and in the code.", parent)
        self._graph, self._id = Graph(), ""
        self.field.typed.connect(self._judge)
        self.field.finished.connect(self._done)
        self.field.reverted.connect(self._revert)

    def show_name(self, graph: Graph, node_id: str) -> None:
        """Show the id of a node; bad text of the same node stays."""
        moved = node_id != self._id
        self._graph, self._id = graph, node_id
        if moved or (not self.field.hasFocus() and self.message.isHidden()):
            self._revert()

    def _judge(self, text: str) -> str:
        new = text.strip()
        problem = ""
        try:
            self._graph.rename(self._id, new) if new else None
        except GraphError as error:
            problem = str(error)
        self.say(problem or ("" if new else "A node needs a name."))
        return "" if problem else new

    def _done(self) -> None:
        new = self._judge(self.field.text())
        if new and new != self._id and self._id in self._graph:
            old, self._id = self._id, new
            self.renamed.emit(old, new)

    def _revert(self) -> None:
        self.field.show_text(self._id)
        self.say("")


class TitleRow(FormRow):
    """What stands on the node instead of the title of its kind."""

    titled = Signal(str, object)
    """Title and session: equal sessions belong to one undo step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.field = TextField(mono=False)
        super().__init__("Title", self.field, "Stands on the node in the canvas.", parent)
        self._title, self._usual, self._session = "", "", object()
        self.field.setFont(fonts.body())
        self.field.typed.connect(self._typed)
        self.field.finished.connect(self._done)
        self.field.reverted.connect(lambda: self.field.show_text(self._title, self._usual))

    def show_title(self, title: str, usual: str) -> None:
        """Show a title; `usual` is that of the kind, which an empty field means."""
        if title != self._title:
            self._session = object()
        self._title, self._usual = title, usual
        if self.field.text().strip() != title or not self.field.hasFocus():
            self.field.show_text(title, usual)

    def _typed(self, text: str) -> None:
        title = text.strip()
        if title != self._title:
            self._title = title
            self.titled.emit(title, self._session)

    def _done(self) -> None:
        self._session = object()


class ShareRow(FormRow):
    """A node of the same kind whose weights are used."""

    shared = Signal(object)
    """The other node's id, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.field = ChoiceField()
        super().__init__(
            "Weights of", self.field, "Use the weights of another node instead of own ones.", parent
        )
        self.field.setAccessibleName("Shares weights with")
        self.label.setToolTip("Shares weights with")
        self.field.chosen.connect(self.shared)

    def show_share(self, share: str | None, others: Sequence[str]) -> None:
        """Show whose weights are used, and who else there is."""
        names = [*others] if share is None or share in others else [*others, share]
        self.field.set_choices([("its own", None), *((name, name) for name in names)])
        self.field.show_value(share)
        self.show_changed(share is not None, "its own")


class BlockRow(FormRow):
    """The name of a block, which all its instances have. It changes when the person is done."""

    renamed = Signal(str, str)
    """Old and new name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.field = TextField(mono=False)
        help = "Names the block for all its instances, and its class in the code."
        super().__init__("Block", self.field, help, parent)
        self._project, self._name = Project(), ""
        self.field.setFont(fonts.body())
        self.field.typed.connect(self._judge)
        self.field.finished.connect(self._done)
        self.field.reverted.connect(self._revert)

    def show_block(self, project: Project, name: str) -> None:
        """Show the name of a block; bad text of the same block stays."""
        moved = name != self._name
        self._project, self._name = project, name
        if moved or (not self.field.hasFocus() and self.message.isHidden()):
            self._revert()

    def _judge(self, text: str) -> str:
        new = " ".join(text.split())
        problem = ""
        try:
            self._project.rename_block(self._name, new)
        except GraphError as error:
            problem = str(error) if new else "A block needs a name."
        self.say(problem)
        return "" if problem else new

    def _done(self) -> None:
        new = self._judge(self.field.text())
        if new and new != self._name and self._name in self._project.blocks:
            old, self._name = self._name, new
            self.renamed.emit(old, new)

    def _revert(self) -> None:
        self.field.show_text(self._name)
        self.say("")
