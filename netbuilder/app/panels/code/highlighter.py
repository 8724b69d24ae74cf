"""Colours for Python, from the tokens of the theme."""

from __future__ import annotations

import keyword
import re
from functools import cache

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from netbuilder.app.theme import changed, colour

_KEYWORDS = "|".join(keyword.kwlist)
_TOKENS = re.compile(
    r"""(?P<triple>[rbfRBF]{0,2}(?:\"\"\"|'''))
    |(?P<string>[rbfRBF]{0,2}(?:"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?))
    |(?P<comment>\#.*)
    |(?P<decorator>^\s*@[\w.]+)
    |(?P<number>\b(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?)\b)
    |(?P<defined>(?<=\bclass\s)\w+|(?<=\bdef\s)\w+)
    |(?P<keyword>\b(?:"""
    + _KEYWORDS
    + r""")\b)
    |(?P<own>\b(?:self|super|cls)\b)
    |(?P<called>\b\w+(?=\())""",
    re.VERBOSE,
)

_INK = {
    "triple": "ok",
    "string": "ok",
    "comment": "text3",
    "decorator": "warn",
    "number": "warn",
    "defined": "info",
    "keyword": "accent",
    "own": "text2",
    "called": "info",
}
_PLAIN, _IN_DOUBLE, _IN_SINGLE = 0, 1, 2
_ENDS = {_IN_DOUBLE: '"""', _IN_SINGLE: "'''"}


class PythonHighlighter(QSyntaxHighlighter):
    """Follows the theme; `set_faded` draws all in one quiet colour, for code that is old."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._faded = False
        changed.connect(self.rehighlight)

    def set_faded(self, faded: bool) -> None:
        """Whether what is shown is no longer the code of the project."""
        if faded != self._faded:
            self._faded = faded
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if self._faded:
            self.setCurrentBlockState(_PLAIN)
            self.setFormat(0, len(text), _format("disabled", False, colour("disabled").name()))
            return
        start, state = 0, max(self.previousBlockState(), _PLAIN)
        while True:
            if state in _ENDS:
                end = text.find(_ENDS[state], start)
                stop = len(text) if end < 0 else end + 3
                self._ink(start, stop, "triple")
                if end < 0:
                    break
                start, state = stop, _PLAIN
            found = next((m for m in _TOKENS.finditer(text, start) if self._piece(m)), None)
            if found is None:
                break
            start = found.end()
            state = _IN_DOUBLE if found.group().endswith('"') else _IN_SINGLE
            self._ink(found.start(), found.end(), "triple")
        self.setCurrentBlockState(state)

    def _piece(self, match: re.Match[str]) -> bool:
        """Colour one token; true for quotes that open a text of several lines."""
        kind = match.lastgroup or ""
        if kind == "triple":
            return True
        self._ink(match.start(), match.end(), kind)
        return False

    def _ink(self, start: int, stop: int, kind: str) -> None:
        token = _INK[kind]
        self.setFormat(start, stop - start, _format(token, kind == "defined", colour(token).name()))


@cache
def _format(token: str, strong: bool, ink: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(colour(ink))
    if strong:
        made.setFontWeight(QFont.Weight.Medium)
    return made
