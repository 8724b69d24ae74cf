"""Shapes that only torch knows: the engine is asked, and the project is looked at again."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject

from netbuilder.app.canvas.node_face import declared
from netbuilder.app.document import Document
from netbuilder.app.session import Session
from netbuilder.engine.messages import Answer
from netbuilder.layers import TensorSpec, trial


class Trials(QObject):
    """Lets the engine try what this process cannot, having no torch."""

    def __init__(self, session: Session, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._document = session, document
        trial.install(trial.postpone)
        document.checked.connect(self._ask)

    def _ask(self, _: object) -> None:
        cases = self._cases()
        if not cases:
            return

        def learn(answer: Answer) -> None:
            if answer.result is not None:
                for (layer, specs), found in zip(cases, answer.result["trials"], strict=True):
                    trial.learn(layer, specs, _trial(found))
            elif answer.id == 0 and cases[-1][0].foreign:  # the engine is no more
                ended = f"The code ended the engine: {answer.error}"
                trial.learn(*cases[-1], trial.Trial(refusal=ended))
            else:
                return
            self._document.recheck()
            self._ask(None)

        self._session.ask("trial", {"cases": cases}, learn, self._document.project, key="trials")

    def _cases(self) -> list[trial.Case]:
        """What is wanted of nodes that are there; a search wonders about many that are not."""
        wanted = list(trial.wanted.values())
        trial.wanted.clear()
        kinds = {layer.kind for layer, _ in wanted}
        project = self._document.project
        graphs = (project.graph, *(block.graph for block in project.blocks.values()))
        nodes = (node for graph in graphs for node in graph if node.kind in kinds)
        there = {declared(node, project) for node in nodes}
        cases = [(layer, specs) for layer, specs in wanted if layer in there]
        # Of a person's code one at a time and last: what it does to the engine is then known.
        own = [case for case in cases if case[0].foreign]
        for layer, specs in own[1:]:
            with contextlib.suppress(trial.NotTried):
                trial.postpone(layer, specs)
        return [case for case in cases if not case[0].foreign] + own[:1]


def _trial(found: Mapping[str, Any]) -> trial.Trial:
    outputs = {port: TensorSpec(**spec) for port, spec in found["outputs"].items()}
    return trial.Trial(**{**found, "outputs": outputs})
