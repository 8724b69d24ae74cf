"""What a person wrote about a run: tags and a note, in a file beside its record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from netbuilder.graph.atomic import atomic_write

_FILE = "labels.json"


class LabelError(ValueError):
    """A tag that cannot be one, as one plain sentence."""


@dataclass(frozen=True)
class Labels:
    """tags: single words, in the order they were given. note: any text."""

    tags: tuple[str, ...] = ()
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was written."""
        return not self.tags and not self.note


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags without ``#`` and without doubles. Raises LabelError."""
    found = dict.fromkeys(tag.strip().removeprefix("#") for tag in tags if tag.strip(" #"))
    for tag in found:
        if not re.fullmatch(r"[^\s,#<>=:]{1,40}", tag):
            raise LabelError(f"A tag is one word of at most 40 letters, not {tag!r}.")
    return tuple(found)


def read(folder: Path) -> Labels:
    """What was written about the run in `folder`; nothing if its file cannot be read."""
    try:
        raw = json.loads((folder / _FILE).read_text("utf-8"))
        return Labels(tuple(str(tag) for tag in raw.get("tags", ())), str(raw.get("note", "")))
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return Labels()


def write(folder: Path, labels: Labels) -> None:
    """Keep labels with the run in `folder`. Raises FileError or LabelError."""
    labels = Labels(checked_tags(labels.tags), labels.note.strip())
    if labels.empty:
        (folder / _FILE).unlink(missing_ok=True)
        return
    text = json.dumps({"tags": labels.tags, "note": labels.note}, indent=2, ensure_ascii=False)
    atomic_write(folder / _FILE, (text + "\n").encode())
