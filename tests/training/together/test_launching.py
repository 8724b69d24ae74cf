"""The text that starts a run elsewhere, and what is written beside it."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from netbuilder.building import Network
from netbuilder.graph import Project
from netbuilder.graph.file import load
from netbuilder.training.together.launching import Launch, LaunchError, needs_trust, write
from netbuilder.training.together.place import place

Making = Callable[..., Project]


def test_a_command_for_one_machine() -> None:
    words = shlex.split(Launch("My net!", processes=3, cores=2).command)
    assert words[:3] == ["OMP_NUM_THREADS=2", "torchrun", "--standalone"]
    assert words[words.index("--nproc-per-node") + 1] == "3"
    assert words[words.index("train") + 1] == "My_net.netbuilder"
    assert words[words.index("--folder") + 1] == "My_net-run"
    assert words[words.index("--resume") + 1] == "auto"
    assert "--set" not in words
    words = shlex.split(Launch("a", strategy="fsdp").command)
    assert words[words.index("--set") + 1] == "training.processes.strategy=fsdp"


def test_a_script_for_several_machines_says_where_they_meet() -> None:
    assert "HOST" in Launch("a", nodes=2).text
    text = Launch("a", nodes=2, head="node1").text
    assert "HOST" not in text
    assert "--nnodes 2" in text
    assert "node1:29500" in text


def test_a_script_for_slurm() -> None:
    launch = Launch("a", slurm=True, nodes=2, processes=4, cores=3, cards=True, minutes=150)
    options = [line[8:] for line in launch.text.splitlines() if line.startswith("#SBATCH ")]
    assert {"--nodes=2", "--cpus-per-task=12", "--gpus-per-node=4", "--time=02:30:00"} <= set(
        options
    )
    assert "--device cuda" in launch.text
    assert launch.command == "sbatch a.sh"


@pytest.mark.parametrize("slurm", [True, False])
def test_bash_reads_what_is_written(classifier: Making, tmp_path: Path, slurm: bool) -> None:
    script = tmp_path / "there" / "job.sh"
    launch = Launch("it's mine", slurm=slurm, nodes=2)
    assert write(launch, classifier(), script) == ()
    read = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    assert load(script.parent / launch.project).project == classifier()


def test_data_beside_the_script_goes_along(tmp_path: Path) -> None:
    here, other = tmp_path / "here", tmp_path / "other"
    for folder in (here, other):
        folder.mkdir()
        (folder / "t.csv").write_text("a,b\n1,2\n3,4\n")
    for folder, missing in ((here, ()), (other, (str(other / "t.csv"),))):
        net = Network("table")
        net.csv(path=str(folder / "t.csv"))
        assert write(Launch("t"), net.project(), here / "job.sh") == missing
        assert not needs_trust(net.project())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"nodes": 0}, "machines"),
        ({"processes": 0}, "processes"),
        ({"minutes": -1}, "time limit"),
        ({"head": "a; rm"}, "not the name"),
        ({"strategy": "zero"}, "choose ddp or fsdp"),
    ],
)
def test_what_cannot_work_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(LaunchError, match=said):
        Launch("a", **given)  # type: ignore[arg-type]


def test_a_process_knows_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert place() is None
    for name, value in (("WORLD_SIZE", "4"), ("RANK", "3"), ("LOCAL_RANK", "1")):
        monkeypatch.setenv(name, value)
    here = place()
    assert here is not None
    assert (here.rank, here.size, here.local, here.leads) == (3, 4, 1, False)
