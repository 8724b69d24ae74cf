"""The command line, run in this process as the installed command runs it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from netbuilder.building import Network
from netbuilder.cli import main
from netbuilder.graph import Optimiser, Project
from netbuilder.graph.file import save


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document; fails if there is anything else."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one sentence on standard error."""
        (line,) = self.err.splitlines()
        assert line.endswith("."), line
        assert "Traceback" not in line
        assert "NETBUILDER_DEBUG" not in line, line
        return line


@pytest.fixture
def nb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """`nb("check", path)`: runs ``netbuilder check path``."""

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["netbuilder", *(str(a) for a in arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        found = capsys.readouterr()
        return Ran(int(ended.value.code or 0), found.out, found.err)

    return run


def small() -> Project:
    """XOR by a hidden layer; an epoch takes a few milliseconds."""
    net = Network("small")
    data = net.xor(points=200)
    x = net.tanh(net.linear(data.point, out_features=8))
    logits = net.linear(x, out_features=2)
    net.output(logits, name="side")
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    adam = Optimiser("main", "adam", {"lr": 0.05})
    return net.project(epochs=3, optimisers=(adam,), device="cpu", notes="A square in quarters.")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project file that trains in a moment."""
    path = tmp_path / "small.netbuilder"
    save(small(), path)
    return path
