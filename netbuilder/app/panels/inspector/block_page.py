"""The page of a block, shown when nothing is selected inside it: its parameters."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from netbuilder.app.document import Document
from netbuilder.app.panels.form import FormRow, ParamForm, Section, TextField
from netbuilder.app.panels.inspector import edits
from netbuilder.app.panels.inspector.block_buttons import BlockButtons
from netbuilder.app.panels.inspector.header import Header
from netbuilder.app.panels.inspector.naming import BlockRow
from netbuilder.app.panels.places import Place
from netbuilder.app.theme import fonts
from netbuilder.app.widgets import ThemedLabel
from netbuilder.graph import Block, BlockParam, GraphError, Value
from netbuilder.layers import Param, block_params, promotion

_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")


class BlockPage(QWidget):
    """Parameters of a block and their default values; expressions inside may use them."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._place: Place = ()
        self.header, self.form = Header(), ParamForm()
        top = Section(line=False)
        self.about = ThemedLabel(token="text2", wrap=True)
        self.name = BlockRow()
        self.name.renamed.connect(partial(edits.rename_block, document))
        self.commands = BlockButtons({"keep": "Save in My blocks"})
        top.add(self.header, self.about, self.name, self.commands)
        params = Section("Parameters")
        self.none = ThemedLabel("It has none yet.", "text3", fonts.caption())
        self.new_name = TextField()
        self.new_name.setPlaceholderText("width")
        self.row = FormRow(
            "New", self.new_name, "A name such as width; nodes use it as =width * 2."
        )
        self.add = QPushButton("Add parameter")
        self.remove = QPushButton("Remove last")
        for button in (self.add, self.remove):
            button.setProperty("small", True)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 4, 0, 0)
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        params.add(self.none, self.form, self.row)
        params.body.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(top)
        layout.addWidget(params)
        layout.addStretch(1)
        self.new_name.typed.connect(lambda: self.row.say(""))
        self.new_name.returnPressed.connect(self._added)
        self.add.clicked.connect(self._added)
        self.remove.clicked.connect(self._removed)
        self.form.edited.connect(self._edited)

    def show_block(self, place: Place) -> None:
        """Show the block at a place as the document has it now; tells nobody."""
        self._place = place
        block = self._block()
        self.header.show_title(block.name, "layers-outline", "text2", help=False)
        self.name.show_block(self._document.project, block.name)
        size = len(block.graph)
        self.about.setText(
            f"A block of {size} node{'' if size == 1 else 's'}. What its nodes share, such as a "
            "width, can be a parameter: each instance sets its own value."
        )
        # An instance's last parameter is how often it repeats, which is not the block's.
        own = tuple(_without_default(p) for p in block_params(block)[:-1])
        self.form.show_params(block.name, own, {p.name: p.default for p in block.params})
        self.none.setVisible(not own)
        self.remove.setEnabled(bool(own))

    def _block(self) -> Block:
        return self._document.project.blocks[self._place[-1]]

    def _put(self, text: str, params: tuple[BlockParam, ...], merge: object = None) -> None:
        after = self._document.project.with_block(replace(self._block(), params=params))
        self._document.edit(text, after, merge)  # type: ignore[arg-type]

    def _edited(self, name: str, value: Value, session: object) -> None:
        # A number is read as one with a fraction, but most are sizes.
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        params = tuple(
            replace(p, default=value) if p.name == name else p for p in self._block().params
        )
        self._put(f"Set {name} of {self._block().name}", params, ("block", name, session))

    def _added(self) -> None:
        name = self.new_name.text().strip()
        taken = {p.name for p in self._block().params} | {"repeat"}
        if not _NAME.match(name):
            self.row.say("Use small letters, digits and _ for a name.")
        elif name in taken:
            self.row.say(f"There is already a parameter called {name}.")
        else:
            self.new_name.show_text("")
            self.row.say("")
            new = BlockParam(name, 16)
            self._put(f"Add parameter {name}", (*self._block().params, new))

    def _removed(self) -> None:
        block = self._block()
        gone = block.params[-1].name
        try:
            after = promotion.remove_block_param(self._document.project, block.name, gone)
        except GraphError as error:
            self.row.say(str(error))
            return
        self.row.say("")
        self._document.edit(f"Remove parameter {gone}", after)


def _without_default(param: Param) -> Param:
    """A row for the default itself: it has no default, and may become 16 or 0.5 alike."""
    number = param.type in ("int", "float")
    return replace(param, type="float" if number else param.type, default=None)
