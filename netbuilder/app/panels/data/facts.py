"""What is known of each field of a data set, in words. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from netbuilder.app.panels.pictures.numbers import is_picture
from netbuilder.layers.text_words import as_text

Shows = Literal["pictures", "points", "table", "texts", "series"]


@dataclass(frozen=True)
class FieldFacts:
    """One field in four short texts, as a row of a table."""

    name: str
    shape: str
    range: str
    mean: str


def field_facts(fields: Mapping[str, Mapping[str, Any]]) -> list[FieldFacts]:
    """A row for each field of an answer to ``data``."""
    found = []
    for name, summary in fields.items():
        shape = " × ".join(["B", *(str(n) for n in summary["shape"])])
        whole = str(summary["dtype"]).startswith(("int", "bool"))
        low, high = float(summary["minimum"]), float(summary["maximum"])
        if whole:
            names = summary.get("class_names") or ()
            classes = len(names) or len(summary.get("counts") or ())
            between = f"{int(low)} to {int(high)}"
            mean = f"{classes} classes" if classes else ""
        else:
            between = f"{low:.3g} to {high:.3g}"
            middle, spread = float(summary["mean"]), float(summary["deviation"])
            # A standardised column has the mean 0 but for rounding.
            middle = 0.0 if abs(middle) < 1e-3 * spread else middle
            mean = f"{middle:.2g} ± {spread:.2g}"
        found.append(FieldFacts(name, shape, between, mean))
    return found


def shown_field(fields: Mapping[str, Mapping[str, Any]]) -> tuple[str, Shows] | None:
    """The field that shows most of the data, and how: pictures first, then points, texts."""
    kinds: dict[str, Shows] = {}
    for name, summary in fields.items():
        shape = tuple(int(n) for n in summary["shape"])
        floats = str(summary["dtype"]).startswith("float")
        if floats and is_picture(shape):
            kinds[name] = "pictures"
        elif floats and shape == (2,):
            kinds[name] = "points"
        elif not floats and len(shape) == 1 and summary.get("class_names"):
            kinds[name] = "texts"
        elif floats and len(shape) == 2:
            kinds[name] = "series"
        elif floats and len(shape) == 1:
            kinds[name] = "table"
    for wanted in ("pictures", "points", "texts", "series", "table"):
        for name, kind in kinds.items():
            if kind == wanted:
                return name, kind
    return None


def label_field(fields: Mapping[str, Mapping[str, Any]], besides: str) -> str | None:
    """The field with one class a row, if there is one."""
    for name, summary in fields.items():
        if name != besides and not summary["shape"] and str(summary["dtype"]).startswith("int"):
            return name
    return None


def class_counts(
    fields: Mapping[str, Mapping[str, Any]], label: str | None
) -> tuple[str, tuple[str, ...], tuple[int, ...]] | None:
    """Field, class names and counts that are worth a picture: of the label, else of a text."""
    order = [label, *fields] if label else list(fields)
    for name in order:
        counts = tuple(fields[name].get("counts") or ()) if name else ()
        if name and len(counts) > 1:
            return name, tuple(fields[name].get("class_names") or ()), counts
    return None


def text_of(row: npt.NDArray[Any], names: tuple[str, ...]) -> str:
    """Tokens as a text on one line."""
    return as_text(map(int, row), names).replace("\n", " ↵ ")


def table_of(
    samples: Mapping[str, npt.NDArray[Any]], fields: Mapping[str, Mapping[str, Any]]
) -> tuple[list[str], list[list[str]]]:
    """Headings and cells of rows of numbers, one column a feature, labels by their names."""
    headings, columns = list[str](), list[list[str]]()
    for name, array in samples.items():
        summary = fields[name]
        classes = tuple(summary.get("class_names") or ())
        if array.ndim == 1 and array.dtype.kind in "iu":
            headings.append(name)
            columns.append([classes[int(v)] if int(v) < len(classes) else str(v) for v in array])
            continue
        flat = np.asarray(array).reshape(len(array), -1)
        named = tuple(summary.get("columns") or ())
        for i in range(min(flat.shape[1], 64)):
            one = name if flat.shape[1] == 1 else f"{name} {i}"
            headings.append(named[i] if i < len(named) else one)
            columns.append([f"{v:.3g}" for v in flat[:, i]])
    rows = [list(cells) for cells in zip(*columns, strict=True)]
    return headings, rows
