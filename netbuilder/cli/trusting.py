"""``netbuilder trust``: the code of Custom nodes is read, and trusted on this computer."""

from __future__ import annotations

import sys
from pathlib import Path

from netbuilder import trusted
from netbuilder.cli import output
from netbuilder.cli.errors import Failure, InputError
from netbuilder.cli.projects import opened


def run(path: Path | None, yes: bool, listed: bool, json: bool) -> None:
    """Show code that is not trusted yet, ask, and trust it; or list what is trusted."""
    if listed:
        _list(json)
        return
    if path is None:
        raise InputError("Name a project, or ask for the --list of what is trusted.")
    found: dict[str, list[str]] = {}
    for block, node, code in trusted.foreign(opened(path)):
        found.setdefault(code, []).append(f"{node} in {block}" if block else node)
    new = {code: where for code, where in found.items() if not trusted.trusts(code)}
    for code, where in new.items():
        if not json:
            output.text(f"{', '.join(where)}, SHA-256 {trusted.digest(code)}:\n\n{shown(code)}\n")
    if new and not yes and not _agreed(len(new)):
        raise Failure("Nothing was trusted.")
    for code in new:
        trusted.trust(code)
    if json:
        codes = [{"sha256": trusted.digest(c), "nodes": w, "code": c} for c, w in found.items()]
        output.document({"trusted": codes, "new": [trusted.digest(code) for code in new]})
    elif new:
        output.text(f"Trusted on this computer: {len(new)} of {len(found)}.")
    else:
        output.text("Nothing to trust." if not found else "All of it is trusted already.")


def shown(code: str) -> str:
    """The code with nothing in it that a terminal would obey rather than show."""
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in code)


def _agreed(count: int) -> bool:
    what = "this code" if count == 1 else f"these {count} pieces of code"
    sys.stderr.write(f"Trusted code can do all that you can. Let {what} run here? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _list(json: bool) -> None:
    found = trusted.everything()
    if json:
        output.document([{"sha256": t.digest, "since": t.since, "code": t.code} for t in found])
        return
    rows = [(t.digest[:16], f"{t.since:%Y-%m-%d %H:%M}", _first(t.code)) for t in found]
    output.table("", ("SHA-256", "trusted since", "begins with"), rows)
    output.text(f"To withdraw trust, delete its file in {trusted.place()}.")


def _first(code: str) -> str:
    lines = [line.strip() for line in shown(code).split("\n") if line.strip()]
    named = next((line for line in lines if line.startswith("class ")), lines[0] if lines else "")
    return named[:60]
