"""What mends a parameter outside its declaration: the nearest value allowed, or the default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from netbuilder.compiler.naming import shortened
from netbuilder.compiler.remedies import reset_param, set_params
from netbuilder.compiler.report import Fix
from netbuilder.graph import Block, Node, Value
from netbuilder.layers import REGISTRY, Param, ParamError, UnknownKind, block_params, declare


def param_remedies(
    node: Node,
    error: ParamError,
    blocks: Mapping[str, Block],
    scope: Mapping[str, Value],
    block: str | None,
) -> tuple[Fix, ...]:
    """The fix for a parameter that `node` was refused for; `block` is whose graph holds it."""
    for fix, mended in _trials(node, error.param, blocks, block):
        try:
            declare(mended, blocks, scope)
        except (ParamError, UnknownKind) as left:
            if str(left) == str(error):
                continue
        return (fix,)
    return ()


def _trials(
    node: Node, name: str, blocks: Mapping[str, Block], block: str | None
) -> Iterator[tuple[Fix, Node]]:
    if name not in node.params:
        return
    if node.kind in REGISTRY:
        own = REGISTRY[node.kind].params()
    elif node.block is not None and node.block in blocks:
        own = block_params(blocks[node.block])
    else:
        return
    known = next((p for p in own if p.name == name), None)
    label = known.label.lower() if known is not None else ""
    near = _nearest(known, node.params[name]) if known is not None else None
    if near is not None:
        fix = set_params(f"Set {label} to {near:g}", block, node.id, **{name: near})
        yield fix, node.with_params(**{name: near})
    words = f"Use the default {label}" if label else f"Remove {shortened(name)}"
    rest = {n: v for n, v in node.params.items() if n != name}
    yield reset_param(words, block, node.id, name), replace(node, params=rest)


def _nearest(known: Param, value: object) -> int | float | None:
    """The end of the range that a number lies beyond; None if it lies beyond none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if known.type not in ("int", "float"):
        return None
    end = known.min if known.min is not None and value < known.min else None
    end = known.max if known.max is not None and value > known.max else end
    return None if end is None else int(end) if known.type == "int" else float(end)
