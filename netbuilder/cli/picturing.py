"""``netbuilder screenshot``: the window with a project, drawn without a screen."""

from __future__ import annotations

import os
import re
from pathlib import Path

from netbuilder.cli import output
from netbuilder.cli.errors import InputError
from netbuilder.cli.projects import found


def run(project: Path, target: Path, shade: str, size: str, panel: str | None, train: bool) -> None:
    """Draw the window into a PNG file."""
    match = re.fullmatch(r"(\d{3,4})x(\d{3,4})", size)
    if match is None:
        raise InputError(f"--size is WIDTHxHEIGHT such as 1680x1050, not {size}.")
    if shade not in ("light", "dark"):
        raise InputError(f"--theme is light or dark, not {shade}.")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from netbuilder.app import theme
    from netbuilder.app.picture import window_picture

    mode: theme.Mode = "dark" if shade == "dark" else "light"
    width, height = int(match[1]), int(match[2])
    window_picture(found(project), target, mode, (width, height), panel, train)
    output.written(target)
