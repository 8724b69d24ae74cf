"""Finds the files that travel with the program: ``assets`` and ``examples``.

In an installed wheel they lie inside the package, in a checkout beside it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def asset(path: str) -> Path:
    """Path of a file in ``assets``, such as ``asset("fonts/Inter-Regular.otf")``."""
    return _folder("assets") / path


def example(name: str) -> Path:
    """Path of an example project by its name, such as ``example("digits_cnn")``."""
    return _folder("examples") / f"{name}.netbuilder"


def examples() -> list[Path]:
    """Every example project, in alphabetical order."""
    return sorted(_folder("examples").glob("*.netbuilder"))


def help_page(name: str) -> Path:
    """Path of a page of the guide, such as ``help_page("index")``."""
    return _PACKAGE / "help" / f"{name}.md"
