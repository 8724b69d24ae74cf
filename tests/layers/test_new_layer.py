"""What README says of a new layer: one class in one file, of few lines, and everything follows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
MOST = 15
#: A process of its own, so that no other test ever sees the kind.
FOLLOWS = """
import own_layer
import torch
from netbuilder.building import Network
from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build
from netbuilder.graph.file import dumps, loads
from netbuilder.layers import REGISTRY

kind = own_layer.Asinh.kind
assert REGISTRY[kind] is own_layer.Asinh
net = Network("own")
data = net.iris()
y = net.place(kind, data.features)
net.output(y, name="y")
net.cross_entropy(net.linear(y, out_features=3), data.label)
project = net.project()
found = check(project)
assert found.errors == (), found.errors
assert int(found.nodes[y.node,].outputs[y.port].shape[1]) == 4
assert loads(dumps(project)).project == project
model = build(generate(project))
x = torch.randn(5, 4)
assert torch.equal(model(x), torch.asinh(x))
"""


def written() -> str:
    """The module that README shows."""
    _, _, after = README.read_text(encoding="utf-8").partition("A new layer is one class")
    return after.partition("```python\n")[2].partition("```")[0]


def test_it_takes_few_lines() -> None:
    lines = [line for line in written().splitlines() if line.strip()]
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    assert 5 < len(lines) - len(imports) <= MOST


@pytest.mark.slow
def test_check_code_and_forward_follow(tmp_path: Path) -> None:
    (tmp_path / "own_layer.py").write_text(written(), encoding="utf-8")
    (tmp_path / "follows.py").write_text(FOLLOWS, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-W", "error", "follows.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
