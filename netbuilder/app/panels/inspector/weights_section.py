"""How the weights of one node or block are trained: frozen, at a rate or a decay of their own."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from netbuilder.app.document import Document
from netbuilder.app.panels.form import ParamForm, Section
from netbuilder.graph import Value
from netbuilder.training.settings import GROUP


class WeightsSection(Section):
    """Settings of every optimiser for the weights of a node of the top graph."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Training of its weights", parent=parent)
        self._document = document
        self._id = ""
        self.form = ParamForm()
        self.add(self.form)
        self.form.edited.connect(self._edited)
        self.form.reset.connect(lambda name: self._put(name, None, None))

    def show_node(self, node_id: str, weights: bool) -> None:
        """Show what is set for a node; hidden if it has no weights and nothing is set."""
        self._id = node_id
        own = [o.weights_of(node_id) for o in self._document.project.training.optimisers]
        found = next((settings for settings in own if settings), {})
        self.setVisible(bool(node_id) and (weights or bool(found)))
        self.form.show_params(node_id, GROUP, {p.name: found.get(p.name, p.default) for p in GROUP})

    def _edited(self, name: str, value: Value, session: object) -> None:
        default = next(p.default for p in GROUP if p.name == name)
        self._put(name, None if value == default else value, session)

    def _put(self, name: str, value: Value, session: object) -> None:
        project = self._document.project
        optimisers = []
        for optimiser in project.training.optimisers:
            settings = {**optimiser.weights_of(self._id), name: value}
            kept = {key: setting for key, setting in settings.items() if setting is not None}
            optimisers.append(optimiser.with_weights_of(self._id, kept))
        training = replace(project.training, optimisers=tuple(optimisers))
        words = {"frozen": "Freeze" if value else "Unfreeze"}.get(name, "Set the training of")
        merge = None if session is None else ("weights", self._id, name, session)
        self._document.edit(f"{words} {self._id}", replace(project, training=training), merge)
