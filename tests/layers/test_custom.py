"""A person's own code: read without being run, tried out in limited time, told by its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netbuilder import trusted
from netbuilder.compiler import own_trial, patience
from netbuilder.compiler.rule import inferred
from netbuilder.layers import B, Dim, ParamError, ShapeError, TensorSpec
from netbuilder.layers.custom import EXAMPLE, Custom

ROWS = TensorSpec((B, 4))
TEXT = TensorSpec((B, Dim("T", 64), 32))


def a_class(forward: str, head: str = "forward(self, x)", init: str = "", top: str = "") -> str:
    lines = ["class Own(nn.Module):", f"    def {head}:", f"        {forward}"]
    if init:
        lines[1:1] = [f"    def {init}:", "        super().__init__()"]
    return "\n".join([*top.splitlines(), *lines])


def refusal(code: str, *arriving: TensorSpec, arguments: str = "") -> str:
    """What is said about trusted code that cannot be used."""
    trusted.trust(code)
    try:
        layer = Custom.from_params({"code": code, "arguments": arguments})
        ports = (port.name for port in layer.input_ports())
        inferred(layer, {port: (spec,) for port, spec in zip(ports, arriving, strict=True)})
    except (ShapeError, ParamError) as error:
        return str(error)
    return ""


# --- read ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "inputs", "outputs"),
    [
        ("torch.sin(x) * x", "x", "y"),
        ("wave * 2", "x", "y"),
        ("a @ b + torch.arange(len(c))", "a b c", "y"),
        ("torch.stack([t for t in x.unbind(1)])", "x", "y"),
        ("x.mean(1), x.std(1)", "x", "y1 y2"),
        (EXAMPLE, "x", "y"),
        (a_class("return a, weights", "forward(self, a, weights)"), "a weights", "a weights"),
        (a_class("return q", "forward(self, q, k, mask=None)"), "q k mask?", "y"),
        (a_class("return sum(xs)", "forward(self, *xs)"), "x*", "y"),
        (a_class("return f(x)", "forward(self, x, f) -> tuple[int, int]"), "x f", "y1 y2"),
    ],
)
def test_ports_are_read_from_the_code(code: str, inputs: str, outputs: str) -> None:
    layer = Custom.from_params({"code": code})
    marked = [f"{p.name}{'?' * p.optional}{'*' * p.many}" for p in layer.input_ports()]
    assert " ".join(marked) == inputs
    assert " ".join(layer.output_ports()) == outputs


def test_arguments_give_names_a_value() -> None:
    layer = Custom.from_params({"code": "x * scale", "arguments": "scale=-2.0"})
    assert [port.name for port in layer.input_ports()] == ["x"]
    with pytest.raises(ParamError, match="no argument scales; it has x, scale"):
        Custom.from_params({"code": "x * scale", "arguments": "scales=1"})
    with pytest.raises(ParamError, match="at least one name"):
        Custom.from_params({"code": "x * scale", "arguments": "scale=1, x=2"})


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "Write one class"),
        ("torch.sin(x", "Line 1: .*never closed"),
        ("x / 0", "Line 1: this divides by zero"),
        ("relu(x)", "relu is not known here; perhaps F.relu"),
        ("np.sin(x)", "np is not known"),
        ("torch.zeros(3)", "at least one input"),
        ("(y := x)", "names nothing"),
        ("y = x", "Line 1: this stands outside the class"),
        ("class A(nn.Module):\n    pass", "Line 1: A has no method forward"),
        ("class A:\n    def forward(self, x):\n        return x", "write class A"),
        (a_class("return np.sin(x)"), "Line 3: np is not known; import it"),
        (a_class("return 1", "forward(self)"), "at least one input"),
        (a_class("return x,"), "without a comma"),
        (a_class("return x") + "\n" + a_class("return x"), "Line 4: a node is one class"),
        (a_class("return x", top="from . import a"), "by its full name"),
        (a_class("return x", top="from torch import *"), "by its full name"),
        (a_class("return x", top="from netbuilder.nn import Maxout"), "stands alone"),
        (a_class("import netbuilder; return x"), "Line 3: .*stands alone"),
        (a_class("return x", top="import numpy as torch"), "torch means torch"),
        (a_class("return x  # \u202e x"), "hidden character"),
        ("x\0", "Line 1: a null byte"),
        ("(" * 300 + "x" + ")" * 300, "too many nested"),
        ("x+" * 60_000 + "x", "at most"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(code: str, says: str) -> None:
    with pytest.raises(ParamError, match=says) as error:
        Custom.from_params({"code": code})
    assert error.value.param == "code"
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


# --- tried -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "arriving", "leaving"),
    [
        ("torch.cat([x, x], -1)", TEXT, "B × T × 64"),
        ("x.mean(1)", TEXT, "B × 32"),
        ("x.float() * x.sum().item()", ROWS, "B × 4"),  # reads a number, so not on meta
    ],
)
def test_the_shape_is_what_torch_gives(code: str, arriving: TensorSpec, leaving: str) -> None:
    trusted.trust(code)
    (spec,) = inferred(Custom(code=code), {"x": (arriving,)}).outputs.values()
    assert spec.text() == leaving


def test_weights_and_multiplications_are_counted() -> None:
    init = "__init__(self, n, bias=True)"
    code = a_class("return self.lin(x)", init=init).replace(
        "super().__init__()", "super().__init__(); self.lin = nn.Linear(n, 7, bias=bias)"
    )
    trusted.trust(code)
    layer = Custom.from_params({"code": code, "arguments": "n=4, bias=False"})
    info = inferred(layer, {"x": (ROWS,)})
    assert (info.parameters, info.multiply_adds) == (28, 28)
    assert "Own needs n" in refusal(code, ROWS)
    assert "no argument m; it has n, bias" in refusal(code, ROWS, arguments="n=4, m=1")
    assert refusal(code, ROWS, arguments="n=5").startswith("Line 5: RuntimeError: ")


def test_free_inputs_are_left_out_and_many_wires_arrive_together() -> None:
    masked = a_class("return x if mask is None else x * mask", "forward(self, x, mask=None)")
    several = a_class("return torch.cat(xs, 1)", "forward(self, *xs)")
    for code in (masked, several):
        trusted.trust(code)
    layer = Custom(code=masked)
    for mask in ((), (ROWS,)):
        assert inferred(layer, {"x": (ROWS,), "mask": mask}).outputs["y"] == ROWS
    info = inferred(Custom(code=several), {"x": (ROWS, ROWS, ROWS)})
    assert info.outputs["y"].text() == "B × 12"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("torch.sinn(x)", "Line 1: AttributeError: .*sinn"),
        ("x * (1 // (3 - 3))", "Line 1: this divides by zero"),
        ("x.double()", "float64, which no wire carries"),
        ("x.shape", "returns a value of type Size|returns 2 values"),
        (a_class("return None"), "returns nothing where a tensor is needed"),
        (a_class("return [x, x]"), "returns 2 values, but its ports need a tensor"),
        (a_class("return x.view(3, 3)"), "Line 3: RuntimeError: .*invalid"),
        (a_class("raise SystemExit"), "Line 3: the code ends the program"),
        (a_class("return x", top="import no_such_thing"), "package no_such_thing is not inst"),
        (a_class("break"), "Line 3: .*outside loop"),
        (a_class("return x").replace("nn.Module", "math.Modul"), "Line 1: AttributeError"),
        (a_class("return x").replace("nn.Module", "object"), "no nn.Module"),
    ],
)
def test_what_goes_wrong_is_one_sentence(code: str, says: str) -> None:
    told = refusal(code, ROWS)
    assert re.search(says, told), told
    assert told.endswith(".")
    assert "\n" not in told


@pytest.mark.parametrize(
    "inside",
    [
        "while True: pass",
        "while True:\n            try: self.x = 1\n            except Exception: 0",
    ],
)
def test_a_loop_without_end_ends(inside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_trial, "LIMIT_S", 0.2)
    monkeypatch.setattr(patience, "_WAITED", 2)
    code = a_class("return x", init="__init__(self)").replace(
        "super().__init__()", f"super().__init__()\n        {inside}"
    )
    assert "look for a loop that does not end" in refusal(code, ROWS)


# --- trust -----------------------------------------------------------------------------


def test_nothing_runs_before_it_is_trusted_and_one_byte_asks_again(tmp_path: Path) -> None:
    sign = tmp_path / "it_ran"
    code = a_class("return x") + f"\n    open({str(sign)!r}, 'w').close()\n"
    layer = Custom.from_params({"code": code})
    assert layer.summary() == "Own"
    with pytest.raises(trusted.Untrusted):
        inferred(layer, {"x": (ROWS,)})
    with pytest.raises(trusted.Untrusted):
        own_trial.defined(layer)
    assert not sign.exists()
    trusted.trust(code)
    assert inferred(layer, {"x": (ROWS,)}).outputs["y"] == ROWS
    assert sign.exists()
    with pytest.raises(trusted.Untrusted):
        inferred(Custom(code=code + " "), {"x": (ROWS,)})


def test_what_comes_along_is_ours_and_trust_is_kept_by_its_digest() -> None:
    assert not Custom().foreign
    assert not trusted.everything()
    trusted.trust("x + 1")
    trusted.trust("x + 1")
    (one,) = trusted.everything()
    assert one.code == "x + 1"
    assert one.digest == trusted.digest("x + 1")
    trusted.place().joinpath(f"{one.digest}.txt").unlink()
    assert not trusted.trusts("x + 1")
