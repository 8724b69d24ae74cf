"""Published networks leave as ONNX and as code of their own."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from netbuilder.architectures import (
    ARCHITECTURES,
    bert,
    char_rnn,
    conformer,
    densenet121,
    llama,
    seq2seq,
    vit,
)
from netbuilder.compiler.build import build
from netbuilder.export import export
from netbuilder.export.subject import Subject
from netbuilder.graph import Project
from tests.architectures.small import EVERY

#: One of each sort is enough for what they share; fewer layers, because each takes a while.
ONNX: dict[str, Callable[[], Project]] = {
    "unet": EVERY["unet"],
    "resnet18": EVERY["resnet18"],
    "densenet121": lambda: densenet121(image=32, growth=4, depths=(1, 1, 1, 1), classes=5),
    "char_rnn": lambda: char_rnn(vocabulary=23, context=4, hidden=8, layers=1),
    "bert": lambda: bert(vocabulary=23, context=7, width=12, heads=3, layers=1),
    "vit": lambda: vit(image=8, patch=4, width=12, heads=3, layers=1, classes=5),
    "llama": lambda: llama(
        vocabulary=23, context=7, width=16, heads=4, key_heads=2, hidden=24, layers=1
    ),
    "conformer": lambda: conformer(
        frames=24, frequencies=9, width=8, heads=2, layers=1, kernel=5, classes=4
    ),
    # Its steps are written out one by one.
    "seq2seq": lambda: seq2seq(vocabulary=23, source=4, target=2, width=6, hidden=8),
    "cosine": lambda: seq2seq(vocabulary=23, source=4, target=2, width=6, hidden=8, score="cosine"),
}
#: Of a sort that others show, too.
ALIKE = ("densenet121", "char_rnn", "bert", "cosine")


def test_these_are_all() -> None:
    assert set(EVERY) == set(ARCHITECTURES)


@pytest.mark.parametrize("name", EVERY)
def test_code_of_its_own_answers_alike(name: str, tmp_path: Path) -> None:
    """The file that is exported, imported as a module, with the same weights."""
    project = EVERY[name]()
    torch.manual_seed(0)
    ours = build(project).eval()
    export("code", project, ours, tmp_path / "model.py")
    spec = importlib.util.spec_from_file_location(f"exported_{name}", tmp_path / "model.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    theirs = getattr(made, type(ours).__name__)().eval()
    theirs.load_state_dict(ours.state_dict())
    with torch.no_grad():
        subject = Subject.of(ours)
        example = subject.example(2, seed=0)
        found = theirs(*example)
        for one, other in zip(
            subject.answers(example), found if isinstance(found, tuple) else (found,), strict=True
        ):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.long] if n in ALIKE else []) for n in ONNX]
)
def test_onnx_answers_alike(name: str, tmp_path: Path) -> None:
    project = ONNX[name]()
    torch.manual_seed(0)
    report = export("onnx", project, build(project), tmp_path / "model.onnx")
    assert max(report.differences.values()) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("name", ["llama", "seq2seq"])
def test_code_trains_without_netbuilder(name: str, tmp_path: Path) -> None:
    project = EVERY[name]()
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
