"""What can be begun with: data sets and examples, as rows of a list. No Qt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from netbuilder import resources
from netbuilder.graph import file as project_file
from netbuilder.graph.atomic import FileError
from netbuilder.layers import REGISTRY, Layer, ParamError
from netbuilder.layers.roles import DataError
from netbuilder.templates import TEMPLATES, Template, fields_of

#: Kinds that are nothing without a person's file.
NEEDS_FILE = {
    "csv": "Tables (*.csv *.tsv)",
    "numpy_file": "NumPy files (*.npy *.npz)",
    "image_folder": "",  # a folder
}


@dataclass(frozen=True)
class Offer:
    """One row. name: kind of a data set, stem of an example, or name of a network."""

    name: str
    title: str
    help: str
    icon: str


def data_sets() -> Iterator[Offer]:
    """Every kind of data set, real ones first."""
    kinds = [layer for layer in REGISTRY.values() if layer.role == "data"]
    kinds.sort(key=_place)
    for layer in kinds:
        dots = " …" if layer.kind in NEEDS_FILE else ""
        yield Offer(layer.kind, layer.title + dots, layer.help().split("\n")[0], "Data")


def _place(layer: type[Layer]) -> tuple[bool, bool]:
    """Pictures and tables that are here already, then points, then a person's own files."""
    own_file = any(param.type == "path" for param in layer.params())
    return own_file, any(param.name == "points" for param in layer.params())


def examples() -> Iterator[Offer]:
    """Every example, with the first line of its notes."""
    for path in resources.examples():
        try:
            notes = project_file.load(path).project.notes
        except FileError as error:
            notes = str(error)
        title = path.stem.replace("_", " ").capitalize()
        yield Offer(path.stem, title, notes.strip().partition("\n")[0], "example")


def networks() -> Iterator[Offer]:
    """Every published network, with its size and its paper."""
    from netbuilder.architectures import ARCHITECTURES  # nobody needs them to open the window

    for name, make in ARCHITECTURES.items():
        said = (make.__doc__ or name).strip().partition("\n")[0]
        yield Offer(name, re.split(r"[,:]| on | with | for ", said)[0], said, "Blocks")


def fitting(kind: str) -> tuple[Template, ...]:
    """The templates that a data set can be put into."""
    try:
        fields = fields_of(kind)
    except (DataError, ParamError):
        return ()
    return tuple(template for template in TEMPLATES if template.fits(fields))
