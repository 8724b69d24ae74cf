"""A project by its path, or an example by its name."""

from __future__ import annotations

import sys
from pathlib import Path

from netbuilder import resources
from netbuilder.graph import Project
from netbuilder.graph import file as project_file
from netbuilder.layers.paths import anchored


def found(path: Path) -> Path:
    """The file meant: `path` if there is one, else the example of that name."""
    if not path.exists() and path.suffix == "" and len(path.parts) == 1:
        example = resources.example(path.name)
        if example.exists():
            return example
    return path


def opened(path: Path) -> Project:
    """The project at `path`; what had to be mended goes to standard error."""
    file = found(path)
    loaded = project_file.load(file)
    for warning in loaded.warnings:
        sys.stderr.write(warning + "\n")
    return anchored(loaded.project, file.absolute().parent)
