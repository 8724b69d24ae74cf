"""``netbuilder code`` and ``netbuilder export``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netbuilder.cli import output
from netbuilder.cli.errors import InputError
from netbuilder.cli.projects import opened
from netbuilder.compiler import generate
from netbuilder.graph import Project

_DOING = {
    "export": "Writing the model, and comparing it with the original …",
    "saliency": "Explaining the sample …",
}


def code(path: Path, target: Path | None) -> None:
    """Print the model's source, or write it with its training script."""
    project = opened(path)
    if target is None:
        sys.stdout.write(generate(project).text)
        return
    from netbuilder.export import export as write

    write("code", project, None, target)
    output.written(target)


def export(run: str, to: str, target: Path, weights: str, json: bool) -> None:
    """Write a run's model; prints how far it was compared."""
    from netbuilder.export import KINDS
    from netbuilder.training.run import open_run

    if to not in KINDS:
        raise InputError(f"--to is one of {', '.join(KINDS)}, not {to}.")
    if weights not in ("best", "last"):
        raise InputError(f"--weights is best or last, not {weights}.")
    found = open_run(run)
    arguments = {"to": to, "path": str(target), "run": str(found.folder), "which": weights}
    report = asked(found.project(), "export", arguments)
    if json:
        output.document(report)
        return
    output.text(str(report["sentence"]))
    for batch, difference in report["differences"].items():
        output.text(f"  batch {batch}: largest difference {difference:.2g}")


def asked(project: Project, about: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer of the engine's own code, here in this process. Raises InputError."""
    with output.waiting(_DOING.get(about, "Computing …")):
        from netbuilder.engine.answers import answer
        from netbuilder.engine.messages import Ask
        from netbuilder.engine.weights import Weights

        found = answer(Ask(0, about, project, arguments), Weights())
    if found.result is None:
        raise InputError(found.error or "It could not be computed.")
    return found.result
