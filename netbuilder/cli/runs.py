"""What ``netbuilder runs`` does with runs of the past: list, show, compare, label, delete."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from netbuilder.cli import output
from netbuilder.cli.errors import InputError
from netbuilder.graph import file as project_file
from netbuilder.graph.comparison import compare, settings_by_name, text
from netbuilder.layers.paths import portable
from netbuilder.training import labels, trash
from netbuilder.training.overview import Overview, overview
from netbuilder.training.presence import present
from netbuilder.training.run import list_runs, open_run
from netbuilder.training.search import search, sorted_runs

#: So many of the files that were left out of a run are named.
_SHOWN = 10


def listed(query: str, sort: str, descending: bool, json: bool) -> None:
    """Runs that fit a search, in the order asked for."""
    wanted = search(query)
    every = list_runs()
    found = sorted_runs(filter(wanted, map(overview, every)), sort, descending)
    if json:
        output.document([_plain(run) for run in found])
        return
    if not every:
        output.text("There are no runs yet: netbuilder train digits_cnn makes one.")
        return
    if not found:
        output.text(f"None of {len(every)} runs fits {query}.")
        return
    rows = [
        (r.id, r.state, str(r.epochs or ""), figures(r.best), figures(r.test), " ".join(r.tags))
        for r in found
    ]
    output.table("", ("run", "state", "epochs", "best validation", "test", "tags"), rows)


def shown(name: str, json: bool) -> None:
    """Everything about one run."""
    run = open_run(name)
    found, facts = overview(run), run.environment
    training = settings_by_name(run.project().training)
    with run.record() as record:
        rates, (bad, left_out) = record.rates(), record.bad()
    if json:
        skipped = {"count": left_out, "named": [{"name": n, "reason": r} for n, r in bad]}
        output.document({
            **_plain(found), "environment": facts, "training": training, "rates": rates,
            "left_out": skipped,
        })  # fmt: skip
        return
    rows = [
        ("run", found.id),
        ("folder", str(found.folder)),
        ("project", found.name),
        ("state", found.state),
        ("begun", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(found.created))),
        ("seconds", "" if math.isnan(found.seconds) else f"{found.seconds:.1f}"),
        ("epochs", str(found.epochs)),
        ("best validation", figures(found.best)),
        ("test", figures(found.test)),
        ("tags", " ".join(found.tags)),
        ("note", found.note),
        ("message", found.message),
        ("ended early", found.reason),
        ("device", found.device),
        ("threads", text(facts.get("threads"))),
        *((f"version of {n}", str(v)) for n, v in dict(facts.get("versions", {})).items()),
        *((f"training.{n}", text(v)) for n, v in training.items()),
        ("left out", f"{left_out:,} that cannot be read" if left_out else ""),
        *(("", f"{n}: {r}") for n, r in bad[:_SHOWN]),
        ("", f"and {left_out - _SHOWN:,} more" if left_out > _SHOWN else ""),
        *((f"rate of {n} from step {s}", f"{v:g}") for s, n, v in rates),
    ]
    output.table("", ("what", "value"), [row for row in rows if row[1]])


def compared(before: str, after: str, json: bool) -> None:
    """In what two runs differ."""
    old, new = open_run(before), open_run(after)
    found = compare(old.project(), new.project())
    results = {run.id: overview(run) for run in (old, new)}
    if json:
        output.document({**asdict(found), "runs": [_plain(run) for run in results.values()]})
        return
    rows = found.rows()
    if rows:
        output.table("", ("where", "what", old.id, new.id), rows)
    else:
        output.text("Both runs trained the same project with the same settings.")
    for run in results.values():
        output.text(f"{run.id}: validation {figures(run.best)}; test {figures(run.test)}")


def tagged(name: str, tags: Sequence[str], remove: bool) -> None:
    """Tags of a run, more or fewer."""
    run = open_run(name)
    now, given = labels.read(run.folder), labels.checked_tags(tags)
    kept = [t for t in now.tags if t not in given] if remove else [*now.tags, *given]
    labels.write(run.folder, replace(now, tags=tuple(kept)))
    output.text(" ".join(labels.read(run.folder).tags) or f"{run.id} has no tags.")


def noted(name: str, note: str) -> None:
    """The note of a run."""
    run = open_run(name)
    labels.write(run.folder, replace(labels.read(run.folder), note=note))


def restored(name: str, target: Path) -> None:
    """The project of a run as a file; one that is there is not overwritten."""
    run = open_run(name)
    if target.exists():
        raise InputError(f"{target} is there already; name another file.")
    project_file.save(portable(run.project(), target.absolute().parent), target)
    output.written(target)


def deleted(names: Sequence[str]) -> None:
    """Runs to the trash, all of them or none."""
    found = [open_run(name) for name in names]
    for run in found:
        if present(run.folder):
            raise InputError(f"{run.id} is in progress; netbuilder runs stop {run.id} ends it.")
    for run in found:
        where = trash.discard(run.folder)
        output.text(f"{run.id} is deleted; netbuilder runs undelete {where.name} brings it back.")


def undeleted(name: str | None, json: bool) -> None:
    """What lies in the trash, or one of it back."""
    waiting = trash.discarded()
    if name is None:
        if json:
            output.document([{"run": p.name, "folder": p} for p in waiting])
        else:
            output.text("\n".join(p.name for p in waiting) or "No deleted run waits.")
        return
    for path in waiting:
        if path.name == name:
            output.text(f"{trash.restore(path, path.name)} is back.")
            return
    raise InputError(f"There is no deleted run {name}; netbuilder runs undelete lists them.")


def exported(names: Sequence[str], folder: Path, to: str, json: bool) -> None:
    """Figures of runs for other programs; with `json` a line now and then says how far it is."""
    from rich.progress import Progress

    from netbuilder.training.tensorboard import export_table, export_tensorboard

    found = [open_run(name) for name in names]
    if to == "csv":
        written = export_table(found, folder)
    elif to == "tensorboard":
        with Progress(transient=True, disable=json) as progress:
            task = progress.add_task("writing")

            def tell(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total)
                if json:
                    output.line({"done": done, "total": total})

            written = export_tensorboard(found, folder, tell)
    else:
        raise InputError(f"--to is tensorboard or csv, not {to}.")
    if json:
        output.line({"written": written})
        return
    for path in written:
        output.written(path)


def figures(values: Mapping[str, float]) -> str:
    """``accuracy 0.983  main 0.033``, metrics first."""
    return "  ".join(f"{name} {value:.4g}" for name, value in values.items())


def _plain(run: Overview) -> dict[str, Any]:
    return {"run": run.id, **asdict(run)}
