"""Networks as people draw them, without the layers: only who feeds whom."""

from __future__ import annotations

from netbuilder.graph import Edge, Graph, Node


class Drawing:
    """Collects nodes and wires; each node is named after its kind and number."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []

    def add(self, kind: str, *sources: str, ports: tuple[str, ...] = ()) -> str:
        """A node fed by `sources`, each ``node`` or ``node.port``."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes[name] = Node(name, kind)
        for i, source in enumerate(sources):
            start, _, port = source.partition(".")
            self.edges.append(Edge(start, port or "y", name, ports[i] if ports else "x"))
        return name

    def chain(self, source: str, *kinds: str) -> str:
        """Nodes one after the other; returns the last."""
        for kind in kinds:
            source = self.add(kind, source)
        return source

    def head(self, data: str, last: str) -> None:
        """Loss, metric and output."""
        self.add("cross_entropy", last, f"{data}.label", ports=("logits", "label"))
        self.add("accuracy", last, f"{data}.label", ports=("logits", "label"))
        self.add("output", last)

    def graph(self) -> Graph:
        return Graph(self.nodes, tuple(self.edges))


def resnet() -> Graph:
    """Eight residual blocks, every other one with a projection on the skip."""
    net = Drawing()
    data = net.add("digits")
    x = net.chain(f"{data}.image", "conv", "norm", "relu")
    for block in range(8):
        inner = net.chain(x, "conv", "norm", "relu", "conv", "norm")
        skip = net.chain(x, "conv", "norm") if block % 2 else x
        x = net.chain(net.add("add", inner, skip), "relu")
    net.head(data, net.chain(x, "pool", "flatten", "linear"))
    return net.graph()


def unet() -> Graph:
    """Four levels with a skip across each."""
    net = Drawing()
    data = net.add("pictures")
    x, skips = f"{data}.image", []
    for _ in range(4):
        x = net.chain(x, "conv", "relu")
        skips.append(x)
        x = net.chain(x, "pool")
    x = net.chain(x, "conv", "relu")
    for skip in reversed(skips):
        x = net.chain(net.add("concat", net.chain(x, "up"), skip), "conv", "relu")
    net.head(data, net.chain(x, "conv"))
    return net.graph()


def inception() -> Graph:
    """Three modules of four branches that are joined."""
    net = Drawing()
    data = net.add("digits")
    x = net.chain(f"{data}.image", "conv")
    for _ in range(3):
        branches = [net.chain(x, *["conv"] * depth) for depth in (1, 2, 3)]
        x = net.add("concat", *branches, net.chain(x, "pool", "conv"))
    net.head(data, net.chain(x, "pool", "linear"))
    return net.graph()
