"""What each command prints, for people and with --json."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import netbuilder
from netbuilder import resources
from netbuilder.architectures import vit
from netbuilder.cli import output
from netbuilder.compiler import check, generate
from netbuilder.graph.file import load
from netbuilder.layers import REGISTRY
from netbuilder.layers.formula import plain

Nb = Callable[..., Any]


def test_version_and_help(nb: Nb) -> None:
    assert nb("--version").out.strip() == netbuilder.__version__
    shown = nb("--help")
    assert shown.code == 0
    for command in ("train", "check", "code", "export", "explain", "screenshot", "layers",
                    "examples", "architectures", "runs", "doctor"):  # fmt: skip
        assert command in shown.out
        assert nb(command, "--help").code == 0


def test_check(nb: Nb, project: Path) -> None:
    ran = nb("check", project)
    assert (ran.code, ran.err) == (0, "")
    for row in ("linear_1", "B × 8", "Cross-entropy", "42 parameters"):
        assert row in ran.out
    found = nb("check", project, "--json").json
    known = check(load(project).project)
    assert found["parameters"] == known.parameters == 42
    assert found["multiply_adds"] == known.multiply_adds
    assert set(found["nodes"]) == {".".join(path) for path in known.nodes}
    assert found["nodes"]["linear_1"]["outputs"] == {"y": "B × 8"}
    assert found["problems"] == []


def test_check_shows_what_is_inside_blocks(nb: Nb) -> None:
    ran = nb("check", "char_transformer")
    assert ran.code == 0
    rows = [line.split()[0] for line in ran.out.splitlines() if line.strip()]
    block = rows.index("transformer_block_1")
    assert rows[block + 1 : block + 3] == ["input_1", "layer_norm_1"]
    found = nb("check", "char_transformer", "--json").json["nodes"]
    inner = [name for name in found if name.startswith("transformer_block_1[1].")]
    assert "transformer_block_1[1].multihead_attention_1" in inner


def test_code(nb: Nb, project: Path) -> None:
    ran = nb("code", project)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == generate(load(project).project).text
    compile(ran.out, "printed", "exec")


def test_code_into_a_file(nb: Nb, project: Path, tmp_path: Path) -> None:
    target = tmp_path / "small.py"
    ran = nb("code", project, "-o", target)
    assert ran.code == 0
    assert str(target) in ran.out
    text = target.read_text("utf-8")
    assert generate(load(project).project).text.split("\n\n\n")[-1].strip() in text
    assert "import netbuilder" not in text
    compile(text, str(target), "exec")


def test_layers(nb: Nb) -> None:
    found = nb("layers", "--json").json
    assert {row["kind"] for row in found} == set(REGISTRY)
    assert all(row["help"] and row["title"] and row["family"] for row in found)
    for row in found:
        kind = REGISTRY[row["kind"]]
        for name in ("title", "family", "role", "tex", "cites", "use", "also"):
            assert row[name] == getattr(kind, name)
        assert row["formula"] == plain(kind.tex)
        assert tuple(row["mistakes"]) == kind.mistakes
        for rows, declared in (
            (row["inputs"], kind().input_ports()),
            (row["params"], kind.params()),
        ):
            assert rows == [output.plain(d) for d in declared]
        assert tuple(row["outputs"]) == kind().output_ports()
    convolution = next(row for row in found if row["kind"] == "conv2d")
    kernel = next(p for p in convolution["params"] if p["name"] == "kernel_size")
    assert (kernel["type"], kernel["default"], kernel["min"]) == ("ints", [3], 1)
    ran = nb("layers")
    assert ran.code == 0
    assert all(f"\n{kind} " in ran.out for kind in REGISTRY)


def test_examples(nb: Nb) -> None:
    found = nb("examples", "--json").json
    every = [*resources.examples(), *resources.published()]
    assert [Path(row["path"]) for row in found] == every
    assert all(row["notes"] for row in found)
    ran = nb("examples")
    assert ran.code == 0
    assert all(row["name"] in ran.out for row in found)


def test_architectures(nb: Nb, tmp_path: Path) -> None:
    found = nb("architectures", "--json").json
    assert {"name": "gpt2", "parameters": 124_439_808} in found
    ran = nb("architectures")
    assert "86,567,656" in ran.out
    file = tmp_path / "mine.netbuilder"
    assert nb("architectures", "vit", "-o", file).code == 0
    assert load(file).project == vit()
    ran = nb("architectures", "gpt9")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("There is no architecture called gpt9; there are ")


def test_doctor(nb: Nb, own_home: Path) -> None:
    found = nb("doctor", "--json").json
    assert found["netbuilder"] == netbuilder.__version__
    assert found["data folder"] == str(own_home)
    assert "cpu" in found["devices"]
    assert "torch" in nb("doctor").out


def test_no_runs_yet(nb: Nb) -> None:
    assert nb("runs", "--json").json == []
    assert "no runs yet" in nb("runs").out


def test_commands_load_neither_torch_nor_qt() -> None:
    """So they answer at once."""
    script = (
        "import sys; sys.argv = ['netbuilder', 'check', 'digits_cnn', '--json']\n"
        "from netbuilder.cli import main\n"
        "try: main()\n"
        "except SystemExit as e: assert not e.code, e.code\n"
        "assert not {'torch', 'PySide6', 'sklearn'} & set(sys.modules), sorted(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.slow
def test_screenshot(nb: Nb, project: Path, tmp_path: Path) -> None:
    target = tmp_path / "window.png"
    command = [sys.executable, "-m", "netbuilder", "screenshot", project, "-o", target]
    done = subprocess.run([*command, "--size", "1400x900"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    from PIL import Image

    with Image.open(target) as picture:
        assert picture.size == (1400, 900)
        assert len(picture.convert("RGB").getcolors(1400 * 900) or []) > 100
