"""Published networks leave as ONNX and as code of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from netbuilder.architectures import bert, conformer, llama, seq2seq, vit
from netbuilder.compiler.build import build
from netbuilder.export import export
from netbuilder.graph import Project

MADE: dict[str, Callable[[], Project]] = {
    "bert": lambda: bert(vocabulary=23, context=7, width=12, heads=3, layers=2),
    "vit": lambda: vit(image=8, patch=4, width=12, heads=3, layers=2, classes=5),
    "llama": lambda: llama(
        vocabulary=23, context=7, width=16, heads=4, key_heads=2, hidden=24, layers=2
    ),
    "conformer": lambda: conformer(
        frames=24, frequencies=9, width=8, heads=2, layers=1, kernel=5, classes=4
    ),
    "additive": lambda: seq2seq(vocabulary=23, source=7, target=5, width=6, hidden=8),
    "cosine": lambda: seq2seq(
        vocabulary=23, source=7, target=5, width=6, hidden=8, layers=2, score="cosine"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MADE)
def test_onnx_answers_alike(name: str, tmp_path: Path) -> None:
    project = MADE[name]()
    torch.manual_seed(0)
    report = export("onnx", project, build(project), tmp_path / "model.onnx")
    assert max(report.differences.values()) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("name", ["llama", "additive"])
def test_code_trains_without_netbuilder(name: str, tmp_path: Path) -> None:
    project = MADE[name]()
    export("code", project, build(project), tmp_path / "model.py")
    text = (tmp_path / "model.py").read_text("utf-8")
    assert "import netbuilder" not in text
    assert "from netbuilder" not in text
    name = "".join(part.capitalize() for part in project.name.split("_"))
    made = f"import model\nprint(sum(p.numel() for p in model.{name}().parameters()))"
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, '.')\n{made}"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) == sum(p.numel() for p in build(project).parameters())
