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
from netbuilder.graph import Project
from netbuilder.layers import TensorSpec, trial


class Trials(QObject):
    """Lets the engine try what this process cannot, having no torch."""

    def __init__(self, session: Session, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._document = session, document
        #: Code of a person's own that ended the engine, and what is said of it.
        self._ended: dict[str, str] = {}
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
            elif answer.fatal and (code := cases[-1][0].foreign):
                self._ended[code] = f"The code ended the engine: {answer.error}"
                self._refuse(cases[-1:])
            else:
                return
            self._document.recheck()
            self._ask(None)

        # Without the project: it is checked first, and its other code would be tried, too.
        self._session.ask("trial", {"cases": cases}, learn, Project("trial"), key="trials")

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
        if self._refuse(own):
            self._document.recheck()
            return []
        for layer, specs in own[1:]:
            with contextlib.suppress(trial.NotTried):
                trial.postpone(layer, specs)
        return [case for case in cases if not case[0].foreign] + own[:1]

    def _refuse(self, cases: list[trial.Case]) -> bool:
        """Do not try once more what ended the engine, whatever else is given to it."""
        known = [case for case in cases if case[0].foreign in self._ended]
        for layer, specs in known:
            trial.learn(layer, specs, trial.Trial(refusal=self._ended[layer.foreign]))
        return bool(known)


def _trial(found: Mapping[str, Any]) -> trial.Trial:
    outputs = {port: TensorSpec(**spec) for port, spec in found["outputs"].items()}
    return trial.Trial(**{**found, "outputs": outputs})
