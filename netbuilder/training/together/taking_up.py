"""Which run several processes train: a new one, or the one that they had begun before."""

from __future__ import annotations

from pathlib import Path

from netbuilder.training.run import Run, RunError, list_runs
from netbuilder.training.together.place import launch
from netbuilder.training.together.team import Team

#: So many of the latest runs are looked at for the one that this start of torchrun began.
_LOOKED_AT = 50


def agreed(
    team: Team, project: str, folder: Path | None, resume: Path | None
) -> tuple[Path | None, Path | None]:
    """The folder for a new run, and the run to go on with, as the first process sees them.

    torchrun begins all processes anew when one of them died: they go on with the run in
    `folder`, or with the one that this start of torchrun began where no folder was named.
    """
    if team.leads and resume is None:
        resume = begun(folder)
        if resume is None and folder is None and team.place.restarts:
            resume = _before(project)
    return team.told((folder, resume))


def begun(folder: Path | None) -> Path | None:
    """The folder itself if it holds a run already."""
    return folder if folder is not None and (folder / "run.json").is_file() else None


def _before(project: str) -> Path | None:
    for run in list_runs()[:_LOOKED_AT]:
        if _begun_by_us(run, project):
            return run.folder
    return None


def _begun_by_us(run: Run, project: str) -> bool:
    try:
        facts = run.environment
    except RunError:
        return False
    return bool(launch()) and facts.get("launch") == launch() and facts.get("project") == project
