"""From a node of the graph to its declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, cast
from weakref import KeyedRef

from netbuilder.graph import Block, Graph, GraphError, Node, Value
from netbuilder.graph.expression import evaluated
from netbuilder.layers.brief import brief
from netbuilder.layers.spec import REGISTRY, Layer, Param, ParamError, Port


class UnknownKind(ValueError):
    """A kind that is not installed here; the node is kept as it is."""


class BlockInstance(Layer, abstract=True):
    """A block placed on the canvas; its ports and parameters are those of the block."""

    title, family = "Block", "Blocks"
    block: ClassVar[Block]
    scope: ClassVar[Mapping[str, Value]]
    repeat: ClassVar[int]

    def summary(self) -> str:
        return brief(*(f"{name} {value}" for name, value in self.scope.items()))


_REPEAT = Param(
    "repeat", "int", 1, "Repeat", "How many in a row, each with its own weights.", 1, 1000
)


def block_params(block: Block) -> tuple[Param, ...]:
    """Parameters an instance of this block has: its own, and how often it repeats."""
    own = []
    for p in block.params:
        types = {bool: "bool", int: "int", float: "float", tuple: "ints"}
        kind = types.get(type(p.default), "text")
        own.append(Param(p.name, kind, p.default, p.name.replace("_", " ").capitalize(), p.help))  # type: ignore[arg-type]
    return (*own, _REPEAT)


def declare(
    node: Node, blocks: Mapping[str, Block] | None = None, scope: Mapping[str, Value] | None = None
) -> Layer:
    """The declaration of a node with its parameters, expressions evaluated in `scope`.

    Raises ParamError for a value outside its range, UnknownKind for a kind or block that
    does not exist here.
    """
    if scope or node.block is not None:
        return _declared(node, blocks or {}, scope or {})
    known = _known.get(id(node))
    if known is None:
        reference = KeyedRef(node, _forget, id(node))
        known = _known[id(node)] = (reference, _declared(node, {}, {}))
    return known[1]


#: Declarations by the identity of their nodes, for as long as these live: what comes to the
#: engine with a question goes with it. A node never changes, and an edit of one leaves the
#: others as the same objects.
_known: dict[int, tuple[KeyedRef[int, Node], Layer]] = {}


def _forget(reference: KeyedRef[int, Node]) -> None:
    _known.pop(reference.key, None)  # before anything else can have this identity


def _declared(node: Node, blocks: Mapping[str, Block], scope: Mapping[str, Value]) -> Layer:
    try:
        params = evaluated(node.params, scope)
    except GraphError as error:
        name = next((n for n, v in node.params.items() if isinstance(v, str)), "")
        raise ParamError(name, str(error)) from None
    if node.block is not None:
        if node.block not in blocks:
            raise UnknownKind(f"The block {node.block} is not in this project.")
        return _instance(blocks[node.block], params)
    if node.kind not in REGISTRY:
        raise UnknownKind(f"{node.kind} is not installed here. It is saved back unchanged.")
    return REGISTRY[node.kind].from_params(params)


def _instance(block: Block, params: Mapping[str, Value]) -> BlockInstance:
    values = {p.name: p.default for p in block_params(block)}
    for name, value in params.items():
        match = next((p for p in block_params(block) if p.name == name), None)
        if match is None:
            raise ParamError(name, f"The block {block.name} has no parameter {name}.")
        values[name] = match.checked(value)
    # Making a class takes a millisecond, and the same instance is asked for at every check.
    placed: dict[str, BlockInstance] = block.__dict__.setdefault("_placed", {})
    key = repr(values)
    if key in placed:
        return placed[key]
    repeat = values.pop("repeat")
    namespace = {
        "title": block.name,
        "block": block,
        "scope": values,
        "repeat": repeat,
        "inputs": tuple(Port(name) for name in block.ports("input")),
        "outputs": block.ports("output"),
        "__doc__": f"An instance of the block {block.name} of this project.",
    }
    made = type(f"BlockInstance_{block.name}", (BlockInstance,), namespace, abstract=True)
    placed[key] = cast(BlockInstance, made())
    return placed[key]


def ports(
    node: Node, graph: Graph, blocks: Mapping[str, Block]
) -> tuple[tuple[Port, ...], tuple[str, ...]]:
    """Input and output ports of a node, also of one whose kind or parameters are wrong.

    An unknown kind has the ports that its wires name.
    """
    try:
        layer = declare(node, blocks)
        return layer.input_ports(), layer.output_ports()
    except ParamError:
        if node.kind in REGISTRY:
            plain = REGISTRY[node.kind]()
            return plain.input_ports(), plain.output_ports()
        if node.block is not None and node.block in blocks:
            block = blocks[node.block]
            return tuple(Port(n) for n in block.ports("input")), block.ports("output")
    except UnknownKind:
        pass
    inputs = dict.fromkeys(e.target_port for e in graph.incoming[node.id])
    outputs = dict.fromkeys(e.source_port for e in graph.outgoing[node.id])
    return tuple(Port(name) for name in inputs), tuple(outputs)
