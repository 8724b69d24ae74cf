"""What holds for the code as a whole: who imports whom, what is never done, what is shipped."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "netbuilder"
SOURCES = sorted(PACKAGE.rglob("*.py"))
LONGEST, MEDIAN = 450, 150

#: Loads without torch, so that the window opens before torch would be there.
TORCH_FREE = (
    "netbuilder",
    "netbuilder.graph.file",
    "netbuilder.layers",
    "netbuilder.compiler",
    "netbuilder.training.events",
    "netbuilder.training.settings",
    "netbuilder.engine.client",
    "netbuilder.cli",
    "netbuilder.building",
)
#: Calls that run what a file says, with the only places where they may stand.
EXECUTING = {
    "exec": {"netbuilder/compiler/build.py"},
    "compile": {"netbuilder/compiler/build.py"},
    "eval": set[str](),
    "__import__": set[str](),
    "torch.load": set[str](),
    "os.system": set[str](),
    "yaml.load": set[str](),
}
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "cloudpickle"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """Files that git knows or would add; every file that is not ignored where there is no git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


# --- imports -------------------------------------------------------------------------------


def test_the_order_of_packages_is_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def loaded(module: str) -> set[str]:
    """Top names of the modules that a fresh interpreter has after importing `module`."""
    code = f"import {module}, sys; print(*{{m.partition('.')[0] for m in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.slow
@pytest.mark.parametrize("module", TORCH_FREE)
def test_it_loads_without_torch_and_qt(module: str) -> None:
    assert not {"torch", "PySide6"} & loaded(module)


@pytest.mark.slow
def test_the_window_never_loads_torch() -> None:
    heavy = {"torch", "torchmetrics", "captum", "onnx", "sklearn", "scipy"}
    assert not heavy & loaded("netbuilder.app.main")


# --- what is never done ----------------------------------------------------------------------


def executing(path: Path) -> list[str]:
    """What a file calls or imports that would run what another file says."""
    found = []
    endings = {name.rpartition(".")[2] for name in EXECUTING}
    for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{named(path)}:{getattr(part, 'lineno', 0)}"
        modules: list[str] = []
        if isinstance(part, ast.Call):
            last = getattr(part.func, "id", getattr(part.func, "attr", ""))
            called = ast.unparse(part.func) if last in endings else last
            if named(path) not in EXECUTING.get(called, {named(path)}):
                found.append(f"{where} calls {called}")
            if any(keyword.arg == "shell" for keyword in part.keywords):
                found.append(f"{where} passes text to a shell")
        elif isinstance(part, ast.Import):
            modules = [alias.name for alias in part.names]
        elif isinstance(part, ast.ImportFrom):
            modules = [part.module or ""]
        found += [f"{where} imports {m}" for m in modules if m.split(".")[0] in UNSAFE_MODULES]
    return found


def test_nothing_that_a_file_says_is_executed() -> None:
    assert [line for path in SOURCES for line in executing(path)] == []


def test_the_search_for_execution_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    bad = tmp_path / "bad.py"
    bad.write_text("import pickle\nimport torch\neval('1')\ntorch.load('x')\nf(shell=True)\n")
    assert len(executing(bad)) == 4


def test_no_text_names_a_place_on_somebodys_machine() -> None:
    homes = ["/home" + "/", "/ro" + "ot/", "/wo" + "rk/", "/Us" + "ers/", r"C:\\Us" + "ers"]
    wrong = re.compile(r"(?<![\w.~])(" + "|".join(re.escape(h) for h in homes) + r")\w")
    found = []
    for path in tracked():
        if path.suffix in {".png", ".otf", ".ttf", ".txt"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if wrong.search(line):
                found.append(f"{named(path)}:{number} {line.strip()}")
    assert not found


def test_nothing_made_by_a_run_is_tracked() -> None:
    made = {".bak", ".pyc", ".tmp", ".sqlite", ".safetensors", ".onnx", ".pt2", ".log"}
    assert [named(p) for p in tracked() if p.suffix in made] == []


def test_no_package_is_hidden_by_gitignore() -> None:
    known = set(tracked())
    assert [named(p) for p in SOURCES if p not in known] == []


# --- files -----------------------------------------------------------------------------------


def test_files_are_short() -> None:
    lengths = {named(p): len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    assert {name: n for name, n in lengths.items() if n > LONGEST} == {}
    assert statistics.median(lengths.values()) <= MEDIAN


def test_every_module_says_what_it_is() -> None:
    silent = [p for p in SOURCES if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert [named(p) for p in silent] == []


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in SOURCES}
    assert [named(f) for f in sorted(folders) if not (f / "__init__.py").exists()] == []


# --- what is shipped -------------------------------------------------------------------------

_INSTALLED = """
import sys
from netbuilder import resources
from netbuilder.graph.file import load
assert "site" in resources.__file__, resources.__file__
assert len(resources.examples()) >= 7
for path in resources.examples():
    load(path)
for asset in ("fonts/Inter-Regular.otf", "fonts/OFL.txt", "text/pride_and_prejudice.txt"):
    assert resources.asset(asset).is_file(), asset
assert resources.help_page("index").is_file()
from netbuilder.compiler.inline import definitions
assert definitions()
"""


@pytest.mark.slow
def test_the_wheel_has_all_that_the_program_needs(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(site)
    for path in SOURCES:
        assert named(path) in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.endswith((".bak", ".pyc")) or "tests/" in name]
    run = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(site)!r})\n{_INSTALLED}"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
