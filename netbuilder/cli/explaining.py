"""``netbuilder explain``: a picture of what spoke for and against an answer."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from netbuilder.app.theme.tokens import SIGNED_STOPS
from netbuilder.cli import output
from netbuilder.cli.errors import InputError
from netbuilder.cli.exporting import asked
from netbuilder.graph.atomic import atomic_write
from netbuilder.resources import asset

_SIDE = 336  # of each picture, in pixels
_BAR = 14


def run(run: str, target: Path | None, method: str, sample: int, json: bool) -> None:
    """Explain one sample of the test split with the best weights of a run."""
    from netbuilder.training.run import open_run

    if target is None:
        raise InputError("Say where to write the picture: --output PICTURE.png.")
    found = open_run(run)
    arguments = {"run": str(found.folder), "method": method, "sample": sample, "part": "test"}
    result = asked(found.project(), "saliency", arguments)
    values = np.asarray(result["map"], dtype=np.float32)
    given = np.asarray(result["fields"][result["field"]][0])
    picture = _image(given, values) if values.ndim == 3 else _bars(given, values)
    words = f"Sample {sample}: answered {result['predicted']}, explained for {result['target']}"
    picture = _captioned(picture, f"{words} by {method.replace('_', ' ')}")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    atomic_write(target, buffer.getvalue())
    if json:
        output.document({k: v for k, v in result.items() if k not in ("fields", "map")})
        return
    output.text(
        f"Sample {sample} of the test split: answered {result['predicted']}, explained for "
        f"{result['target']} by {method}."
    )
    output.written(target)


def signed(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Blue for against, orange for in favour, black at zero: (…) → (…, 3) bytes."""
    stops = np.array([[int(h[i : i + 2], 16) for i in (1, 3, 5)] for h in SIGNED_STOPS], np.float32)
    top = float(np.abs(values).max()) or 1.0
    place = (np.clip(values / top, -1, 1) + 1) / 2 * (len(stops) - 1)
    low = np.floor(place).astype(int).clip(0, len(stops) - 2)
    share = (place - low)[..., None]
    mixed: np.ndarray[Any, Any] = stops[low] * (1 - share) + stops[low + 1] * share
    return mixed.astype(np.uint8)


def _image(given: np.ndarray[Any, Any], values: np.ndarray[Any, Any]) -> Image.Image:
    """The picture beside its map; colour channels of the map are summed."""
    scaled = given - given.min()
    scaled = (255 * scaled / (float(scaled.max()) or 1.0)).astype(np.uint8)
    grey = scaled.transpose(1, 2, 0) if len(scaled) == 3 else np.stack([scaled[0]] * 3, -1)
    sheet = Image.new("RGB", (2 * _SIDE + 48, _SIDE + 32), "#15171a")
    for i, pixels in enumerate((grey, signed(values.sum(0)))):
        part = Image.fromarray(pixels, "RGB").resize((_SIDE, _SIDE), Image.Resampling.NEAREST)
        sheet.paste(part, (16 + i * (_SIDE + 16), 16))
    return sheet


def _captioned(picture: Image.Image, words: str) -> Image.Image:
    """The picture with a line of words above, and what the colours mean below."""
    font = ImageFont.truetype(str(asset("fonts/Inter-Regular.otf")), 13)
    sheet = Image.new("RGB", (picture.width, picture.height + 56), "#15171a")
    sheet.paste(picture, (0, 28))
    draw = ImageDraw.Draw(sheet)
    draw.text((16, 14), words, fill="#e6e8eb", font=font)
    y, middle = sheet.height - 24, sheet.width - 16 - _SIDE // 2
    bar = signed(np.linspace(-1, 1, 160, dtype=np.float32))[None].repeat(8, 0)
    sheet.paste(Image.fromarray(bar, "RGB"), (middle - 80, y + 4))
    draw.text((middle - 88, y), "against", fill="#a9b0ba", font=font, anchor="ra")
    draw.text((middle + 88, y), "for", fill="#a9b0ba", font=font)
    return sheet


def _bars(given: np.ndarray[Any, Any], values: np.ndarray[Any, Any]) -> Image.Image:
    """One bar for each number or token, to the left where it spoke against."""
    flat = values.reshape(len(values), -1).sum(1)
    colours = signed(flat)
    top = float(np.abs(flat).max()) or 1.0
    sheet = Image.new("RGB", (2 * _SIDE + 48, 32 + _BAR * len(flat)), "#15171a")
    draw = ImageDraw.Draw(sheet)
    middle = sheet.width // 2
    for i, (value, colour) in enumerate(zip(flat, colours, strict=True)):
        end = middle + int(value / top * (_SIDE - 60))
        y = 16 + i * _BAR
        draw.rectangle((min(middle, end), y, max(middle, end), y + _BAR - 3), fill=tuple(colour))
        draw.text((8, y - 1), f"{i}: {np.ravel(given[i])[0]:.3g}", fill="#a9b0ba")
    return sheet
