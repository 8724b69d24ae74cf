"""Scripts that read the same NumPy files and images as the run, and reach the same figures."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from netbuilder.export import export
from netbuilder.graph import Project
from netbuilder.templates import TEMPLATES, started
from netbuilder.training.events import Finished
from netbuilder.training.loop import train
from tests.data.conftest import pictures


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["numpy_file", "image_folder"])
def test_a_script_reads_what_the_run_read(tmp_path: Path, kind: str) -> None:
    if kind == "numpy_file":
        random = np.random.default_rng(0)
        path = tmp_path / "rows.npz"
        pixels = random.integers(0, 256, (60, 8, 8, 3), dtype=np.uint8)
        np.savez(path, x=pixels, y=np.arange(60) % 3)
        params = {"path": str(path)}
    else:
        path = pictures(tmp_path / "pictures", 20)
        (path / "red" / "broken.png").write_text("no image")
        params = {"path": str(path), "height": 8, "width": 8}
    (template,) = (t for t in TEMPLATES if t.name == "classification")
    project: Project = started(template, kind, params)
    training = replace(project.training, epochs=1, device="cpu")
    project = replace(project, training=training)
    export("code", project, None, tmp_path / "script.py")
    *_, finished = train(project, folder=tmp_path / "run")
    assert isinstance(finished, Finished)
    environment = {**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())}
    command = [sys.executable, "-W", "error", str(tmp_path / "script.py")]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert ("left out: " in done.stdout) == (kind == "image_folder")
    said = done.stdout.lower()
    assert f"{finished.test['accuracy']:.4g}" in said, (said, finished.test)
    assert f"{finished.test['main']:.4g}" in said, (said, finished.test)
