"""The PyTorch source of a project: the network and a training script in one file."""

from __future__ import annotations

from pathlib import Path

from netbuilder.export.report import ExportReport, size_text
from netbuilder.export.script import script
from netbuilder.graph import Project
from netbuilder.graph.atomic import atomic_write


def export_code(project: Project, path: Path) -> ExportReport:
    """Write a script that trains the project's network without this program.

    ``python FILE.py`` reaches the same numbers as training here, bit for bit on the same
    computer with the same number of threads. Data that is a person's own is copied beside
    it. Raises CompileError, DataError, SettingError or FileError with one sentence.
    """
    made = script(project, path.stem)
    text = made.text.encode()
    # What the script needs comes first, so that the script is never there without it.
    paths = [path, *(path.with_name(name) for name in made.files)]
    for name, content in made.files.items():
        atomic_write(path.with_name(name), content)
    atomic_write(path, text)
    size = len(text) + sum(map(len, made.files.values()))
    beside = f", with {' and '.join(made.files)} beside it" if made.files else ""
    sentence = f"{path.name} ({size_text(len(text))}{beside}) trains with python {path.name}."
    return ExportReport("code", tuple(paths), size, sentence)
