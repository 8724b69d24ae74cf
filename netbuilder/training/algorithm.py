"""How an optimisation algorithm is declared. Loads without torch."""

from __future__ import annotations

from dataclasses import dataclass

from netbuilder.layers.spec import Param


class SettingError(ValueError):
    """A setting that cannot be used: which one, and one plain sentence."""

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(message)
        self.setting = setting


@dataclass(frozen=True)
class Algorithm:
    """One optimisation algorithm: how torch calls it and what can be set.

    target: name of the class below ``torch.optim`` or ``netbuilder.nn``. cites: paper or
    course week. fused: whether torch has an implementation that updates all weights in one
    call. closure: whether a step computes the loss itself, as often as it likes. since: the
    first torch that has it. matrices: whether it takes weights of two axes only; AdamW has
    the rest.
    """

    name: str
    title: str
    target: str
    help: str
    cites: str
    settings: tuple[Param, ...]
    fused: bool = False
    closure: bool = False
    since: str = ""
    matrices: bool = False

    @property
    def own(self) -> bool:
        """Whether it is of ``netbuilder.nn``, because torch has none."""
        return self.target.startswith("netbuilder.nn.")

    @property
    def elementwise(self) -> bool:
        """Whether each number steps by itself, so that weights may be split over processes."""
        return not (self.closure or self.matrices)

    def setting(self, name: str) -> Param:
        """The declaration of one setting; raises SettingError if there is none."""
        for param in self.settings:
            if param.name == name:
                return param
        known = ", ".join(p.name for p in self.settings)
        raise SettingError(name, f"{self.title} has no setting {name}; it has {known}.")
