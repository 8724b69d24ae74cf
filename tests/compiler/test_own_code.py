"""A person's code in the generated module: readable, under names that clash with nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

import netbuilder as nb
from netbuilder import trusted
from netbuilder.building import Network
from netbuilder.compiler import CompileError, check, generate
from netbuilder.compiler.build import build
from netbuilder.compiler.expression import inlined
from netbuilder.compiler.own_code import renamed
from netbuilder.export import export
from netbuilder.graph import Project
from netbuilder.layers.blocks import group
from netbuilder.training.events import Failed

GATE = '''import numpy as np


class Gate(nn.Module):
    """What passes is learned."""

    def __init__(self, width):
        super(Gate, self).__init__()
        self.gate = nn.Linear(width, width)

    def forward(self, x):
        return x * torch.sigmoid(self.gate(x)) * float(np.cos(0.0))
'''


def project(*codes: tuple[str, str], name: str = "own", trust: bool = True) -> Project:
    """Iris by Custom nodes in a row."""
    net = Network(name)
    data = net.iris()
    x = data.features
    for code, arguments in codes:
        x = net.custom(x, code=code, arguments=arguments)
        if trust:
            trusted.trust(code)
    logits = net.linear(x, out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    return net.project()


def test_a_class_is_copied_and_an_expression_stands_in_its_line() -> None:
    made = project((GATE, "width=4"), ("torch.sin(v) * v * scale", "scale=-2.0"))
    assert not check(made).problems
    text = generate(made).text
    assert "import numpy as np\n" in text
    assert "self.custom_1 = Gate(width=4)" in text
    assert "x = torch.sin(x) * x * -2.0" in text
    assert "netbuilder" not in text.split('"""')[2]
    assert text.count('class Gate(nn.Module):\n    """What passes is learned."""') == 1
    model, x = build(made), torch.randn(5, 4)
    passed = x * torch.sigmoid(model.custom_1.gate(x))
    assert torch.equal(model(x), model.linear_1(torch.sin(passed) * passed * -2.0))


def test_names_that_clash_give_way() -> None:
    other = GATE.replace("np.cos(0.0)", "np.inf").replace("import numpy", "import math")
    theirs = GATE.replace("Gate", "LayerNorm2d")
    made = project((GATE, "width=4"), (other, "width=4"), (theirs, "width=4"), name="gate")
    text = generate(made).text
    assert "self.custom_2 = Gate2(width=4)" in text
    assert "super(Gate2, self)" in text
    assert "import math as np2" in text
    assert "float(np2.inf)" in text
    source = generate(made)
    assert source.class_name == "Gate3"
    assert build(made)(torch.randn(2, 4)).shape == (2, 3)


def test_equal_code_is_written_once_and_two_nodes_have_their_own_weights() -> None:
    made = project((GATE, "width=4"), (GATE, "width=4"))
    assert generate(made).text.count("class Gate") == 1
    model = build(made)
    assert not torch.equal(model.custom_1.gate.weight, model.custom_2.gate.weight)


def test_names_inside_an_expression_give_way_to_those_around_it() -> None:
    assert inlined("[t * x for t in x]", {"x": "t"}) == "[t2 * t for t2 in t]"
    assert inlined("(lambda a: a + x)(x)", {"x": "a"}) == "(lambda a2: a2 + a)(a)"
    assert inlined("-x ** s", {"x": "y", "s": "-1"}) == "-y ** (-1)"


def test_a_class_under_another_name_is_the_same_otherwise() -> None:
    text = (
        "class A(nn.Module):\n    def forward(self, x, np=None):\n        return [A, np.A, 'é', A]"
    )
    assert renamed(text, {"A": "B", "np": "q"}) == (
        "class B(nn.Module):\n    def forward(self, x, np=None):\n        return [B, np.A, 'é', B]"
    )


def test_several_outputs_leave_by_ports_of_their_own() -> None:
    net = Network("two")
    data = net.iris()
    code = "x.mean(1, keepdim=True), x * 2"
    trusted.trust(code)
    both = net.custom(data.features, code=code)
    logits = net.linear(net.multiply(both.y1, both.y2), out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    assert not check(net.project()).problems
    model, x = build(net.project()), torch.randn(5, 4)
    assert torch.equal(model(x), model.linear_1(x.mean(1, keepdim=True) * (x * 2)))


def test_in_a_block_it_is_trusted_and_built_like_everywhere() -> None:
    made, _ = group(project((GATE, "width=4")), (), ["custom_1"], "Stage")
    assert not check(made).problems
    (block, node, code) = next(iter(trusted.foreign(made)))
    assert (block, node, code) == ("Stage", "custom_1", GATE)
    assert build(made)(torch.randn(2, 4)).shape == (2, 3)
    assert isinstance(build(made).get_submodule("stage_1.custom_1.gate"), nn.Linear)


def test_untrusted_code_is_refused_wherever_it_would_run(tmp_path: Path) -> None:
    sign = tmp_path / "it_ran"
    code = GATE + f"\n    open({str(sign)!r}, 'w').close()\n"
    made = project((code, "width=4"), trust=False)
    assert [p.message for p in check(made).errors] == [trusted.SENTENCE]
    for wrong in (nb.code, nb.compile):
        with pytest.raises(CompileError, match="custom_1: The code of this node has not been tr"):
            wrong(made)
    (event,) = nb.train(made, folder=tmp_path / "run")
    assert isinstance(event, Failed)
    assert event.message.endswith(trusted.SENTENCE)
    assert not sign.exists()
    assert nb.trust(made) == (code,)
    source = generate(made)
    assert source.foreign == (code,)
    assert not check(made).problems
    assert sign.exists()
    sign.unlink()
    trusted.place().joinpath(f"{trusted.digest(code)}.txt").unlink()
    with pytest.raises(trusted.Untrusted):
        build(source)  # the place that executes asks again
    assert not sign.exists()


@pytest.mark.slow
def test_it_begins_as_it_is_told_trains_and_is_exported(tmp_path: Path) -> None:
    made = project((GATE, "width=4"), ("x / (1 + x.abs())", ""))
    node = made.graph["custom_1"].with_params(weight_init="zeros")
    made = made.with_graph(made.graph.put(node))
    model = nb.compile(made)
    assert not model.get_parameter("custom_1.gate.weight").any()
    report = export("onnx", made, model.eval(), tmp_path / "own.onnx")
    assert max(report.differences.values()) < 1e-5
    script = tmp_path / "own.py"
    export("code", made, None, script)
    imported = {
        (part.module or "").partition(".")[0]
        for part in ast.walk(ast.parse(script.read_text()))
        if isinstance(part, ast.ImportFrom)
    }
    assert "netbuilder" not in imported
    code = f"import runpy; runpy.run_path({str(script)!r}, run_name='read')['Own']()"
    subprocess.run([sys.executable, "-I", "-c", code], check=True, timeout=60)


def test_it_is_saved_and_opened_as_it_was(tmp_path: Path) -> None:
    made = project((GATE, "width=4"))
    nb.save(made, tmp_path / "own.netbuilder")
    again = nb.load(tmp_path / "own.netbuilder")
    assert again.graph["custom_1"].params == {"code": GATE, "arguments": "width=4"}
    assert not check(again).problems
