"""The formulas of the help as outlines, laid out beforehand by matplotlib's mathtext.

Laying a formula out takes mathtext some 50 ms, and starting it a second. So it is done here
once: ``formulas.json`` holds outlines of glyphs and where each stands, and the window only
fills them, in its own colour and at any size. A formula that is not in it (a layer of
one's own) is shown as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from netbuilder.layers import REGISTRY
from netbuilder.layers.formula import lines

#: Height of the letters in which the numbers of the file are told, in its units.
SIZE = 100
FILE = Path(__file__).with_name("formulas.json")
_FAMILY, _MATHS = "STIXGeneral", "stix"
_CURVES = {1: ("M", 1), 2: ("L", 1), 3: ("Q", 2), 4: ("C", 3), 79: ("Z", 0)}


def wanted() -> list[str]:
    """Every line of every formula of the registry, in alphabetical order."""
    return sorted({line for kind in REGISTRY.values() for line in lines(kind.tex)})


def formulas_file(old: str = "") -> str:
    """The text of the file; what `old` holds is kept, what is new is laid out."""
    known = json.loads(old) if old else {"lines": {}, "glyphs": {}}
    found = {line: known["lines"][line] for line in wanted() if line in known["lines"]}
    glyphs: dict[str, str] = known["glyphs"]
    missing = [line for line in wanted() if line not in found]
    if missing:
        drawn, outlines = laid_out(missing)
        if any(glyphs.get(name, outline) != outline for name, outline in outlines.items()):
            return formulas_file()  # another release of the fonts: everything anew
        found, glyphs = found | drawn, glyphs | outlines
    used = {glyph[0] for line in found.values() for glyph in line["glyphs"]}
    return _text(
        {"lines": dict(sorted(found.items())), "glyphs": {k: glyphs[k] for k in sorted(used)}}
    )


def laid_out(texts: Iterable[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Lines of formulas by mathtext, and the outlines of their glyphs.

    A line: width, height above and depth below its base line, glyphs (name, x, y, share of
    `SIZE`) and bars (x, y, width, height), with y upwards. Raises ValueError with what
    mathtext does not understand.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    font = FontProperties(family=_FAMILY, size=SIZE, math_fontfamily=_MATHS)
    mathtext = TextToPath()
    found: dict[str, Any] = {}
    outlines: dict[str, str] = {}
    for text in texts:
        parsed = mathtext.mathtext_parser.parse(f"${text}$", mathtext.DPI, font)
        placed, new, bars = mathtext.get_glyphs_mathtext(font, f"${text}$")
        outlines |= {str(name): _outline(*path) for name, path in new.items()}
        above = parsed.height - parsed.depth
        found[text] = {
            "size": [round(n, 1) for n in (parsed.width, above, parsed.depth)],
            "glyphs": [
                [str(name), round(x, 1), round(float(y), 1), round(share, 3)]
                for name, x, y, share in placed
            ],
            "bars": [_bar(corners[:4]) for corners, _ in bars],
        }
    return found, outlines


def _outline(points: Any, codes: Any) -> str:
    """An outline as in SVG."""
    parts, at = [], 0
    while at < len(codes):
        letter, count = _CURVES[int(codes[at])]
        numbers = [
            f"{n:.1f}".removesuffix(".0") for point in points[at : at + count] for n in point
        ]
        parts.append(" ".join([letter, *numbers]))
        at += max(count, 1)
    return " ".join(parts)


def _bar(corners: Any) -> list[float]:
    xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    return [round(n, 1) for n in (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))]


def _text(found: Mapping[str, Mapping[str, Any]]) -> str:
    """JSON with one formula, or one glyph, a line: a change shows as what it is."""
    parts = []
    for name, entries in found.items():
        rows = [
            f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in entries.items()
        ]
        parts.append(f'"{name}": {{\n' + ",\n".join(rows) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
