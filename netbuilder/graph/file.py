"""The `.netbuilder` file: one JSON document that opens without running anything.

Whatever can be opened is opened, with a warning for each thing left out; whatever cannot
is refused with one sentence that names the file and the place in it.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from netbuilder.graph.atomic import FileError, atomic_write, reason
from netbuilder.graph.layout import laid_out
from netbuilder.graph.project import Project
from netbuilder.graph.raw import VERSION, project_from, raw_project
from netbuilder.graph.schema import ProjectEntry

SUFFIX = ".netbuilder"
LARGEST_BYTES = 64 * 1024 * 1024
MOST_NODES = 200_000
_DEEPEST = 40
_MOST_DIGITS = 300

#: By version, what turns a document of that version into one of the next.
Migrations = Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]]
MIGRATIONS: Migrations = {}


@dataclass(frozen=True)
class Loaded:
    """A project as opened, and one sentence for each thing that was left out or changed."""

    project: Project
    warnings: tuple[str, ...] = ()


class NewerError(FileError):
    """What a later version of the program wrote, which this one cannot read."""

    def __init__(self, name: str, version: int) -> None:
        super().__init__(
            f"{name} was saved by a newer NetBuilder (file version {version}, this one reads "
            f"up to {VERSION}); update NetBuilder to open it."
        )
        self.version = version


class _Odd(str):
    """A number that JSON does not have, such as NaN; kept as the text it was."""


def load(path: Path, migrations: Migrations = MIGRATIONS) -> Loaded:
    """Open a project file. Raises FileError with one sentence."""
    path = Path(path)
    data = _read(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            _refuse(path.name, f"it breaks off after {len(data)} bytes{_hint(path)}", path)
        _refuse(path.name, "it is not a text in UTF-8, so not a NetBuilder project", path)
    try:
        return loads(text, path.name, migrations)
    except FileError as error:
        raise FileError(str(error).removesuffix(".") + _hint(path) + ".", path) from error


def save(project: Project, path: Path) -> None:
    """Write a project file in one step; the one before stays as ``NAME.bak``.

    Raises FileError with one sentence; the old file is then as it was.
    """
    path = Path(path)
    text = dumps(project)
    loads(text, path.name)  # never replace a good file by one that would not open
    atomic_write(path, text.encode(), backup=True)


def dumps(project: Project) -> str:
    """The text of a project file. Raises FileError."""
    try:
        return laid_out(raw_project(project))
    except (ValueError, TypeError, RecursionError) as error:
        message = f"{project.name} holds a value that a file cannot hold: {error}."
        raise FileError(message) from error


def loads(text: str, name: str = "The project", migrations: Migrations = MIGRATIONS) -> Loaded:
    """Read the text of a project file; `name` stands for it in sentences.

    Raises FileError with one sentence.
    """
    if len(text) > LARGEST_BYTES:
        _refuse(name, "it is larger than 64 MB, and no project is")
    raw = _migrated(_parsed(text, name), name, migrations)
    warnings = _mended(raw)
    try:
        entry = ProjectEntry.model_validate(raw)
        project, left_out = project_from(entry)
    except ValidationError as error:
        _refuse(name, _sentence(error))
    except ValueError as error:
        _refuse(name, str(error))
    return Loaded(project, (*warnings, *left_out))


def _read(path: Path) -> bytes:
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            _refuse(path.name, "it is a folder; choose the file inside it", path)
        if not stat.S_ISREG(status.st_mode):
            _refuse(path.name, "it is not an ordinary file", path)
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except FileError:
        raise
    except FileNotFoundError:
        message = f"{path} does not exist; it may have been moved or renamed."
        raise FileError(message, path) from None
    except OSError as error:
        raise FileError(reason(error, path, "opened"), path, error.errno) from error
    except ValueError:  # a zero byte in the name
        raise FileError(f"{path.name!r} cannot name a file.", path) from None
    if len(data) > LARGEST_BYTES:
        _refuse(path.name, "it is larger than 64 MB, and no project is", path)
    return data


def _hint(path: Path) -> str:
    backup = path.with_name(f"{path.name}.bak")
    return f"; {backup.name} beside it holds the version before" if backup.is_file() else ""


def _refuse(name: str, why: str, path: Path | None = None) -> NoReturn:
    raise FileError(f"{name} cannot be opened: {why}.", path)


# --- from text to plain values -------------------------------------------------------------


def _parsed(text: str, name: str) -> dict[str, Any]:
    if not text.strip():
        _refuse(name, "it is empty")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
            _refuse(name, f"{twice!r:.60} stands in it twice; remove or rename one of them")
        return found

    def whole(digits: str) -> int | _Odd:
        return int(digits) if len(digits) <= _MOST_DIGITS else _Odd(f"{digits[:20]}…")

    def real(digits: str) -> float | _Odd:
        value = float(digits)
        return value if math.isfinite(value) else _Odd(digits[:40])

    try:
        raw = json.loads(
            text,
            object_pairs_hook=unique,
            parse_int=whole,
            parse_float=real,
            parse_constant=_Odd,
        )
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            _refuse(name, f"it breaks off in line {text.count(chr(10)) + 1}")
        what = error.msg[0].lower() + error.msg[1:]
        _refuse(name, f"line {error.lineno}, column {error.colno} is not valid JSON ({what})")
    except RecursionError:
        _refuse(name, "its lists are nested too deeply")
    if not isinstance(raw, dict) or "version" not in raw:
        _refuse(name, "it is JSON, but not a NetBuilder project")
    if _depth(raw) > _DEEPEST:
        _refuse(name, "its lists are nested too deeply")
    return raw


def _depth(raw: Any) -> int:
    level, depth = [raw], 0
    while level and depth <= _DEEPEST:
        level = [
            inner
            for item in level
            if isinstance(item, (dict, list))
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        depth += 1
    return depth


def _migrated(raw: dict[str, Any], name: str, migrations: Migrations) -> dict[str, Any]:
    version = raw["version"]
    if isinstance(version, bool) or not isinstance(version, int):
        _refuse(name, f"its version is {version!r:.40}, which is not a whole number")
    if version > VERSION:
        raise NewerError(name, version)
    while version < VERSION:
        if version not in migrations:
            _refuse(name, f"nothing reads its file version {version} any more")
        try:
            raw = {**migrations[version](raw), "version": version + 1}
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            _refuse(name, f"it is not a whole project of file version {version}")
        version += 1
    return raw


def _mended(raw: dict[str, Any]) -> list[str]:
    """Put right what can be; returns one sentence for each change."""
    warnings: list[str] = []
    graphs: list[Any] = [raw.get("graph")]
    blocks = raw.get("blocks")
    if isinstance(blocks, dict):
        graphs += [block.get("graph") for block in blocks.values() if isinstance(block, dict)]
    count = 0
    for graph in graphs:
        nodes = graph.get("nodes") if isinstance(graph, dict) else None
        if not isinstance(nodes, dict):
            continue
        count += len(nodes)
        for node_id, node in nodes.items():
            if isinstance(node, dict):
                warnings += _mended_node(node_id, node)
        warnings += _mended_drawing(graph)
    if count > MOST_NODES:
        message = f"The project has {count} nodes, and NetBuilder opens {MOST_NODES} at most."
        raise FileError(message)
    return warnings


def _mended_node(node_id: str, node: dict[str, Any]) -> list[str]:
    warnings = []
    position = node.get("position")
    if isinstance(position, list) and any(isinstance(axis, _Odd) for axis in position):
        node["position"] = [0.0 if isinstance(axis, _Odd) else axis for axis in position]
        warnings.append(f"{node_id:.60} had no usable place; it lies at the origin now.")
    params = node.get("params")
    for name, value in params.items() if isinstance(params, dict) else ():
        if isinstance(value, _Odd):
            warnings.append(
                f"{name:.60} of {node_id:.60} was {value}, which is not a number to calculate "
                "with; set it anew."
            )
    return warnings


def _mended_drawing(graph: dict[str, Any]) -> list[str]:
    """Frames, bends and bookmarks at no usable place are left out."""
    warnings = []
    for what in ("frames", "bookmarks"):
        entries = graph.get(what)
        if isinstance(entries, dict):
            for name in [name for name, entry in entries.items() if _has_odd(entry)]:
                del entries[name]
                warnings.append(f"{name:.60} of its {what} had no usable place and was left out.")
    bends = graph.get("bends")
    if isinstance(bends, list) and any(_has_odd(bend) for bend in bends):
        graph["bends"] = [bend for bend in bends if not _has_odd(bend)]
        warnings.append("Points of a wire had no usable place; it runs straight now.")
    return warnings


def _has_odd(entry: Any) -> bool:
    if isinstance(entry, (dict, list)):
        return any(_has_odd(i) for i in (entry.values() if isinstance(entry, dict) else entry))
    return isinstance(entry, _Odd)


def _sentence(error: ValidationError) -> str:
    """Where the first mistake is and what it is."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = [str(part)[:60] for part in first["loc"]]
    where = "its " + ", ".join(place).replace("graph, nodes, ", "node ")
    if first["type"] == "extra_forbidden":
        owner = f"{', '.join(place[:-1])}".replace("graph, nodes, ", "node ") or "the file"
        return f"{place[-1]!r} in {owner} is nothing this version knows"
    if first["type"] == "missing":
        return f"{where} is missing"
    message = first["msg"].removeprefix("Value error, ").removesuffix(".")
    return f"{where}: {message[0].lower()}{message[1:]}"
