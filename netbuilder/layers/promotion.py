"""Parameters of blocks: numbers that the nodes inside use and each instance may set.

>>> project, name = add_block_param(project, "Stage", "conv2d_1", "out_channels")
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from netbuilder.graph import Block, BlockParam, Graph, GraphError, Node, Project, Value
from netbuilder.graph.expression import is_expression, names_in, renamed, substituted
from netbuilder.graph.instances import instances
from netbuilder.graph.names import param_refusal
from netbuilder.layers.declare import BlockInstance, UnknownKind, declare
from netbuilder.layers.spec import ParamError

#: Names that mean something else inside a block: how often it repeats, and functions.
_TAKEN = frozenset({"repeat", "min", "max", "round"})


def add_block_param(
    project: Project, block: str, node_id: str, param: str, name: str = ""
) -> tuple[Project, str]:
    """With a parameter of a node inside as one of the block; returns its name.

    Its default is the node's value, so nothing changes until an instance sets another.
    Without a name it is called as the node's parameter, with a number if that is taken.
    Raises GraphError.
    """
    around = _block(project, block)
    if node_id not in around.graph:
        raise GraphError(f"There is no node called {node_id} in the block {block}.")
    node = around.graph[node_id]
    value = _value(project, node, param)
    taken = {p.name for p in around.params} | _TAKEN
    name = name.strip() or _free(param, taken)
    _check_name(around, name)
    params = (*around.params, BlockParam(name, value))
    graph = around.graph.put(node.with_params(**{param: f"={name}"}))
    return project.with_block(replace(around, graph=graph, params=params)), name


def promote(
    project: Project, block: str, node_ids: Iterable[str], param: str, name: str = ""
) -> tuple[Project, str]:
    """With one parameter of the block for what several nodes inside agree on; its name.

    See `add_block_param`. Raises GraphError also if the nodes have several values.
    """
    around, chosen = _block(project, block), tuple(node_ids)
    for node_id in chosen or ("",):
        if node_id not in around.graph:
            raise GraphError(f"There is no node called {node_id} in the block {block}.")
    first, *others = chosen
    value = _value(project, around.graph[first], param)
    for other in others:
        if repr(_value(project, around.graph[other], param)) != repr(value):
            raise GraphError(f"{first} and {other} differ in {param}: make them equal first.")
    project, name = add_block_param(project, block, first, param, name)
    graph = project.blocks[block].graph
    for other in others:
        graph = graph.set_param(other, param, f"={name}")
    return project.with_graph(graph, (block,)), name


def remove_block_param(project: Project, block: str, name: str) -> Project:
    """Without a parameter of a block; what used it has its value from now on.

    Raises GraphError if instances have several values, for only one can stay.
    """
    around = _block(project, block)
    default = _param(around, name).default
    users = instances(project, block)
    nodes = [project.graph_at(place)[node_id] for place, node_id in users]
    values = [node.params.get(name, default) for node in nodes]
    value = values[0] if values else default
    for node, other in zip(nodes, values, strict=True):
        if repr(other) != repr(value) or names_in(other):
            raise GraphError(
                f"Instances of {block} have several values of {name}, such as {node.id}: make "
                "them equal first."
            )
    inside = [
        replace(n, params={k: substituted(v, {name: value}) for k, v in n.params.items()})
        for n in around.graph
    ]
    params = tuple(p for p in around.params if p.name != name)
    graph = _put(around.graph, inside)
    project = project.with_block(replace(around, graph=graph, params=params))
    return _with_instances(project, block, lambda found: _without(found, name))


def rename_block_param(project: Project, block: str, old: str, new: str) -> Project:
    """With a parameter of a block called otherwise, also where it is used and set.

    Raises GraphError if the name is taken or cannot be one.
    """
    around = _block(project, block)
    _param(around, old)
    if old == new:
        return project
    _check_name(around, new)
    inside = [
        replace(n, params={k: renamed(v, old, new) for k, v in n.params.items()})
        for n in around.graph
    ]
    params = tuple(replace(p, name=new) if p.name == old else p for p in around.params)
    graph = _put(around.graph, inside)
    project = project.with_block(replace(around, graph=graph, params=params))
    return _with_instances(
        project, block, lambda found: {new if k == old else k: v for k, v in found.items()}
    )


def _block(project: Project, name: str) -> Block:
    if name not in project.blocks:
        raise GraphError(f"There is no block called {name}.")
    return project.blocks[name]


def _param(block: Block, name: str) -> BlockParam:
    for param in block.params:
        if param.name == name:
            return param
    raise GraphError(f"The block {block.name} has no parameter {name}.")


def _check_name(block: Block, name: str) -> None:
    if (why := param_refusal(name)) is not None:
        raise GraphError(why)
    if name in _TAKEN:
        raise GraphError(f"A block's parameter cannot be called {name}; choose another name.")
    if any(p.name == name for p in block.params):
        raise GraphError(f"The block {block.name} already has a parameter {name}.")


def _free(stem: str, taken: Collection[str]) -> str:
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}{number}"
    return name


def _value(project: Project, node: Node, param: str) -> Value:
    """What a node's parameter is now, also if nobody set it. Raises GraphError."""
    value = node.params.get(param)
    if value is not None and _has_expression(value):
        raise GraphError(f"{param} of {node.id} is {value} already: type a value first.")
    alone = replace(node, params={} if value is None else {param: value})
    try:
        layer = declare(alone, project.blocks)
    except (ParamError, UnknownKind) as error:
        raise GraphError(str(error)) from None
    if isinstance(layer, BlockInstance):
        known = {**layer.scope, "repeat": layer.repeat}
    else:
        known = {p.name: getattr(layer, p.name) for p in layer.params()}
    if param not in known:
        raise GraphError(f"{node.id} has no parameter {param}.")
    found: Value = known[param]
    if found is None:
        raise GraphError(f"{param} of {node.id} has no value yet: set one first.")
    # One size for all axes is a number, and arithmetic works on it.
    return found[0] if isinstance(found, tuple) and len(found) == 1 else found


def _has_expression(value: Value) -> bool:
    if isinstance(value, tuple):
        return any(_has_expression(item) for item in value)
    return is_expression(value)


def _put(graph: Graph, nodes: Iterable[Node]) -> Graph:
    """With nodes in place of those of the same ids, untouched ones as the same objects."""
    changed = [node for node in nodes if repr(node.params) != repr(graph[node.id].params)]
    return graph.put(*changed) if changed else graph


def _without(params: Mapping[str, Value], name: str) -> dict[str, Value]:
    return {k: v for k, v in params.items() if k != name}


def _with_instances(
    project: Project, block: str, edit: Callable[[Mapping[str, Value]], dict[str, Value]]
) -> Project:
    """With the parameters of every instance of a block edited."""
    for place, node_id in instances(project, block):
        graph = project.graph_at(place)
        node = graph[node_id]
        project = project.with_graph(_put(graph, [replace(node, params=edit(node.params))]), place)
    return project
