"""The model as one step of an objective: ``x = self(image)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netbuilder.compiler.body import Key, Step
from netbuilder.graph import Graph


class Forward:
    """Calls `forward` inside an objective, where that computes nothing in vain."""

    def __init__(self, inputs: Mapping[Key, str], results: Sequence[Key], model: set[str]) -> None:
        self.inputs, self.results, self.model = inputs, results, model

    def serves(self, graph: Graph, goals: Sequence[str], among: set[str], bound: set[Key]) -> bool:
        """Whether everything the rest needs of the model is among what it returns.

        goals: losses and metrics. among: all that they need. bound: values at hand.
        """
        inner = {i for i in self.model if graph.incoming[i]}
        computed = {i for i in inner if graph[i].kind != "output"}
        if not computed or not computed <= among or not bound.issuperset(self.inputs):
            return False
        if computed & set(goals):  # a loss that is also a result has a name of its own
            return False
        crossing = {
            (e.source, e.source_port)
            for e in graph.edges
            if e.source in computed and e.target in among and e.target not in inner
        }
        return bool(crossing) and crossing <= set(self.results)

    def step(self, bound: Mapping[Key, str]) -> Step:
        """The call."""
        arguments = ", ".join(bound[k] for k in self.inputs)

        def write(names: Mapping[Key, str]) -> list[str]:
            left = [
                names[key] if key not in self.results[:i] else "_"
                for i, key in enumerate(self.results)
            ]
            return [f"{', '.join(left)} = self({arguments})"]

        return Step(list(self.inputs), list(dict.fromkeys(self.results)), write)
