"""The help of every kind: a formula that can be drawn and told, when to use it, what goes wrong."""

from __future__ import annotations

import json
import warnings

import pytest

from netbuilder.help import formulas
from netbuilder.layers import REGISTRY
from netbuilder.layers.formula import FormulaError, lines, plain, rich

ALL = sorted(REGISTRY)
#: What computes: its formula is the first thing the help tells.
COMPUTING = ("layer", "loss", "metric")
#: What nobody had to invent.
UNCITED = {"transpose"}
DRAWN = json.loads(formulas.FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ALL)
def test_it_tells_when_to_use_it_and_what_goes_wrong(kind: str) -> None:
    layer = REGISTRY[kind]
    assert not hasattr(layer, "formula"), f"say the formula of {kind} as `tex`, in LaTeX"
    assert layer.use, f"{kind} needs `use`: one or two sentences that say when to use it"
    assert len(layer.use) <= 200, f"`use` of {kind} is more than two lines"
    assert layer.use.endswith("."), f"`use` of {kind} ends without a full stop"
    assert isinstance(layer.mistakes, tuple)
    if layer.role in ("layer", "loss"):
        assert layer.mistakes, f"{kind} needs `mistakes`: what often goes wrong with it"
        assert layer.cites or kind in UNCITED, f"{kind} needs `cites`: course and week, or paper"
    for mistake in layer.mistakes:
        assert mistake.endswith("."), mistake
        assert len(mistake) <= 120, mistake


@pytest.mark.parametrize("kind", [k for k in ALL if REGISTRY[k].role in COMPUTING])
def test_its_formula_is_told_as_text_too(kind: str) -> None:
    tex = REGISTRY[kind].tex
    assert tex, f"{kind} needs `tex`: its formula in LaTeX, as mathtext understands it"
    assert plain(tex)
    assert "\\" not in plain(tex)
    assert "{" not in plain(tex)
    assert rich(tex).count("<sub>") == rich(tex).count("</sub>")


@pytest.mark.parametrize("kind", ALL)
def test_its_formula_is_drawn_as_wide_as_the_inspector(kind: str) -> None:
    for line in lines(REGISTRY[kind].tex):
        assert line in DRAWN["lines"], "python -m netbuilder.help draws it"
        width = DRAWN["lines"][line]["size"][0] / formulas.SIZE
        assert width <= 19, f"this line of {kind} is {width:.0f} letters wide; break it: {line}"


def test_the_file_of_formulas_holds_what_is_wanted_and_no_more() -> None:
    assert list(DRAWN["lines"]) == formulas.wanted()
    assert {g[0] for line in DRAWN["lines"].values() for g in line["glyphs"]} == {*DRAWN["glyphs"]}


def test_mathtext_lays_formulas_out_as_they_are_kept() -> None:
    few = [r"y = \dfrac{1}{1 + e^{-x}}", r"f_t = \sigma(W_f x_t + U_f h_{t-1} + b_f)"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found, outlines = formulas.laid_out(few)
    for line in few:
        assert found[line]["size"] == pytest.approx(DRAWN["lines"][line]["size"], abs=2)
        assert [g[0] for g in found[line]["glyphs"]] == [
            g[0] for g in DRAWN["lines"][line]["glyphs"]
        ]
    assert outlines
    with pytest.raises(ValueError, match="nonsense"):
        formulas.laid_out([r"\nonsense"])


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"y = \frac{1}{1 + e^{-x}}", "y = 1 / (1 + e^(−x))"),
        (r"h_t = (1 - z_t) \cdot n_t", "h_t = (1 − z_t) · n_t"),
        (r"y = \frac{\beta}{2} x^2 - \log x", "y = β/2 x² − log x"),
        (r"\sqrt{\hat{x}_{t-1}}", "√(x\u0302_(t−1))"),
        ("a = b\n  c = d", "a = b; c = d"),
        (r"\max_{k \neq y} \; s_k \leq \lfloor T \rfloor", "max_(k ≠ y) s_k ≤ ⌊T⌋"),
        (r"W^{\top} \mathrm{softmax}\left( x \right)", "Wᵀ softmax(x)"),
        ("", ""),
    ],
)
def test_latex_is_read_as_text(tex: str, text: str) -> None:
    assert plain(tex) == text


def test_rich_text_puts_indices_in_their_place() -> None:
    assert rich("x_{t-1} < y^2") == "x<sub>t−1</sub> &lt; y<sup>2</sup>"


@pytest.mark.parametrize("tex", [r"\nonsense x", r"\frac{1}{2", "x_{"])
def test_what_cannot_be_told_is_said(tex: str) -> None:
    with pytest.raises(FormulaError):
        plain(tex)
