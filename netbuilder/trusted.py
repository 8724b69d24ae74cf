"""Which code may run on this computer: what its person has read and trusts.

Code is known by the SHA-256 of its text, so one changed character asks again. Trust lies in
the person's own folder, a file for each code, never in a project. It is no sandbox: trusted
code can do all that its person can.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netbuilder import folders
from netbuilder.graph import Project
from netbuilder.graph.atomic import atomic_write
from netbuilder.layers import ParamError, ShapeError, UnknownKind, declare

SENTENCE = "The code of this node has not been trusted on this computer; read it and trust it."
#: How it is trusted without the window.
COMMAND = "netbuilder trust PROJECT"


class Untrusted(ShapeError):
    """Code was to run that nobody here has trusted."""

    def __init__(self) -> None:
        super().__init__(SENTENCE)


@dataclass(frozen=True)
class Trusted:
    """Code that is trusted here, and since when."""

    digest: str
    since: datetime
    code: str


def digest(code: str) -> str:
    """SHA-256 of the text, as hexadecimal digits."""
    return hashlib.sha256(_bytes(code)).hexdigest()


def trusts(code: str) -> bool:
    """Whether this very text may run here."""
    return (folders.trusted() / f"{digest(code)}.txt").is_file()


def trust(code: str) -> None:
    """Let this very text run here from now on. Raises FileError."""
    if not trusts(code):
        atomic_write(folders.trusted() / f"{digest(code)}.txt", _bytes(code))


def require(*codes: str) -> None:
    """Raise Untrusted unless all of these may run."""
    if not all(trusts(code) for code in codes):
        raise Untrusted


def everything() -> list[Trusted]:
    """All that is trusted, the latest first."""
    found = []
    for path in folders.trusted().glob("*.txt"):
        since = datetime.fromtimestamp(path.stat().st_mtime)
        code = path.read_bytes().decode("utf-8", "surrogatepass")
        found.append(Trusted(path.stem, since, code))
    return sorted(found, key=lambda one: one.since, reverse=True)


def foreign(project: Project) -> Iterator[tuple[str | None, str, str]]:
    """Code in a project: name of the block around it or None, id of its node, the text."""
    for block in (None, *project.blocks):
        for node in project.graph_at((block,) if block else ()):
            try:
                code = declare(node, project.blocks).foreign
            except (ParamError, UnknownKind):
                continue
            if code:
                yield block, node.id, code


def _bytes(code: str) -> bytes:
    return code.encode("utf-8", "surrogatepass")


def place() -> Path:
    """The folder with what is trusted; to withdraw trust, delete a file there."""
    return folders.trusted()
