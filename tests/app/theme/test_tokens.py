"""The contrast table of the look, computed from the tokens (WCAG 2.2)."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from netbuilder.app.theme.tokens import (
    DARK,
    KIND_DASH,
    KIND_SHAPE,
    LIGHT,
    SIGNED_STOPS,
    Tokens,
    high_contrast,
)

THEMES = [DARK, LIGHT]
TEXT, PART = 4.5, 3.0

BACKGROUNDS = ["canvas", "window", "panel", "input", "raised", "node", "node_head"]
KINDS = ["image", "sequence", "vector", "label", "loss", "any"]

by_theme = pytest.mark.parametrize("tokens", THEMES, ids=lambda tokens: tokens.name)


def luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(tokens: Tokens, ink: str, ground: str) -> float:
    first, second = (luminance(tokens.colour(name)) for name in (ink, ground))
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


@by_theme
def test_every_colour_is_a_hex_triplet(tokens: Tokens) -> None:
    for field in fields(tokens):
        if field.name not in ("name", "dark"):
            assert re.fullmatch(r"#[0-9a-f]{6}", getattr(tokens, field.name)), field.name


@by_theme
@pytest.mark.parametrize("ink", ["text", "text2"])
def test_text_is_readable_on_every_background(tokens: Tokens, ink: str) -> None:
    for ground in [*BACKGROUNDS, "hover", "sel_bg"]:
        assert contrast(tokens, ink, ground) >= TEXT, ground


@by_theme
def test_captions_are_readable_where_they_may_stand(tokens: Tokens) -> None:
    for ground in BACKGROUNDS:
        assert contrast(tokens, "text3", ground) >= TEXT, ground


@by_theme
def test_links_are_readable(tokens: Tokens) -> None:
    for ground in ["raised", "panel", "canvas", "sel_bg", "warn_bg", "error_bg"]:
        assert contrast(tokens, "accent", ground) >= TEXT, ground


@by_theme
def test_the_primary_button_is_readable(tokens: Tokens) -> None:
    assert contrast(tokens, "on_accent", "accent_fill") >= TEXT


@by_theme
@pytest.mark.parametrize("tone", ["error", "warn", "ok"])
def test_messages_are_readable(tokens: Tokens, tone: str) -> None:
    for ground in ["node", "panel", f"{tone}_bg"]:
        assert contrast(tokens, tone, ground) >= TEXT, ground


@by_theme
def test_borders_of_fields_can_be_seen(tokens: Tokens) -> None:
    for ground in ["panel", "window", "input"]:
        assert contrast(tokens, "line_strong", ground) >= PART, ground


@by_theme
@pytest.mark.parametrize("kind", KINDS)
def test_kinds_can_be_seen(tokens: Tokens, kind: str) -> None:
    for ground in ["canvas", "node"]:
        assert contrast(tokens, kind, ground) >= TEXT, ground


@pytest.mark.parametrize(
    ("ink", "ground", "dark", "light"),
    [
        ("text", "hover", 9.3, None),
        ("text", "sel_bg", None, 13.0),
        ("text2", "hover", 5.2, None),
        ("text2", "sel_bg", None, 5.8),
        ("text3", "raised", 4.8, None),
        ("text3", "window", None, 4.7),
        ("accent", "raised", 5.0, 6.4),
        ("accent", "sel_bg", 4.6, 4.9),
        ("accent", "warn_bg", 4.7, 5.8),
        ("accent", "error_bg", 5.3, 5.5),
        ("on_accent", "accent_fill", 5.2, 6.4),
        ("error", "node", 5.8, 5.9),
        ("error", "error_bg", 5.7, 5.1),
        ("warn", "node", 10.4, 5.9),
        ("warn", "warn_bg", 9.2, 5.4),
        ("line_strong", "panel", 3.7, 3.6),
        ("line_strong", "window", 4.0, 3.2),
        ("loss", "canvas", 6.0, None),
        ("loss", "node", 4.9, None),
    ],
)
def test_the_table_of_the_look(
    ink: str, ground: str, dark: float | None, light: float | None
) -> None:
    for tokens, expected in ((DARK, dark), (LIGHT, light)):
        if expected is not None:
            assert contrast(tokens, ink, ground) == pytest.approx(expected, abs=0.06)


@by_theme
def test_high_contrast_leaves_no_faint_text_or_line(tokens: Tokens) -> None:
    strong = high_contrast(tokens)
    assert strong.line == tokens.line_strong
    assert strong.text2 == strong.text3 == tokens.text
    assert [strong.colour(kind) for kind in KINDS] == [tokens.colour(kind) for kind in KINDS]


def test_no_two_kinds_share_a_port_shape() -> None:
    assert set(KIND_SHAPE) == set(KIND_DASH) == set(KINDS)
    assert len(set(KIND_SHAPE.values())) == len(KIND_SHAPE)


def test_the_signed_map_is_symmetric_in_lightness() -> None:
    assert len(SIGNED_STOPS) == 17
    for left, right in zip(SIGNED_STOPS[:8], reversed(SIGNED_STOPS[9:]), strict=True):
        assert luminance(left) == pytest.approx(luminance(right), abs=0.03)
    assert min(SIGNED_STOPS, key=luminance) == SIGNED_STOPS[8]
