"""Names in the generated code that come from names a person gave.

Node ids are attributes as they are; as local names, arguments or classes they must not
hide what the code itself uses, and texts in it must not end the docstring they stand in.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection

from netbuilder.compiler.inline import definitions
from netbuilder.graph import Graph

#: Local names that the generated code gives a meaning of its own.
RESERVED = frozenset(
    {"self", "torch", "nn", "F", "math", "loss", "losses", "metrics", "block", "seen", "range"}
    | {"float", "super", *keyword.kwlist, *keyword.softkwlist}
)
_LONGEST_CLASS = 60
_LONGEST_TEXT = 200


def unused(name: str, taken: Collection[str]) -> str:
    """`name`, or the first of name2, name3 … that is not taken."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}{number}"
    return found


def local_names(graph: Graph) -> dict[str, str]:
    """By node id, the name of its value where that has one of its own (losses, noise)."""
    names: dict[str, str] = {}
    for node_id in graph.nodes:
        hides = node_id in RESERVED or node_id in definitions()
        names[node_id] = unused(f"{node_id}_", graph.nodes) if hides else node_id
    return names


def argument_names(ports: Collection[str]) -> dict[str, str]:
    """By port of a block, the name of the argument it becomes."""
    names: dict[str, str] = {}
    for port in ports:
        text = re.sub(r"[^A-Za-z0-9_]+", "_", port)
        hides = text in RESERVED or text in definitions() or not text.isidentifier()
        names[port] = unused(f"x_{text}" if hides else text, names.values())
    return names


def method_names(optimisers: Collection[str]) -> list[str]:
    """A method for each optimiser: ``objective_main``."""
    names: list[str] = []
    for optimiser in optimisers:
        text = re.sub(r"[^a-z0-9]+", "_", optimiser.lower()).strip("_") or "main"
        names.append(unused(f"objective_{text}", names))
    return names


def camel(name: str, fallback: str) -> str:
    """A class name from any text: ``digits_cnn`` → ``DigitsCnn``."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    text = "".join(w[:1].upper() + w[1:] for w in words)[:_LONGEST_CLASS]
    return text if text[:1].isalpha() else f"{fallback}{text}"


def taken_classes() -> set[str]:
    """Names that no class of the generated code may have."""
    return {"F", *definitions(), *keyword.kwlist}


def quoted(text: str) -> str:
    """One line of a person's text, fit to stand in a docstring."""
    text = "".join(c if c.isprintable() else " " for c in text[:_LONGEST_TEXT])
    return text.replace("\\", " ").replace('"', "'").strip()


def shortened(name: str) -> str:
    """A name a person gave, short enough for a sentence."""
    return name if len(name) <= 40 else f"{name[:40]}…"
