"""Searching: made or joined, worked at here or by several processes, told as events."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from netbuilder.data import Fields
from netbuilder.graph import Project, Range
from netbuilder.tuning.claiming import release_lost
from netbuilder.tuning.events import TuningEvent
from netbuilder.tuning.failure import TuningError
from netbuilder.tuning.following import begun, ended, follow
from netbuilder.tuning.storage import VARIABLE
from netbuilder.tuning.study import Study, created, joined
from netbuilder.tuning.working import work


def tune(
    project: Project,
    space: Mapping[str, Range] | None = None,
    *,
    study: str | None = None,
    storage: str = "",
    jobs: int = 1,
    data: Mapping[str, Fields] | None = None,
    **search: Any,
) -> Iterator[TuningEvent]:
    """Search for the best values of what a project declares, yielding typed events.

    space: ranges besides those of the project, by full name. study: its name (default: that of
    the project); one that is there is gone on with. storage: URL of a database that several
    machines share. jobs: processes; with 1 the trials are trained in this one, where `data` can
    replace what the project loads. search: method, trials, metric, direction, pruning.
    Raises TuningError or CompileError with one sentence.
    """
    declared = replace(project.search, space={**project.search.space, **(space or {})}, **search)
    project = replace(project, search=declared)
    opened = created(project, study, storage)
    return at_work(opened, jobs, data)


def at_work(
    study: Study, jobs: int = 1, data: Mapping[str, Fields] | None = None
) -> Iterator[TuningEvent]:
    """Work at an open study until nothing of it waits, yielding events."""
    if jobs == 1:
        yield begun(study)
        yield from work(study, data)
        yield ended(study, bool(study.facts().get("stopped")))
        return
    if data is not None:
        raise TuningError("Data given from Python is in this process only; search with jobs=1.")
    yield from _with_processes(study, jobs)


def stop(name: str, storage: str = "") -> None:
    """Let all processes that work at a study end their trials, which are done again later."""
    joined(name, storage).set_fact("stopped", True)


def _with_processes(study: Study, jobs: int) -> Iterator[TuningEvent]:
    command = [sys.executable, "-m", "netbuilder", "tune", "--join", study.name, "--helping"]
    threads = max(1, (os.cpu_count() or 1) // jobs)
    # Processes that each take all cores wait for one another.
    environment = {"OMP_NUM_THREADS": str(threads), **os.environ, VARIABLE: study.url}
    workers = [
        subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for _ in range(jobs)
    ]
    try:
        yield from follow(study, lambda: any(worker.poll() is None for worker in workers))
        failed = [w for w in workers if w.poll() not in (None, 0)]
        if len(failed) == len(workers):
            said = failed[0].stderr.read().strip() if failed[0].stderr else ""
            raise TuningError(said.splitlines()[-1] if said else "The search ended by itself.")
    finally:
        for worker in workers:
            with suppress(OSError):
                if worker.poll() is None:
                    worker.terminate()
            worker.communicate()
        release_lost(study)


__all__ = ["at_work", "stop", "tune"]
