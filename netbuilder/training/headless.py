"""Training in a process of its own that outlives the one which starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from netbuilder.folders import runs
from netbuilder.graph import Project
from netbuilder.graph import file as project_file
from netbuilder.graph.atomic import reason
from netbuilder.training.run import Run, RunError, free_folder

#: What the process says is kept in the folder of its run.
LOG = "headless.log"


def go_on(run: Run) -> int:
    """Resume a run in a process of its own; returns its id. Raises RunError."""
    return _started(["train", "--resume", str(run.folder)], run.folder)


def begin(project: Project) -> Run:
    """Train a project in a process of its own. Raises RunError or FileError."""
    folder = free_folder(runs(), project.name)
    file = folder / "project.netbuilder"
    project_file.save(project, file)
    _started(["train", str(file), "--folder", str(folder)], folder)
    return Run(folder)


def _started(arguments: list[str], folder: Path) -> int:
    apart: dict[str, object] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    log = folder / LOG
    try:
        with log.open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "netbuilder", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUTF8": "1"},
                close_fds=True,
                **apart,  # type: ignore[call-overload]
            )
    except OSError as error:
        raise RunError(reason(error, log, "started")) from None
    # Nobody waits for it: it belongs to the system from here on.
    process.returncode = 0
    return int(process.pid)
