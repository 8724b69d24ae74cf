"""The data sets of a project as functions of a stand-alone script, and files beside it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from netbuilder.compiler import Source
from netbuilder.data import Fields, divided, load
from netbuilder.export.data_in_files import of_arrays, of_images
from netbuilder.export.specialised import NotPlain, Specialised
from netbuilder.graph import Project
from netbuilder.layers import DataSet, declare
from netbuilder.layers.data_arrays import NumpyFile
from netbuilder.layers.data_files import Text
from netbuilder.layers.data_images import ImageFolder
from netbuilder.layers.text_words import PIECE


@dataclass(frozen=True)
class ScriptData:
    """One data set in a script.

    call: how it is read, giving arrays by field name. functions: their texts by name.
    files: what must lie beside the script, by name. counts: rows of each part, in order.
    label: field whose classes each part holds in proportion. gap: rows between parts that
    are cut by place, None if rows are mixed. rows_file: where the rows of each part lie, if
    they are not drawn anew.
    """

    node: str
    call: str
    functions: Mapping[str, str]
    imports: frozenset[str]
    fields: Mapping[str, str]  # name in a batch: field
    rows: int
    counts: Mapping[str, int]
    label: str | None = None
    gap: int | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    rows_file: str = ""


def script_data(project: Project, source: Source, stem: str) -> list[ScriptData]:
    """Every data set that the objectives read, the one that sets an epoch's length first.

    stem: of the script, which names files beside it. Raises DataError or ParamError.
    """
    found: list[ScriptData] = []
    taken: dict[str, str] = {}
    for node_id in dict.fromkeys(f.node for f in source.fields):
        layer = declare(project.graph[node_id], project.blocks)
        if not isinstance(layer, DataSet):
            continue
        arrays = load(layer)
        names = {f.name: f.port for f in source.fields if f.node == node_id}
        call, functions, imports, files = _read(layer, arrays, names, node_id, stem, taken)
        taken |= functions
        t = project.training
        parts = divided(arrays, t)
        rows_file = ""
        if t.split not in ("stratified", "random") or t.folds or t.resample:
            # Who is in which part was decided by what the script does not have.
            rows_file, stored = f"{stem}_{node_id}_rows.npz", io.BytesIO()
            np.savez_compressed(stored, **parts)  # type: ignore[arg-type]
            files = {**files, rows_file: stored.getvalue()}
            imports = {*imports, "from pathlib import Path"}
        found.append(
            ScriptData(
                node_id,
                call,
                functions,
                frozenset(imports),
                names,
                len(arrays),
                {part: len(rows) for part, rows in parts.items()},
                arrays.label if t.split == "stratified" else None,
                arrays.overlap,
                files,
                rows_file,
            )
        )
    return found


def _read(
    layer: DataSet,
    arrays: Fields,
    names: Mapping[str, str],
    node_id: str,
    stem: str,
    taken: Mapping[str, str],
) -> tuple[str, dict[str, str], set[str], dict[str, bytes]]:
    """How to call it, functions, imports, files."""
    if isinstance(layer, Text):
        file = layer.file()
        name = f"read_{node_id}"
        beside = f"{stem}_{file.name}"  # a name of its own, so that no other file is replaced
        template, imports = _TEXT, {"import numpy as np", "from pathlib import Path"}
        if layer.spaced:
            template = _WORDS
            imports |= {"import re", "from collections import Counter"}
        text = template.format(
            name=name,
            file=beside,
            context=layer.context,
            step=layer.step,
            piece=PIECE,
            kept=layer.vocabulary - 1,
        )
        return f"{name}()", {name: text}, imports, {beside: file.read_bytes()}
    kept = {*names.values(), *([arrays.label] if arrays.label else [])}
    if isinstance(layer, NumpyFile | ImageFolder):
        name = f"read_{node_id}"
        text, imports = (
            of_images(layer, name)
            if isinstance(layer, ImageFolder)
            else of_arrays(layer, name, kept)
        )
        return f"{name}()", {name: text}, imports, {}
    try:
        plain = Specialised(layer)
        clash = any(taken.get(n, t) != t for n, t in plain.functions.items())
        if not clash:
            return f"{plain.name}()", dict(plain.functions), set(plain.imports), {}
    except NotPlain:
        pass
    # A person's own table: its numbers as they are used travel with the script.
    stored, name, file_name = io.BytesIO(), f"read_{node_id}", f"{stem}_{node_id}.npz"
    np.savez_compressed(stored, **{n: arrays[n] for n in kept})  # type: ignore[arg-type]
    text = _ARRAYS.format(name=name, file=file_name, title=layer.title)
    imports = {"import numpy as np", "from pathlib import Path"}
    return f"{name}()", {name: text}, imports, {file_name: stored.getvalue()}


_ARRAYS = '''def {name}():
    """The numbers of {title}, by field."""
    with np.load(Path(__file__).with_name("{file}")) as file:
        return {{name: file[name] for name in file.files}}'''

_TEXT = '''def {name}():
    """Windows of {context} characters as numbers, and the characters one further on."""
    text = Path(__file__).with_name("{file}").read_text(encoding="utf-8-sig")
    number = {{character: i for i, character in enumerate(sorted(set(text)))}}
    tokens = np.array([number[character] for character in text])
    window = np.lib.stride_tricks.sliding_window_view
    before = window(tokens[:-1], {context}, writeable=True)[::{step}]
    after = window(tokens[1:], {context}, writeable=True)[::{step}]
    return {{"tokens": before, "next": after}}'''

_WORDS = '''def {name}():
    """Windows of {context} words as numbers, and the words one further on; 0 is unknown."""
    text = Path(__file__).with_name("{file}").read_text(encoding="utf-8-sig").lower()
    piece = r"{piece}"
    words = [word if word.strip() else "\\n" for word in re.findall(piece, text)]
    counts = sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))
    number = {{word: i for i, (word, _) in enumerate(counts[:{kept}], 1)}}
    tokens = np.array([number.get(word, 0) for word in words])
    window = np.lib.stride_tricks.sliding_window_view
    before = window(tokens[:-1], {context}, writeable=True)[::{step}]
    after = window(tokens[1:], {context}, writeable=True)[::{step}]
    return {{"tokens": before, "next": after}}'''
