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
    """Path of an example project by its name, such as ``example("digits_cnn")``.

    A published network has its name as well, such as ``example("resnet50")``.
    """
    folder = _folder("examples")
    own = folder / f"{name}.netbuilder"
    network = folder / "published" / f"{name}.netbuilder"
    return network if network.is_file() and not own.is_file() else own


def examples() -> list[Path]:
    """Every example project that trains as it stands, in alphabetical order."""
    return sorted(_folder("examples").glob("*.netbuilder"))


def published() -> list[Path]:
    """Every published network, as a project with data of chance, in alphabetical order."""
    return sorted((_folder("examples") / "published").glob("*.netbuilder"))


def help_page(name: str) -> Path:
    """Path of a page of the guide, such as ``help_page("index")``."""
    return _PACKAGE / "help" / f"{name}.md"
