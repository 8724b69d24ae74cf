"""``netbuilder explain --method neighbours``: the words nearest to one."""

from __future__ import annotations

from netbuilder.cli import output
from netbuilder.cli.exporting import asked


def run(run: str, token: str, node: str, measure: str, count: int, json: bool) -> None:
    """List the tokens nearest to one in an Embedding, with the best weights of a run."""
    from netbuilder.training.run import open_run

    found = open_run(run)
    arguments = {"run": str(found.folder), "token": token, "node": node}
    result = asked(found.project(), "neighbours", {**arguments, "measure": measure, "count": count})
    if json:
        output.document({k: v for k, v in result.items() if k != "vocabulary"})
        return
    how = "by cosine" if result["measure"] == "cosine" else "by distance"
    output.text(f"Nearest to {result['token']!r} in {result['node']}, {how}:")
    for name, value in zip(result["tokens"], result["values"], strict=True):
        output.text(f"  {value:7.3f}  {name}")
