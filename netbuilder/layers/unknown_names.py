"""Names in a person's code that nothing gives a meaning, found without running it."""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings
from collections.abc import Collection, Iterator

#: Functions of Python that an expression may use; every other plain name is an input.
EXPRESSION = frozenset(
    {"abs", "bool", "enumerate", "float", "int", "len", "list", "max", "min", "pow", "range"}
    | {"round", "slice", "sum", "tuple", "zip"}
)
#: Packages by the names they usually have, which would otherwise pass for inputs.
MODULES = frozenset({"np", "numpy", "tf", "jnp", "jax", "scipy", "einops", "os", "sys", "random"})
#: Plain functions of tensors that people write without saying where they are from.
_IN_F = frozenset({"relu", "gelu", "softmax", "silu", "elu", "softplus", "dropout", "normalize"})
_FROM_BUILD = frozenset({"__name__", "__class__", "__module__", "__qualname__", "__doc__"})


def perhaps(name: str) -> str:
    """What was probably meant by a function of this name."""
    return f"perhaps {'F' if name in _IN_F else 'torch'}.{name}"


def first(tree: ast.AST, text: str, known: Collection[str]) -> tuple[str, ast.AST] | None:
    """The first name without a meaning, and where it stands; None if all have one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = symtable.symtable(text, "<code>", "exec")
    given = {*known, *dir(builtins), *_FROM_BUILD}
    missing = set(_global(table)) - given
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in missing:
            return node.id, node
    return None


def _global(table: symtable.SymbolTable) -> Iterator[str]:
    """Names that are looked up in the module, from all that lies inside it."""
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        own = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
        if symbol.is_referenced() and (not own if top else symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _global(inner)
