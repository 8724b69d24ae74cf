"""Every colour, size and shape of the look, as plain values.

No Qt here, so that the contrast of the colours can be tested in milliseconds
and other packages may read a colour without opening a window.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["image", "sequence", "vector", "label", "loss", "any"]
"""What flows along a wire; the only meaning that colour has on the canvas."""

Shape = Literal["square", "capsule", "circle", "diamond", "triangle", "hexagon"]
"""How the port of a kind is drawn, so that a kind is never told by hue alone."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, each as ``#rrggbb``."""

    name: str
    dark: bool

    canvas: str
    window: str
    panel: str
    input: str
    raised: str
    node: str
    node_head: str
    hover: str
    line: str
    line_strong: str
    grid: str

    text: str
    text2: str
    text3: str
    disabled: str

    accent: str
    accent_fill: str
    on_accent: str
    sel_bg: str

    error: str
    error_bg: str
    warn: str
    warn_bg: str
    ok: str
    ok_bg: str
    info: str

    image: str
    sequence: str
    vector: str
    label: str
    loss: str
    any: str

    def kind(self, kind: Kind) -> str:
        """The colour of a kind of data."""
        return str(getattr(self, kind))

    def colour(self, name: str) -> str:
        """A token by its name (``"text2"``); a literal ``#rrggbb`` is returned as it is."""
        return name if name.startswith("#") else str(getattr(self, name))


DARK = Tokens(
    name="dark",
    dark=True,
    canvas="#15171a",
    window="#1b1d21",
    panel="#212429",
    input="#17191d",
    raised="#2a2e34",
    node="#25292f",
    node_head="#2d3239",
    hover="#343a42",
    line="#383e46",
    line_strong="#747d88",
    grid="#2a2e34",
    text="#e6e8eb",
    text2="#a9b0ba",
    text3="#929aa5",
    disabled="#5d656f",
    accent="#8f93f7",
    accent_fill="#5a5fd6",
    on_accent="#ffffff",
    sel_bg="#2d3057",
    error="#ff7b72",
    error_bg="#3d2224",
    warn="#f5d94e",
    warn_bg="#38311a",
    ok="#56c596",
    ok_bg="#1b332a",
    info="#7cb8f2",
    image="#4a9fe8",
    sequence="#f0b65e",
    vector="#7fe0ab",
    label="#d9e2ed",
    loss="#e66f95",
    any="#929aa5",
)
"""The dark theme."""

LIGHT = Tokens(
    name="light",
    dark=False,
    canvas="#f6f7f9",
    window="#eceef1",
    panel="#fbfbfc",
    input="#ffffff",
    raised="#ffffff",
    node="#ffffff",
    node_head="#f1f3f6",
    hover="#e6e9ee",
    line="#d3d8de",
    line_strong="#7c8591",
    grid="#dde1e6",
    text="#1a1d22",
    text2="#4d5560",
    text3="#616a76",
    disabled="#a1a9b3",
    accent="#4c50c8",
    accent_fill="#4c50c8",
    on_accent="#ffffff",
    sel_bg="#dfe0fb",
    error="#c02626",
    error_bg="#fdeaea",
    warn="#8a5a00",
    warn_bg="#fff3d1",
    ok="#17734a",
    ok_bg="#e0f4ea",
    info="#1f6fb2",
    image="#0b4f86",
    sequence="#a4591f",
    vector="#2f7d52",
    label="#6a6f79",
    loss="#861d50",
    any="#616a76",
)
"""The light theme."""


def high_contrast(tokens: Tokens) -> Tokens:
    """The same theme for people who asked the desktop for more contrast.

    Kinds of data and maps stay: a picture must not depend on the theme.
    """
    return replace(
        tokens,
        name=f"{tokens.name}, high contrast",
        line=tokens.line_strong,
        text2=tokens.text,
        text3=tokens.text,
    )


KIND_SHAPE: dict[Kind, Shape] = {
    "image": "square",
    "sequence": "capsule",
    "vector": "circle",
    "label": "diamond",
    "loss": "triangle",
    "any": "hexagon",
}
"""The shape of the port of each kind."""

KIND_DASH: dict[Kind, tuple[float, float] | None] = {
    "image": None,
    "sequence": None,
    "vector": None,
    "label": (5.0, 4.0),
    "loss": (1.5, 4.0),
    "any": None,
}
"""On and off of a wire in logical pixels (``QPen`` counts in pen widths: divide)."""

SIGNED_STOPS: tuple[str, ...] = (
    "#7fc5fd",
    "#3cb2f8",
    "#1994d4",
    "#1279af",
    "#12618b",
    "#1a4c6b",
    "#1d394c",
    "#1b2730",
    "#191818",
    "#2e231c",
    "#473121",
    "#614028",
    "#7e5131",
    "#9d663d",
    "#c07d4c",
    "#e29762",
    "#efb187",
)
"""Blue (against, negative) over black to orange (for, positive), equally spaced on -1 … 1."""
