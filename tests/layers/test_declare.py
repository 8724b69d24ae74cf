"""A declaration is found once for each node, and goes with it."""

from __future__ import annotations

import gc
import weakref

from netbuilder.graph import Node
from netbuilder.layers import declare


def test_a_declaration_lives_as_long_as_its_node() -> None:
    node = Node("wide", "linear", {"out_features": 7})
    layer = declare(node)
    assert declare(node) is layer
    known = weakref.ref(layer)
    del node, layer
    gc.collect()
    assert known() is None, "every question to the engine would leave its nodes behind"
