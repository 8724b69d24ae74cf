"""Text that starts a run elsewhere: a torchrun command, or a script for Slurm. No torch.

The project lies beside the script and the run is kept below it, so the folder can be copied to
where it is to be trained. Started again, the script goes on from the last checkpoint.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from netbuilder import trusted
from netbuilder.graph import Project
from netbuilder.graph import file as project_file
from netbuilder.graph.atomic import FileError, atomic_write, reason
from netbuilder.layers.paths import paths_in, portable
from netbuilder.training.parts import PARTS

#: Port at which processes of several machines find each other; torchrun's own choice.
_PORT = 29500
#: How the processes may share a run.
STRATEGIES = PARTS["processes"].params[0].choices


class LaunchError(ValueError):
    """A way of starting that cannot work, as one plain sentence."""


@dataclass(frozen=True)
class Launch:
    """How a run is started elsewhere.

    nodes: machines. processes: on each of them. cores: of each process. cards: whether each
    process has a graphics card. minutes: time limit of Slurm, 0 for that of the cluster.
    restarts: how often all begin anew when one dies. head: of several machines without Slurm,
    the one where they meet. strategy: ddp or fsdp in place of what the project says; empty:
    as it says. Raises LaunchError.
    """

    name: str
    slurm: bool = False
    nodes: int = 1
    processes: int = 2
    cores: int = 1
    cards: bool = False
    minutes: int = 0
    restarts: int = 2
    head: str = ""
    strategy: str = ""

    def __post_init__(self) -> None:
        for value, least, what in (
            (self.nodes, 1, "number of machines"), (self.processes, 1, "number of processes"),
            (self.cores, 1, "number of cores"), (self.minutes, 0, "time limit in minutes"),
            (self.restarts, 0, "number of restarts"),
        ):  # fmt: skip
            if value < least:
                raise LaunchError(f"The {what} is at least {least}, not {value}.")
        if self.head and not re.fullmatch(r"[A-Za-z0-9_.:\[\]-]+", self.head):
            raise LaunchError(f"{self.head} is not the name or address of a machine.")
        if self.strategy not in ("", *STRATEGIES):
            known = " or ".join(STRATEGIES)
            raise LaunchError(f"There is no strategy {self.strategy}; choose {known}.")

    @property
    def stem(self) -> str:
        """The name as a file may have it."""
        return re.sub(r"[^A-Za-z0-9_-]+", "_", self.name).strip("_")[:40] or "run"

    @property
    def project(self) -> str:
        """Name of the project file beside the script."""
        return f"{self.stem}.netbuilder"

    @property
    def folder(self) -> str:
        """Folder of the run, seen from the script."""
        return f"{self.stem}-run"

    @property
    def text(self) -> str:
        """The whole script."""
        return _sbatch(self) if self.slurm else _shell(self)

    @property
    def command(self) -> str:
        """What a person types to start it, in the folder of the script."""
        return f"sbatch {self.stem}.sh" if self.slurm else _torchrun(self, " ")


def write(launch: Launch, project: Project, script: Path) -> tuple[str, ...]:
    """Write the script, and the project beside it; returns files that have to go along.

    Paths below that folder are written relative to it. Raises FileError or LaunchError.
    """
    folder = script.absolute().parent
    if not script.name:
        raise LaunchError("Name a file for the script, such as job.sh.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(reason(error, folder, "created"), folder) from None
    carried = portable(project, folder)
    target = folder / launch.project
    if not (target.exists() and project_file.load(target).project == carried):
        project_file.save(carried, target)
    atomic_write(script, launch.text.encode())
    return tuple(path for path in paths_in(carried) if Path(path).is_absolute())


def needs_trust(project: Project) -> bool:
    """Whether code in the project must be trusted on the other machine, too."""
    return next(iter(trusted.foreign(project)), None) is not None


def _train(launch: Launch, gap: str = " \\\n    ") -> str:
    device = "--device cuda" if launch.cards else "--device cpu"
    project, folder = shlex.quote(launch.project), shlex.quote(launch.folder)
    text = f"-m netbuilder train {project}{gap}--folder {folder} --resume auto {device}"
    if launch.strategy:
        text += f"{gap}--set training.processes.strategy={launch.strategy}"
    return text


def _torchrun(launch: Launch, gap: str = " \\\n    ") -> str:
    several = (
        f"--nnodes {launch.nodes} --rdzv-backend c10d "
        f"--rdzv-endpoint {launch.head or 'HOST'}:{_PORT} --rdzv-id {launch.stem}"
        if launch.nodes > 1
        else "--standalone"
    )
    parts = (
        f"OMP_NUM_THREADS={launch.cores} torchrun {several}",
        f"--nproc-per-node {launch.processes} --max-restarts {launch.restarts}",
        _train(launch, gap),
    )
    return gap.join(parts)


def _shell(launch: Launch) -> str:
    where = (
        "# Start this on each of the machines; all of them must reach this folder.\n"
        if launch.nodes > 1
        else ""
    )
    if launch.nodes > 1 and not launch.head:
        where += "# Put the name of one of them in place of HOST.\n"
    return f'#!/bin/bash\n{where}cd "$(dirname "$0")" || exit 1\n{_torchrun(launch)}\n'


def _sbatch(launch: Launch) -> str:
    options = [
        f"--job-name={launch.stem}",
        f"--nodes={launch.nodes}",
        "--ntasks-per-node=1",
        f"--cpus-per-task={launch.processes * launch.cores}",
        *([f"--gpus-per-node={launch.processes}"] if launch.cards else []),
        *([f"--time={_hours(launch.minutes)}"] if launch.minutes else []),
        "--requeue",
        f"--output={launch.stem}-%j.log",
        "--open-mode=append",
    ]
    head = "".join(f"#SBATCH {option}\n" for option in options)
    return (
        f"#!/bin/bash\n{head}\n"
        "# Submit it in its own folder, which all machines must reach.\n"
        "# Submitted again, it goes on from the last checkpoint.\n"
        f"export OMP_NUM_THREADS={launch.cores}\n"
        'head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)\n'
        'srun torchrun --nnodes "$SLURM_JOB_NUM_NODES" '
        f"--nproc-per-node {launch.processes} \\\n"
        f'    --rdzv-backend c10d --rdzv-endpoint "$head:{_PORT}" --rdzv-id "$SLURM_JOB_ID" \\\n'
        f"    --max-restarts {launch.restarts} \\\n"
        f"    {_train(launch)}\n"
    )


def _hours(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}:00"
