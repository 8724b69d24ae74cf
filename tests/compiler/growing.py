"""Networks that grow by random nodes, for tests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

from netbuilder.building import Network, Output
from netbuilder.compiler import Check, check
from netbuilder.graph import Block, BlockParam, Graph, Optimiser, Project, Training, Value
from netbuilder.layers import TensorSpec

ACTIVATIONS = ("relu", "leaky_relu", "gelu", "sigmoid", "tanh")
#: What may follow each kind of value; what matters more stands there more often.
IMAGE = (
    "conv", "conv", "deep", "pool", "block", "block", "flat", "mean", "tokens", "norm", "any",
    "share", "share",
)  # fmt: skip
VECTOR = (
    "linear", "linear", "block", "nest", "gate", "gate", "split", "norm", "image", "rows", "any",
    "share", "share", "both", "both",
)  # fmt: skip
SEQUENCE = (
    "linear", "attend", "recur", "recur", "mean", "last", "conv", "place", "block", "any", "any",
)  # fmt: skip


class Unplaced(Network):
    """A network that lays nothing out, which would take longer than all the rest."""

    @contextmanager
    def block(self, name: str, **params: Value) -> Iterator[Network]:
        inner = Unplaced(name, around=self)
        yield inner
        made = tuple(BlockParam(n, v) for n, v in params.items())
        self.blocks[name] = Block(name, inner.graph, made)

    def project(self, *, notes: str = "", **training: Any) -> Project:
        return Project(self.name, self.graph, self.blocks, Training(**training), notes)


class Growing:
    """A network that grows by random nodes; what does not fit is taken back."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.net = Unplaced(f"random {seed}")
        self.values: dict[str, list[tuple[Output, TensorSpec]]] = {
            "image": [], "vector": [], "sequence": [], "label": [],
        }  # fmt: skip
        self.unused: dict[tuple[str, str], Output] = {}
        self.seen: Graph | None = None
        self.check: Check
        self._blocks()
        self._data()

    # --- parts ---------------------------------------------------------------------------

    def _data(self) -> None:
        kinds = ["digits", "iris", "spirals", "text", "diabetes", "noise"]
        for kind in self.random.sample(kinds, self.random.choice([1, 1, 2, 3])) or ["digits"]:
            params: dict[str, Any] = {"context": 6} if kind == "text" else {}
            if kind == "noise":
                params = {"size": (self.random.choice([4, 5]),)}
            first = self.net.place(kind, **params)
            for port in first.ports:
                self._grown(replace(first, port=port))
        if not self.values["label"]:  # something that a loss can be measured against
            first = self.net.place("digits")
            for port in first.ports:
                self._grown(replace(first, port=port))

    def _blocks(self) -> None:
        r = self.random
        with self.net.block("dense", width=6) as b:
            x = b.place(r.choice(ACTIVATIONS), b.linear(b.input(name="x"), out_features="=width"))
            if r.random() < 0.5:
                x = b.add(x, b.linear(x, out_features="=width", bias=False))
            b.output(b.linear(x, out_features="=max(2, width // 2)"), name="y")
        with self.net.block("residual", channels=4) as b:
            entry = b.input(name="pixels")
            x = b.conv2d(entry, out_channels="=channels", bias=False)
            x = b.place(r.choice(ACTIVATIONS), b.batch_norm(x))
            skip = b.conv2d(entry, out_channels="=channels", kernel_size=(1,))
            b.output(b.add(b.conv2d(x, out_channels="=channels"), skip), name="y")
        with self.net.block("gate", width=4) as b:
            state, context = b.input(name="state"), b.input(name="context")
            both = b.concat(state, context, dim=-1)
            opened = b.sigmoid(b.linear(both, out_features="=width"))
            fresh = b.linear(context, out_features="=width")
            b.output(b.multiply(opened, fresh), name="state")
            if r.random() < 0.5:
                b.output(b.tanh(b.linear(context, out_features="=width + 1")), name="context")
        with self.net.block("split", width=4) as b:
            x = b.input(name="x")
            b.output(b.linear(x, out_features="=width"), name="left")
            b.output(b.place(r.choice(ACTIVATIONS), b.linear(x, out_features=3)), name="right")
        with self.net.block("nest", depth=2, width=4) as b:
            x = b.dense(b.input(name="x"), repeat="=depth", width="=width * 2")
            b.output(b.dense(x, width="=width"), name="y")

    # --- growth --------------------------------------------------------------------------

    def _known(self) -> Check:
        if self.net.graph is not self.seen:
            self.seen = self.net.graph
            self.check = check(Project(self.net.name, self.seen, self.net.blocks))
        return self.check

    def _grown(self, made: Output) -> None:
        """Take over what a node just placed puts out, as far as it can be inferred."""
        info = self._known().nodes.get((made.node,))
        for port, spec in info.outputs.items() if info else ():
            out = replace(made, port=port)
            if spec.shape and str(spec.shape[0]) != "B":
                continue  # a table of weights is no value of a sample
            self.unused[out.node, port] = out
            if spec.dtype != "float32" and spec.axes == 1:
                self.values["label"].append((out, spec))
            elif spec.flow in self.values or spec.axes == 2:
                flow = "sequence" if spec.axes == 2 and spec.dtype != "float32" else spec.flow
                self.values[flow].append((out, spec))

    def grow(self, nodes: int) -> None:
        """Try to place this many nodes."""
        for _ in range(nodes):
            flow = self.random.choice(
                [f for f in ("image", "vector", "sequence") if self.values[f]]
            )
            pick, spec = self.random.choice(self.values[flow][-5:])
            before = self.net.graph
            made = getattr(self, f"_{flow}")(pick, spec)
            found = self._known()
            refused = made is None or (made.node,) not in found.nodes
            # Nothing depends on the node yet, so even an error is only a warning.
            if refused or any(p.message.startswith("It shares") for p in found.problems):
                self.net.graph = before
                continue
            for edge in self.net.graph.incoming[made.node]:
                self.unused.pop((edge.source, edge.source_port), None)
            self._grown(made)

    def _like(self, flow: str, spec: TensorSpec) -> list[Output]:
        """Up to two further values of the same shape."""
        found = [o for o, s in self.values[flow] if str(s.shape) == str(spec.shape)]
        return self.random.sample(found, min(len(found), self.random.choice([1, 2])))

    def _any(self, flow: str, x: Output, spec: TensorSpec) -> Output:
        kind = self.random.choice([*ACTIVATIONS, "add", "multiply", "concat", "detach", "add"])
        if kind in ("add", "multiply"):
            return self.net.place(kind, x, *self._like(flow, spec))
        if kind == "concat":
            return self.net.concat(x, *self._like(flow, spec))
        return self.net.place(kind, x)

    def _shared(self, kind: str, x: Output, **params: Any) -> Output | None:
        """A node on the weights of one that is there already, if one fits."""
        owners = [n for n in self.net.graph if n.kind == kind]
        if not owners:
            return None
        owner = self.random.choice(owners)
        return self.net.place(kind, x, share=owner.id, **dict(owner.params))

    def _image(self, x: Output, spec: TensorSpec) -> Output | None:
        r, net = self.random, self.net
        match r.choice(IMAGE):
            case "conv":
                return net.conv2d(
                    x,
                    out_channels=r.choice([2, 4, 6]),
                    kernel_size=r.choice([(1,), (3,), (2, 3)]),
                    stride=r.choice([(1,), (1,), (2,)]),
                    padding=r.choice(["same", "same", "valid"]),
                    bias=r.random() < 0.5,
                )
            case "deep":
                return net.conv_transpose2d(x, out_channels=2)
            case "pool":
                return net.place(r.choice(["max_pool2d", "avg_pool2d"]), x)
            case "block":
                times = r.choice([1, 1, 2, 3])
                return net.residual(x, channels=r.choice([2, 4]), repeat=times)
            case "flat":
                return net.flatten(x)
            case "mean":
                return net.global_avg_pool(x)
            case "tokens":
                return net.to_tokens(x)
            case "norm":
                return net.place(r.choice(["batch_norm", "layer_norm"]), x)
            case "share":
                return self._shared("conv2d", x)
        return self._any("image", x, spec)

    def _vector(self, x: Output, spec: TensorSpec) -> Output | None:
        r, net = self.random, self.net
        match r.choice(VECTOR):
            case "linear":
                return net.linear(x, out_features=r.choice([3, 4, 8]), bias=r.random() < 0.7)
            case "block":
                return net.dense(x, width=r.choice([4, 6]), repeat=r.choice([1, 2, 3]))
            case "nest":
                return net.nest(x, depth=r.choice([1, 2]), width=r.choice([4, 8]))
            case "gate":
                other, _ = r.choice(self.values["vector"])
                return net.gate(x, other, width=int(spec.shape[1]), repeat=r.choice([1, 2, 3]))
            case "split":
                return net.split(x, repeat=r.choice([1, 2]))
            case "norm":
                return net.place(r.choice(["batch_norm", "layer_norm", "softmax"]), x)
            case "image":
                return net.reshape(x, sizes=(r.choice([1, 2]), 2, -1))
            case "rows":
                return net.reshape(x, sizes=(r.choice([2, 3]), -1))
            case "share":
                return self._shared("linear", x)
            case "both":
                return self._shared("block:dense", x)
        return self._any("vector", x, spec)

    def _sequence(self, x: Output, spec: TensorSpec) -> Output | None:
        r, net = self.random, self.net
        if spec.dtype != "float32":
            return net.embedding(x, embedding_dim=r.choice([4, 6]))
        match r.choice(SEQUENCE):
            case "linear":
                return net.linear(x, out_features=r.choice([4, 6]))
            case "attend":
                keys = [x, *self._like("sequence", spec)][: r.choice([1, 2])]
                return net.multihead_attention(*keys, num_heads=2, causal=r.random() < 0.5)
            case "recur":
                kind = r.choice(["rnn", "gru", "lstm"])
                return net.place(kind, x, hidden_size=4, bidirectional=r.random() < 0.5)
            case "mean":
                return net.mean_pool(x)
            case "last":
                return net.last_step(x)
            case "conv":
                return net.conv1d(net.transpose(x), out_channels=3)
            case "place":
                return net.positional_encoding(x, method=r.choice(["learned", "sinusoidal"]))
            case "block":
                return net.dense(x, repeat=r.choice([1, 2]))
        return self._any("sequence", x, spec)

    # --- ends ------------------------------------------------------------------------------

    def project(self) -> Project:
        """The project, with outputs, losses, metrics and one or two optimisers."""
        r, net = self.random, self.net
        for out in r.sample(sorted(self.unused.values(), key=str), min(3, len(self.unused))):
            if out.node in {n.id for n in net.graph if n.kind in ("digits", "iris", "text")}:
                continue
            net.output(out, name=r.choice(["answer", "second", out.node]))
        label, spec = r.choice(self.values["label"])
        if not self.values["vector"]:
            flow = "image" if self.values["image"] else "sequence"
            self._grown(net.flatten(self.values[flow][-1][0]))
        body, _ = r.choice(self.values["vector"][-3:])
        logits = net.linear(body, out_features=spec.classes)
        net.output(logits, name="logits")
        losses = [net.cross_entropy(logits, label).node]
        net.accuracy(logits, label)
        a, shape = r.choice(self.values["vector"])
        b = self._like("vector", shape)[0]
        for kind, ends in r.sample([("mse", (a, b)), ("gaussian_kl", (a, b)), ("l1", (b, a))], 2):
            losses.append(net.place(kind, *ends, weight=r.choice([1.0, 0.5, 0.25])).node)
        judged = net.linear(a, out_features=1)
        losses.append(net.bce_with_logits(judged, constant=r.choice([0.0, 0.9, 1.0])).node)
        optimisers = (Optimiser("main"),)
        if r.random() < 0.5:
            cut = r.randint(1, len(losses) - 1)
            optimisers = (
                Optimiser("one", losses=tuple(losses[:cut])),
                Optimiser("two", losses=tuple(r.sample(losses[cut:], len(losses) - cut))),
            )
        return net.project(optimisers=optimisers)


@cache
def random_project(seed: int) -> Project:
    """A project without errors."""
    growing = Growing(seed)
    growing.grow(growing.random.randint(3, 18))
    project = growing.project()
    assert check(project).errors == ()
    return project
