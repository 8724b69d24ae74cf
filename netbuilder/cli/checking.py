"""``netbuilder check``: problems, shapes and costs."""

from __future__ import annotations

import sys
from pathlib import Path

from netbuilder import trusted
from netbuilder.cli import output
from netbuilder.cli.projects import opened
from netbuilder.compiler import check
from netbuilder.graph import Project
from netbuilder.layers import DataSet, declare

#: So many files that cannot be read are named.
_NAMED = 20


def run(path: Path, json: bool) -> None:
    """Print what is known of a project; exit 2 if it cannot be trained."""
    project = opened(path)
    found = check(project)
    left_out = _left_out(project)
    if json:
        nodes = {
            ".".join(p): {
                "kind": info.layer.kind or "block",
                "outputs": {port: spec.text() for port, spec in info.outputs.items()},
                "parameters": info.parameters,
                "multiply_adds": info.multiply_adds,
            }
            for p, info in found.nodes.items()
        }
        problems = [
            {
                "severity": p.severity, "node": p.node, "block": p.block, "message": p.message,
                "fixes": [fix.label for fix in p.fixes],
            }
            for p in found.problems
        ]  # fmt: skip
        output.document(
            {
                "project": project.name,
                "parameters": found.parameters,
                "multiply_adds": found.multiply_adds,
                "nodes": nodes,
                "problems": problems,
                "bad_files": {n: [list(b) for b in bad] for n, bad in left_out.items()},
            }
        )
    else:
        rows = [
            (
                "  " * (len(p) - 1) + p[-1],
                info.layer.title,
                info.output.text() if info.output else "",
                _thousands(info.parameters),
                _thousands(info.multiply_adds),
            )
            for p, info in sorted(found.nodes.items(), key=lambda item: _order(item[0], found))
        ]
        output.table(project.name, ("node", "layer", "shape", "parameters", "multiply-adds"), rows)
        output.text(
            f"\n{_thousands(found.parameters)} parameters, "
            f"{_thousands(found.multiply_adds)} multiply-adds for one sample."
        )
        for node, bad in left_out.items():
            for name, reason in bad[:_NAMED]:
                output.text(f"left out: {node}: {name}: {reason}")
            output.text(f"{_thousands(len(bad))} of {node} cannot be used and are left out.")
        for p in found.problems:
            where = " in ".join(x for x in (p.node, p.block) if x)
            output.text(f"{p.severity}{': ' + where if where else ''}: {p.message}")
        if any(p.message == trusted.SENTENCE for p in found.problems):
            output.text(f"{trusted.COMMAND} shows the code and asks.")
    if found.errors:
        sys.exit(2)


def _left_out(project: Project) -> dict[str, list[tuple[str, str]]]:
    """What of a person's own files cannot be read, by data node: names and reasons."""
    from netbuilder.data import load

    found = {}
    for node in project.graph:
        try:
            layer = declare(node, project.blocks)
            if not isinstance(layer, DataSet) or layer.file() is None:
                continue
            if bad := load(layer).bad:
                found[node.id] = [(b.name, b.reason) for b in bad]
        except ValueError:
            continue  # it is among the problems
    return found


def _order(path: tuple[str, ...], found: object) -> tuple[int, ...]:
    ids = list(getattr(found, "nodes"))  # noqa: B009
    keys = []
    for end in range(1, len(path) + 1):
        part = path[:end] if end == len(path) else (*path[: end - 1], path[end - 1].split("[")[0])
        keys.append(ids.index(part) if part in ids else 0)
        if end < len(path) and "[" in path[end - 1]:
            keys.append(int(path[end - 1].split("[")[1].rstrip("]")))
    return tuple(keys)


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", " ") if number else ""
