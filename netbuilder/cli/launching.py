"""``netbuilder elsewhere``: what starts a run on other machines."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from netbuilder.cli import output
from netbuilder.cli.projects import opened
from netbuilder.compiler import generate
from netbuilder.training.together.launching import Launch, needs_trust, write


def run(path: Path, launch: Callable[[str], Launch], to: Path | None, json: bool) -> None:
    """Print the script, or write it with the project beside it.

    launch: from a name. Raises LaunchError, FileError or CompileError.
    """
    project = opened(path)
    made = launch(project.name)
    generate(project)  # what cannot be trained here cannot be trained there
    if to is None:
        if json:
            output.document({"script": made.text, "command": made.command})
        else:
            sys.stdout.write(made.text)
        return
    missing = write(made, project, to)
    folder = to.absolute().parent
    if json:
        output.document(
            {
                "script": str(to.absolute()),
                "project": str(folder / made.project),
                "run": str(folder / made.folder),
                "command": made.command,
                "missing": list(missing),
            }
        )
        return
    sys.stdout.write(f"{to} and {folder / made.project}; the run: {folder / made.folder}\n")
    if missing:
        sys.stdout.write(f"Must be at the same place there: {', '.join(missing)}\n")
    if needs_trust(project):
        sys.stdout.write(f"Once on each machine there: netbuilder trust {made.project}\n")
