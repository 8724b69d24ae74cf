"""How large a node is and at which heights its wires end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PORT = 38.0


@dataclass(frozen=True, slots=True)
class Box:
    """Sizes in canvas units; heights of ports from the node's top, by name.

    A port that is not named is taken to be at the height of the first.
    """

    width: float = 140.0
    height: float = 120.0
    inputs: Mapping[str, float] = field(default_factory=dict)
    outputs: Mapping[str, float] = field(default_factory=dict)

    def into(self, port: str) -> float:
        """Height at which a wire to an input ends."""
        return self.inputs.get(port, PORT)

    def out(self, port: str) -> float:
        """Height at which a wire from an output starts."""
        return self.outputs.get(port, PORT)


PLAIN = Box()
