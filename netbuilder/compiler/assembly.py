"""Builds the classes of the generated module: one for each block, one for the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from netbuilder.compiler.body import (
    Key,
    Line,
    Step,
    arriving,
    is_pooled,
    loops,
    node_step,
    source_of,
    written,
)
from netbuilder.compiler.filling import beginning_calls
from netbuilder.compiler.forward import Forward
from netbuilder.compiler.infer import chained
from netbuilder.compiler.naming import (
    RESERVED,
    argument_names,
    camel,
    local_names,
    quoted,
    taken_classes,
)
from netbuilder.compiler.own_code import OwnCode
from netbuilder.compiler.rendering import rendered
from netbuilder.compiler.report import Check, NodeInfo, Path
from netbuilder.compiler.sharing import positional, share_root
from netbuilder.compiler.signature import Signature
from netbuilder.compiler.unit import RECORDING, Built, ClassText, Method, Unit, constructed, merged
from netbuilder.graph import Graph, Node, Project
from netbuilder.graph.order import ancestors, topological
from netbuilder.layers import BlockInstance, Call, Loss, Metric, TensorSpec


class Assembly:
    """Collects units while walking the graphs, then merges and names them."""

    def __init__(self, project: Project, found: Check) -> None:
        self.project = project
        self.nodes = found.nodes
        self.local = local_names(project.graph)
        self.units: dict[int, Unit] = {}
        self.own = OwnCode()
        self._known: dict[object, int] = {}
        self._of_block: dict[str, list[int]] = {}

    # --- blocks ------------------------------------------------------------------------

    def _block_unit(self, layer: BlockInstance, path: Path, specs: Mapping[str, TensorSpec]) -> int:
        """The unit of a block for these parameters and shapes, made once."""
        block = layer.block
        key = (
            block.name,
            repr(sorted(layer.scope.items())),
            tuple((n, str(s.shape), s.shape, s.dtype, s.classes) for n, s in specs.items()),
        )
        if key in self._known:
            return self._known[key]
        graph = block.graph
        ends = {n.port: n.id for n in graph if n.kind == "output" and (*path, n.id) in self.nodes}
        needed = ancestors(graph, ends.values())
        entering = layer.input_ports()
        arguments = argument_names([port.name for port in entering])
        bound = {
            (n.id, "y"): arguments[n.port]
            for n in graph
            if n.kind == "input" and (*path, n.id) in self.nodes
        }
        results = [source_of(graph, ends[name]) for name in layer.output_ports()]
        steps = self._steps(graph, needed, path, results)
        lines, names = written(steps, bound, results, set(RESERVED))
        returned = Line(f"return {', '.join(names[k] for k in results)}")
        params = tuple(arguments.values())
        unit = Unit(camel(block.name, "Block"), "", scope=layer.scope)
        unit.arriving = {n: tuple(s.shape) for n, s in specs.items()}
        unit.init = self._init(graph, needed, path)
        unit.methods = [Method("forward", params, "", (*lines, returned))]
        number = len(self.units)
        self.units[number] = unit
        self._known[key] = number
        self._of_block.setdefault(block.name, []).append(number)
        return number

    def _init(
        self, graph: Graph, among: set[str], path: Path
    ) -> list[tuple[str, Call | Built, Path]]:
        """Attributes of a class: one for each node with a module of its own.

        Behind them, without a name, what fills weights that are not to begin as torch has it.
        """
        found: list[tuple[str, Call | Built, Path]] = []
        after: list[tuple[str, Call | Built, Path]] = []
        # A node whose weights are shared is built even if it is not itself computed here.
        owners = {o.id for i in among if (o := share_root(graph, graph[i])) is not None}
        for node in (graph[i] for i in topological(graph) if i in owners):
            info = self.nodes.get((*path, node.id))
            if info is None:
                continue
            layer = info.layer
            if isinstance(layer, BlockInstance):
                units = []
                specs = {n: s[0] for n, s in info.inputs.items() if s}
                for repetition in range(layer.repeat):
                    name = f"{node.id}[{repetition}]" if layer.repeat > 1 else node.id
                    inner = (*path, name)
                    units.append(self._block_unit(layer, inner, specs))
                    specs = chained(layer, specs, self._leaving(layer, inner))
                found.append((node.id, Built(tuple(units), not loops(layer)), (*path, node.id)))
            elif layer.role not in ("data", "noise", "input", "output", "metric"):
                call = layer.call(*positional(layer, info.inputs))
                self.own.noticed(layer)
                if call.is_module:
                    call = self.own.named(layer, call)
                    found.append((node.id, call, (*path, node.id)))
                    for filled in beginning_calls(layer, info.weights, node.id):
                        after.append(("", filled, (*path, node.id)))
        return found + after

    def _leaving(self, layer: BlockInstance, path: Path) -> dict[str, TensorSpec]:
        found = {}
        for node in layer.block.graph:
            if node.kind == "output":
                info = self.nodes[*path, node.id]
                found[node.port] = info.inputs["x"][0]
        return {name: found[name] for name in layer.output_ports()}

    # --- steps -------------------------------------------------------------------------

    def _steps(
        self,
        graph: Graph,
        among: Iterable[str],
        path: Path,
        results: Iterable[Key],
    ) -> list[Step]:
        """A step for each computing node among these, in order; losses by their own names."""
        among = set(among)
        wanted: dict[str, set[str]] = {}
        for source, port in results:
            wanted.setdefault(source, set()).add(port)
        for node_id in among:
            info = self.nodes.get((*path, node_id))
            if info is not None:
                for keys in arriving(graph, graph[node_id], info.layer).values():
                    for source, port in keys:
                        wanted.setdefault(source, set()).add(port)
        steps = []
        for node_id in topological(graph):
            info = self.nodes.get((*path, node_id))
            if node_id not in among or info is None:
                continue
            if info.layer.role in ("data", "noise", "input", "output", "metric"):
                continue
            self.own.noticed(info.layer)
            used = frozenset(wanted.get(node_id, ()))
            fixed = {}
            if isinstance(info.layer, Loss):
                used = frozenset(info.layer.output_ports())
                fixed = {(node_id, "loss"): self.local.get(node_id, node_id)}
            if not used:
                continue
            attribute = f"self.{self._owner(graph, graph[node_id])}"
            steps.append(
                node_step(graph, graph[node_id], info, (*path, node_id), attribute, used, fixed)
            )
        return steps

    def _owner(self, graph: Graph, node: Node) -> str:
        owner = share_root(graph, node)
        return node.id if owner is None else owner.id

    # --- the network -------------------------------------------------------------------

    def network(
        self,
        name: str,
        signature: Signature,
        objectives: Sequence[tuple[str, Sequence[str]]],
        losses: Sequence[str],
        metrics: Sequence[str],
    ) -> None:
        """The class of the top graph: forward, objectives, measure."""
        inputs, outputs, fields = signature.inputs, signature.outputs, signature.fields
        graph = self.project.graph
        ends = [node_id for _, node_id in outputs]
        model = ancestors(graph, ends)
        results = [source_of(graph, node_id) for node_id in ends]
        steps = self._steps(graph, model, (), results)
        arguments = {n for n in (*fields.values(), *inputs.values()) if not is_pooled(n)}
        reserved = {*RESERVED, *graph.nodes, *self.local.values(), *arguments}
        lines, names = written(steps, inputs, results, reserved)
        returned = Line(f"return {', '.join(names[k] for k in results)}")
        forward = Method("forward", tuple(inputs.values()), "", (*lines, returned))
        unit = Unit(name, self._doc(outputs))
        unit.init = self._init(graph, ancestors(graph, [*ends, *losses, *metrics]), ())
        unit.methods = [forward]
        call = Forward(inputs, results, model)
        for method, minimised in objectives:
            unit.methods.append(self._objective(method, minimised, fields, call, reserved))
        unit.methods.append(self._measure(losses, metrics, fields, call, reserved))
        self.units[len(self.units)] = unit

    def _doc(self, outputs: Sequence[tuple[str, str]]) -> str:
        notes = self.project.notes.strip().splitlines()
        said = quoted(notes[0]) if notes else ""
        return said or f"Returns {quoted(', '.join(name for name, _ in outputs))}."

    def _objective(
        self,
        method: str,
        minimised: Sequence[str],
        fields: Mapping[Key, str],
        call: Forward,
        reserved: set[str],
    ) -> Method:
        lines = self._run(minimised, fields, call, reserved, [(i, "loss") for i in minimised])
        terms = []
        for node_id in minimised:
            weight = getattr(self.nodes[node_id,].layer, "weight", 1.0)
            name = self.local[node_id]
            terms.append(name if weight == 1 else f"{rendered(weight, {})} * {name}")
        parts = ", ".join(f'"{i}": {self.local[i]}' for i in minimised)
        total = terms[0]
        if terms != [self.local[minimised[0]]]:
            lines.append(Line(f"loss = {' + '.join(terms)}"))
            total = "loss"
        lines.append(Line(f"return {total}, {{{parts}}}"))
        doc = "What the optimiser minimises on a batch, and its parts."
        return Method(method, tuple(fields.values()), doc, tuple(lines))

    def _measure(
        self,
        losses: Sequence[str],
        metrics: Sequence[str],
        fields: Mapping[Key, str],
        call: Forward,
        reserved: set[str],
    ) -> Method:
        graph = self.project.graph
        updates: dict[str, list[Key]] = {}
        for node_id in metrics:
            layer = self.nodes[node_id,].layer
            keys = arriving(graph, graph[node_id], layer)
            updates[node_id] = [k for port in layer.input_ports() for k in keys[port.name]]
        kept = [(i, "loss") for i in losses] + [k for keys in updates.values() for k in keys]
        names: dict[Key, str] = {}
        lines = self._run([*losses, *metrics], fields, call, reserved, kept, names)
        parts = ", ".join(f'"{i}": {self.local[i]}' for i in losses)
        lines.append(Line(f"losses = {{{parts}}}"))
        rows = []
        for node_id in metrics:
            layer = self.nodes[node_id,].layer
            keys = arriving(graph, graph[node_id], layer)
            ports = {p: tuple(names[k] for k in ks) for p, ks in keys.items()}
            assert isinstance(layer, Metric)
            specs = positional(layer, self.nodes[node_id,].inputs)
            texts = [rendered(a, ports) for a in layer.prepared(*specs)]
            compared = ", ".join(texts) + ("," if len(texts) == 1 else "")
            rows.append(f'"{node_id}": ({compared})')
        if rows:
            lines.append(Line(f"metrics = {{{', '.join(rows)}}}"))
        lines.append(Line("return losses, metrics" if rows else "return losses, {}"))
        doc = "Losses of a held-out batch, and what its metrics compare."
        # A trainer measures without recording gradients; what asks for them is not to suffer.
        on = RECORDING if any(self._differentiates(i) for i in losses) else ""
        return Method("measure", tuple(fields.values()), doc, tuple(lines), on)

    def _differentiates(self, node_id: str) -> bool:
        layer = self.nodes[node_id,].layer
        return isinstance(layer, Loss) and layer.differentiates

    def _run(
        self,
        goals: Sequence[str],
        fields: Mapping[Key, str],
        call: Forward,
        reserved: set[str],
        kept: Sequence[Key],
        names: dict[Key, str] | None = None,
    ) -> list[Line]:
        """Everything the goals need, by calling forward where it gives all that is needed."""
        graph = self.project.graph
        among = ancestors(graph, goals)
        bound = dict(fields)
        lines: list[Line] = []
        for node_id in topological(graph):
            info = self.nodes.get((node_id,))
            if node_id in among and info is not None and info.layer.role == "noise":
                name = bound[node_id, "y"] = self.local[node_id]
                lines.append(Line(f"{name} = {self._noise(info, fields)}", (node_id,)))
        outside = among - call.model
        results = [k for i in goals for ks in self._reads(graph, i).values() for k in ks]
        if call.serves(graph, goals, among, set(bound)):
            steps = [call.step(bound)]
            steps += self._steps(graph, outside, (), results)
        else:
            steps = self._steps(graph, among, (), results)
        more, found = written(steps, bound, kept, reserved)
        if names is not None:
            names.update(found)
        return lines + more

    def _reads(self, graph: Graph, node_id: str) -> dict[str, list[Key]]:
        return arriving(graph, graph[node_id], self.nodes[node_id,].layer)

    def _noise(self, info: NodeInfo, fields: Mapping[Key, str]) -> str:
        """A random tensor for each sample of the batch, on its device."""
        first = next(iter(fields.values()))
        call = info.layer.call()
        sizes = ", ".join(str(int(n)) for n in next(iter(info.outputs.values())).shape[1:])
        return f"{call.target}({first}.shape[0], {sizes}, device={first}.device)"

    # --- classes -----------------------------------------------------------------------

    def classes(self) -> list[ClassText]:
        """All classes, inner blocks first, the network last."""
        taken = taken_classes() | self.own.names
        texts: list[ClassText] = []
        made: dict[int, Call] = {}
        network = len(self.units) - 1
        groups = [self._of_block[name] for name in self._inner_first()] + [[network]]
        for numbers in groups:
            for number in numbers:
                unit = self.units[number]
                unit.init = [(a, constructed(c, made), p) for a, c, p in unit.init]
            for text in merged({n: self.units[n] for n in numbers}, taken):
                texts.append(text)
                for number, arguments in text.arguments.items():
                    made[number] = Call(text.name, (), arguments)
        return texts

    def _inner_first(self) -> list[str]:
        depth = {name: len(self.project.blocks_inside(name)) for name in self._of_block}
        return sorted(self._of_block, key=depth.__getitem__)
