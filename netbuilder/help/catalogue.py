"""The catalogue: every kind of node as its declaration tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netbuilder.layers import FAMILIES, REGISTRY, Layer, Param, Port, formula

#: More choices than these are not listed.
_MANY = 12
_HEAD = """# Catalogue

Every kind of node there is, by family, as it is declared: what it computes, what it takes and
gives, what can be set, and where it comes from. This page is written by
`python -m netbuilder.help` from the registry of layers, never by hand; `netbuilder layers --json`
prints the same for programs. In the window, the **?** beside the title of a node opens its part.
"""


def catalogue_page() -> str:
    """The page of the guide: a list of links, then every kind."""
    lines = [_HEAD]
    for family, kinds in _by_family():
        lines.append(f"- **{family}**: {', '.join(f'[{c.title}](#{c.kind})' for c in kinds)}")
    for family, kinds in _by_family():
        lines += ["", f"## {family}"]
        for kind in kinds:
            lines += ["", f'<a id="{kind.kind}"></a>', "", f"### {kind.title}", *told(kind)]
    return "\n".join([*lines, "", "[Back to the start](index.md)", ""])


def told(kind: type[Layer]) -> list[str]:
    """One kind as lines of Markdown that follow its heading."""
    layer = kind()
    picture = f"![{kind.title} on the canvas](../../assets/layers/{kind.kind}_dark.png)"
    lines = ["", f"`{kind.kind}`", "", picture]
    if kind.tex:
        lines += ["", *_formula(kind.tex)]
    lines += ["", _plain(kind.help()), "", f"**When to use it.** {_plain(kind.use)}", ""]
    lines += [_port(port) for port in layer.input_ports()]
    if layer.output_ports():
        lines.append(f"- Gives {', '.join(f'`{name}`' for name in layer.output_ports())}.")
    if kind.params():
        lines += ["", "Parameters:", ""]
    lines += [_param(p) for p in kind.params()]
    if kind.mistakes:
        lines += ["", "Common mistakes:", "", *(f"- {_plain(m)}" for m in kind.mistakes)]
    if kind.cites:
        lines += ["", f"See {_plain(kind.cites)}."]
    return lines


def _formula(tex: str) -> list[str]:
    """A formula as a block that GitHub draws, and the window too."""
    inside = formula.lines(tex)
    if len(inside) > 1:
        rows = [f"& {line} \\\\" for line in inside]
        inside = [r"\begin{aligned}", *rows, r"\end{aligned}"]
    return ["```math", *inside, "```"]


def _by_family() -> Iterator[tuple[str, list[type[Layer]]]]:
    for family in FAMILIES:
        kinds = [c for c in REGISTRY.values() if c.family == family]
        if kinds:
            yield family, sorted(kinds, key=lambda c: c.title)


def _port(port: Port) -> str:
    words = ["several wires"] if port.many else []
    if port.optional:
        words.append(f"if free, as `{port.default}`" if port.default else "may stay free")
    inside = f" ({', '.join(words)})" if words else ""
    return f"- Takes `{port.name}`{inside}{f': {_plain(port.help)}' if port.help else '.'}"


def _param(p: Param) -> str:
    limits = [f"default {_value(p.default)}", *([_span(p)] if _span(p) else [])]
    if p.choices:
        shown = (
            p.choices if len(p.choices) <= 12 else (*p.choices[:3], f"… {len(p.choices)} in all")
        )
        limits.append(f"one of {', '.join(shown)}")
    return f"- **{_plain(p.label)}** `{p.name}` ({_plain('; '.join(limits))}): {_plain(p.help)}"


def _span(p: Param) -> str:
    """The range where it says more than that numbers end somewhere."""
    most = None if p.max in (None, 1_000_000) else p.max
    least = None if p.min == -1_000_000 else p.min
    if least is not None and most is not None:
        return f"{_value(least)} to {_value(most)}"
    if least is not None:
        return f"at least {_value(least)}"
    return "" if most is None else f"at most {_value(most)}"


def _value(value: Any) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return " × ".join(str(n) for n in value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _plain(text: str) -> str:
    """Text without stars that Markdown would take for emphasis."""
    return text.replace("*", "\\*")
