"""``netbuilder layers``, ``examples``, ``architectures``, ``doctor``."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

from netbuilder import folders, resources
from netbuilder.architectures import ARCHITECTURES
from netbuilder.cli import output
from netbuilder.cli.errors import InputError
from netbuilder.compiler import check
from netbuilder.graph import file as project_file
from netbuilder.layers import FAMILIES, REGISTRY
from netbuilder.layers.formula import plain


def layers(json: bool) -> None:
    """Every kind of node, by family."""
    kinds = sorted(REGISTRY.values(), key=lambda c: (FAMILIES.index(c.family), c.title))
    if json:
        output.document(
            [
                {
                    "kind": c.kind,
                    "title": c.title,
                    "family": c.family,
                    "role": c.role,
                    "tex": c.tex,
                    "formula": plain(c.tex),
                    "cites": c.cites,
                    "help": c.help(),
                    "use": c.use,
                    "mistakes": c.mistakes,
                    "also": c.also,
                    "inputs": c().input_ports(),
                    "outputs": c().output_ports(),
                    "params": c.params(),
                }
                for c in kinds
            ]
        )
        return
    rows = [(c.kind, c.title, c.family, c.help().splitlines()[0]) for c in kinds]
    output.table("", ("kind", "title", "family", "what it does"), rows)


def examples(json: bool) -> None:
    """The examples that come along, and the published networks beside them."""
    groups = {"": resources.examples(), "Published networks": resources.published()}
    found = [(g, p, project_file.load(p).project) for g, paths in groups.items() for p in paths]
    if json:
        output.document(
            [
                {"name": path.stem, "path": path, "notes": p.notes, "group": group or "Examples"}
                for group, path, p in found
            ]
        )
        return
    for group in groups:
        rows = [(path.stem, p.notes) for of, path, p in found if of == group]
        output.table(group, ("name", "what it shows"), rows)


def architectures(name: str | None, file: Path | None, json: bool) -> None:
    """Published networks; one of them is written as a project, by its name if no file is told."""
    if name is None:
        with output.waiting("Checking every network …"):
            found = [(n, check(make())) for n, make in ARCHITECTURES.items()]
        if json:
            output.document([{"name": n, "parameters": c.parameters} for n, c in found])
            return
        says = {n: (make.__doc__ or "").partition("\n")[0] for n, make in ARCHITECTURES.items()}
        rows = [(n, f"{c.parameters:,}", says[n]) for n, c in found]
        output.table("", ("name", "parameters", "what it is"), rows)
        return
    if name not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise InputError(f"There is no architecture called {name}; there are {known}.")
    file = file or Path(f"{name}.netbuilder")
    project_file.save(ARCHITECTURES[name](), file)
    if json:
        output.document({"written": file})
    else:
        output.text(f"{file} is written: open it with netbuilder {file}")


def doctor(json: bool) -> None:
    """Versions, devices and folders of this machine."""
    names = ("torch", "PySide6-Essentials", "pyqtgraph", "captum", "torchmetrics", "onnxruntime")
    found: dict[str, object] = {
        "netbuilder": metadata.version("netbuilder"),
        "python": platform.python_version(),
        "system": platform.platform(),
    }
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "missing"
    with output.waiting("Asking PyTorch for devices …"):
        import torch

    found["devices"] = ", ".join(
        ["cpu", *(torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count()))]
    )
    found["threads"] = torch.get_num_threads()
    home = folders.home()
    unusable = "" if os.access(home, os.W_OK) else " (cannot be written)"
    found["data folder"] = f"{home}{unusable}"
    if json:
        output.document(found)
    else:
        output.table("", ("what", "value"), [(k, str(v)) for k, v in found.items()])
