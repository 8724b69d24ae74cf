"""What a project lets a search vary: a range or choices for each parameter, and how to look.

Only what is declared; `netbuilder.tuning` looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from netbuilder.graph.model import Value


@dataclass(frozen=True)
class Range:
    """The values of one parameter: from low to high, both inclusive, or one of `choices`.

    log: as likely between 1 and 10 as between 10 and 100. step: only every so many from low.
    """

    low: float = 0
    high: float = 1
    log: bool = False
    step: float | None = None
    choices: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Search:
    """How a project is searched.

    space: by full name, such as ``linear_1.out_features`` or ``training.lr``; a node of a block
    is named ``Block/linear_1.out_features``.
    method: ``tpe``, ``random`` or ``grid``. trials: how many runs; a grid has as many as it has.
    metric: a figure of the validation rows ("": the one that epochs are judged by).
    direction: ``auto``, ``lower`` or ``higher``. pruning: ``none``, ``median``, ``hyperband``.
    """

    space: Mapping[str, Range] = field(default_factory=dict)
    method: str = "tpe"
    trials: int = 30
    metric: str = ""
    direction: str = "auto"
    pruning: str = "none"

    def __post_init__(self) -> None:
        object.__setattr__(self, "space", MappingProxyType(dict(self.space)))

    def __reduce__(self) -> tuple[Any, ...]:
        state = (dict(self.space), self.method, self.trials)
        return (Search, (*state, self.metric, self.direction, self.pruning))

    def with_range(self, name: str, values: Range | None) -> Search:
        """With one parameter searched, or no longer if `values` is None."""
        space = {**self.space, **({name: values} if values is not None else {})}
        if values is None:
            space.pop(name, None)
        return replace(self, space=space)

    def with_nodes(self, names: Callable[[str], tuple[str, ...]], block: str = "") -> Search:
        """With the nodes of one graph under the names that `names` gives; () drops a node's."""
        around = f"{block}/" if block else ""
        space: dict[str, Range] = {}
        for name, values in self.space.items():
            owner, _, param = name.rpartition(".")
            here, _, node = owner.rpartition("/")
            if owner.split(".")[0] == "training" or here != block:
                space[name] = values
                continue
            space.update({f"{around}{new}.{param}": values for new in names(node)})
        return self if space == self.space else replace(self, space=space)

    def with_block_renamed(self, old: str, new: str) -> Search:
        """With the nodes inside a block named by its new name."""
        head = f"{old}/"
        return replace(
            self,
            space={
                f"{new}/{n.removeprefix(head)}" if n.startswith(head) else n: values
                for n, values in self.space.items()
            },
        )
