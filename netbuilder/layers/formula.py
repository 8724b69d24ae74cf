"""A formula told without a picture: LaTeX as plain text, and as text with indices in place.

A declaration says its formula once, as `tex`, in what matplotlib's mathtext understands, a
line of it for each line of the formula. The window draws it. Where no picture fits (tooltips,
``netbuilder layers``, a screen reader), it is told as text, derived here.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape

_SIGNS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "epsilon": "ε",
    "eta": "η", "theta": "θ", "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "φ", "varphi": "φ", "psi": "ψ", "omega": "ω", "ell": "ℓ", "Phi": "Φ",
    "Gamma": "Γ", "Delta": "Δ", "Omega": "Ω", "sum": "Σ", "prod": "Π", "partial": "∂",
    "nabla": "∇", "cdot": "·", "cdots": "⋯", "ldots": "…", "times": "×", "odot": "⊙", "star": "⋆",
    "pm": "±", "leq": "≤", "geq": "≥", "neq": "≠", "approx": "≈", "sim": "~", "in": "∈",
    "to": "→", "leftarrow": "←", "rightarrow": "→", "infty": "∞", "lfloor": "⌊", "rfloor": "⌋",
    "lceil": "⌈", "rceil": "⌉", "top": "T", "mid": "|", "vert": "|", "Vert": "‖", "|": "‖",
    "{": "{", "}": "}", "cup": "∪", "cap": "∩", "ast": "∗", "circ": "∘",
    # Spaces
    ",": " ", ";": " ", ":": " ", " ": " ", "quad": " ", "qquad": " ", "!": "",
    "left": "", "right": "",
}  # fmt: skip
#: Names of functions, which stay as they are.
_NAMES = (
    "max",
    "min",
    "log",
    "ln",
    "exp",
    "sin",
    "cos",
    "cosh",
    "tanh",
    "lim",
    "arg",
    "sup",
    "det",
)
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_FONTS = ("mathrm", "mathbf", "mathit", "mathcal", "text", "operatorname")
#: Becomes a space behind a letter or a bracket, and nothing behind a sign.
_AIR = "\x00"
#: What needs no brackets over or under a line, tightly and with air.
_NAME = re.compile(r"(?:\d+|\w)[²³]?(?:_\w+|<su[bp]>\w+</su[bp]>)*[²³]?")
_ONE = re.compile(
    r"√?(?:\d+|\w?[²³]?)(?:\([^()]*\)|[_^]\w+|[_^]\([^()]*\)|<su[bp]>[^<>]*</su[bp]>)*"
)
_TOKENS = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|\s+|.", re.DOTALL)


class FormulaError(ValueError):
    """A formula that cannot be told as text: which command of LaTeX is not known here."""


@cache
def plain(tex: str) -> str:
    """A formula as text of one line: ``h_t = (1 − z_t) · n_t + z_t · h_(t−1)``."""
    return "; ".join(_Reading(line, rich=False).text() for line in lines(tex))


@cache
def rich(tex: str) -> str:
    """A formula as rich text, indices and exponents in their place, a line for each line."""
    return "<br>".join(_Reading(line, rich=True).text() for line in lines(tex))


def lines(tex: str) -> list[str]:
    """The lines of a formula, each of which mathtext draws by itself."""
    return [line.strip() for line in tex.splitlines() if line.strip()]


class _Reading:
    """One line, read from left to right."""

    def __init__(self, line: str, rich: bool) -> None:
        self._tokens = _TOKENS.findall(line)
        self._rich = rich

    def text(self) -> str:
        return _aired(self._until(""))

    def _until(self, end: str) -> str:
        found: list[str] = []
        while self._tokens and self._tokens[0] != end:
            found.append(self._next())
        if self._tokens:
            self._tokens.pop(0)
        elif end:
            raise FormulaError(f"A formula ends before its {end}.")
        return "".join(found)

    def _next(self) -> str:
        token = self._tokens.pop(0)
        if token == "{":
            return self._until("}")
        if token in "^_":
            return self._script(token, _aired(self._argument()))
        if token.startswith("\\"):
            return self._command(token[1:])
        if token.isspace():
            return " "
        return "−" if token == "-" else escape(token, quote=False) if self._rich else token

    def _argument(self) -> str:
        while self._tokens and self._tokens[0].isspace():
            self._tokens.pop(0)
        return self._next()

    def _command(self, name: str) -> str:
        if name in ("frac", "dfrac"):
            above, below = self._argument(), self._argument()
            if _NAME.fullmatch(above) and _NAME.fullmatch(below):
                return f"{above}/{below}"
            return f"{_closed(above)} / {_closed(below)}"
        if name == "sqrt":
            inside = self._argument()
            return f"√{inside}" if len(inside) == 1 else f"√({inside})"
        if name in _ACCENTS:
            return self._argument() + _ACCENTS[name]
        if name in _FONTS:
            return self._argument()
        if name in _NAMES:
            follows = next((t for t in self._tokens if not t.isspace()), "(")
            return _AIR + name + ("" if follows in ("(", "_", "^", "}", r"\left") else " ")
        if name not in _SIGNS:
            raise FormulaError(f"A formula names \\{name}, which cannot be told as text.")
        return _SIGNS[name]

    def _script(self, sign: str, inside: str) -> str:
        inside = inside.strip()
        if inside == "T" and sign == "^":
            return "ᵀ"
        if self._rich:
            tag = "sub" if sign == "_" else "sup"
            return f"<{tag}>{inside}</{tag}>"
        if sign == "^" and inside in ("2", "3"):
            return "²" if inside == "2" else "³"
        return sign + (inside if len(inside) == 1 or inside.isalnum() else f"({inside})")


def _closed(part: str) -> str:
    """A numerator or denominator in brackets, if it is more than one thing."""
    part = _aired(part)
    return part if _ONE.fullmatch(part) else f"({part})"


def _aired(text: str) -> str:
    """One space at most, and none inside brackets."""
    text = re.sub(rf"(?<=[\w)>\]ᵀ²³']){_AIR}", " ", text).replace(_AIR, "")
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"([(\[⌊⌈√]) ", r"\1", text)
    return re.sub(r" ([)\],.;⌋⌉])", r"\1", text).strip()
