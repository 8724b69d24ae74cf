"""What README and the guide say is true: links, commands, examples, tables."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from typer.main import get_command

from netbuilder.app.command_table import CANVAS
from netbuilder.cli import COMMANDS
from netbuilder.cli.program import program
from netbuilder.export import KINDS
from netbuilder.help import catalogue, curriculum, keys
from netbuilder.help.rows import GROUPS
from netbuilder.layers import REGISTRY
from netbuilder.resources import example, help_page
from netbuilder.training.settings import ALGORITHMS

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
HELP = sorted((ROOT / "netbuilder" / "help").glob("*.md"))
PAGES = [README, ROOT / "netbuilder" / "README.md", ROOT / "CHANGELOG.md", *HELP]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, language: str) -> list[str]:
    """Code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text(path), re.MULTILINE | re.DOTALL)


def section(path: Path, heading: str) -> str:
    """What stands below a heading of the second level."""
    return text(path).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def environment(home: Path) -> dict[str, str]:
    return os.environ | {
        "NETBUILDER_HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
    }


# --- links -------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```$", "", text(page), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", prose) + re.findall(r'src(?:set)?="([^"]+)"', prose)
    for link in links:
        if not re.match(r"https?://|#", link):
            assert (page.parent / link.partition("#")[0]).exists(), link


def test_every_page_of_the_guide_can_be_reached() -> None:
    seen, queue = set[str](), ["index"]
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue += re.findall(r"\]\((\w+)\.md\)", text(help_page(name)))
    assert seen == {page.stem for page in HELP}
    stuck = [page.stem for page in HELP if not text(page).endswith("](index.md)\n")]
    assert stuck == ["index"]


def test_pictures_are_small_shown_and_dark_and_light() -> None:
    pictures = sorted((ROOT / "assets").glob("*.png"))
    sizes = [picture.stat().st_size for picture in pictures]
    assert max(sizes) < 250_000
    assert sum(sizes) < 2_500_000
    scenes = {picture.stem.rpartition("_")[0] for picture in pictures}
    assert {f"{s}_{m}" for s in scenes for m in ("dark", "light")} == {p.stem for p in pictures}
    shown = "".join(text(page) for page in PAGES)
    command = text(ROOT / "assets" / "make_screenshots.py")
    for scene in scenes:
        assert f"assets/{scene}_dark.png" in shown, scene
        assert f'yield "{scene}"' in command, scene


# --- the two commands --------------------------------------------------------------------------


def test_ci_runs_the_test_command_of_the_readme() -> None:
    program_text = re.search(r"command=\$\(awk '(.+)' README\.md\)", text(ROOT / ".ci" / "run"))
    assert program_text is not None
    found = subprocess.run(
        ["awk", program_text[1], str(README)], capture_output=True, text=True, check=True
    ).stdout.strip()
    run, test = (block.strip() for block in blocks(README, "bash")[:2])
    assert found == test
    assert "\n" not in run + test
    set_up = "python3 -m venv .venv && .venv/bin/pip install -q -e "
    assert run == set_up + ". && .venv/bin/netbuilder"
    assert test == set_up + '".[dev]" && .venv/bin/python -m pytest -n auto --maxprocesses=4'
    assert "pip install" not in text(ROOT / ".ci" / "run")


def test_readme_and_ci_name_the_same_libraries() -> None:
    (line,) = re.findall(r"`apt-get install ([^`]+)`", text(README))
    assert set(line.split()) == set(
        re.findall(r"lib[\w.+-]+\.so\.\d+:(\S+)", text(ROOT / ".ci" / "run"))
    )


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_the_script_of_ci_is_sound() -> None:
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


# --- the command line --------------------------------------------------------------------------


def lines_of_commands() -> list[list[str]]:
    """Every `netbuilder …` of README and guide, in blocks or in the running text."""
    found = []
    for page in (README, *HELP):
        scripts = "\n".join(blocks(page, "bash") + re.findall(r"`(netbuilder [^`]+)`", text(page)))
        for line in scripts.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["netbuilder"]:
                found.append(words[1:])
    return found


def test_commands_that_are_mentioned_exist() -> None:
    group = get_command(program)
    known = group.commands  # type: ignore[attr-defined]
    assert set(known) == set(COMMANDS)
    placeholders = {"PROJECT", "COMMAND"}
    used = set()
    for words in lines_of_commands():
        name, *rest = words
        if name in placeholders:
            continue
        used.add(name)
        command = known[name]
        if rest and rest[0] in getattr(command, "commands", {}):
            command = command.commands[rest[0]]
        options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
        for word in rest:
            if word.startswith("-"):
                assert word in {*options, "--help"}, f"netbuilder {' '.join(words)}"
    assert used == set(COMMANDS)


def test_the_guide_has_every_command() -> None:
    table = text(help_page("command_line"))
    for name in COMMANDS:
        assert f"| `netbuilder {name}" in table


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_the_lines_of_the_readme_can_be_run_one_after_the_other(tmp_path: Path) -> None:
    (script,) = re.findall(
        r"^```bash\n(.*?)^```$", section(README, "On the command line"), re.MULTILINE | re.DOTALL
    )
    python = shlex.quote(sys.executable)
    head = f'netbuilder() {{ {python} -m netbuilder "$@"; }}\npython() {{ {python} "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", head + script],
        cwd=tmp_path,
        env=environment(tmp_path / "home"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    written = re.findall(r"-o (\S+)", script)
    assert len(written) == 5
    assert all((tmp_path / name).stat().st_size > 200 for name in written)


# --- Python ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_python_of_the_readme_runs_and_learns(tmp_path: Path) -> None:
    code = blocks(README, "python")[0]
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", code],
        cwd=tmp_path,
        env=environment(tmp_path / "home"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "spirals.netbuilder").is_file()
    assert (tmp_path / "spirals.onnx").is_file()
    reached = re.search(r"test split: .*'accuracy': ([\d.]+)", done.stdout)
    assert reached is not None
    assert float(reached[1]) >= 0.98


def test_the_layer_of_the_readme_is_short_and_works(tmp_path: Path) -> None:
    code = blocks(README, "python")[1]
    declaration = code.strip().partition("\n\n\n")[2]
    assert len(declaration.splitlines()) <= 15
    use = """
import netbuilder as nb
net = nb.Network("try")
data = net.spirals()
x = net.linear(net.asinh(data.point), out_features=2)
net.output(x)
net.cross_entropy(x, data.label)
print(nb.code(net.project()))
"""
    done = subprocess.run(
        [sys.executable, "-c", code + use],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "x = torch.asinh(point)" in done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_python_in_the_pages_is_python(page: Path) -> None:
    for code in blocks(page, "python"):
        ast.parse(code)


def test_readme_names_every_benchmark() -> None:
    shown = set(re.findall(r"tests/benchmarks/(\w+\.py)", text(README)))
    there = {p.name for p in (ROOT / "tests" / "benchmarks").glob("*.py")}
    assert shown == {name for name in there if not name.startswith("_")}


# --- what is generated -------------------------------------------------------------------------


def test_the_table_of_keys_is_current() -> None:
    page = text(help_page("canvas"))
    assert page == keys.with_keys(page), "python -m netbuilder.help writes it anew"


def test_keys_are_read_as_the_program_declares_them() -> None:
    from PySide6.QtGui import QKeySequence

    found = dict(keys.canvas_keys())
    assert list(found) == [command.text for command in CANVAS.values() if command.keys]
    assert ("Run", "`Ctrl+Enter`") in keys.window_keys()
    for shown in (*found.values(), *dict(keys.window_keys()).values()):
        for key in re.findall(r"`([^`]+)`", shown):
            assert QKeySequence(key.replace("Enter", "Return")).count() == 1, key


def test_no_key_means_two_things() -> None:
    """A key of the canvas that is a key of the window too would do neither."""
    used: dict[str, list[str]] = {}
    for words, shown in (*keys.canvas_keys(), *keys.window_keys()):
        for key in re.findall(r"`([^`]+)`", shown):
            used.setdefault(key, []).append(words)
    assert {key: words for key, words in used.items() if len(words) > 1} == {}


def test_the_page_of_the_curriculum_is_current() -> None:
    assert text(help_page("curriculum")) == curriculum.curriculum_page(), (
        "python -m netbuilder.help writes it anew"
    )


def test_the_catalogue_is_current_and_whole() -> None:
    page = text(help_page("catalogue"))
    assert page == catalogue.catalogue_page(), "python -m netbuilder.help writes it anew"
    for kind in REGISTRY.values():
        assert page.count(f'<a id="{kind.kind}"></a>\n\n### {kind.title}\n') == 1
        assert page.count(f"](#{kind.kind})") == 1
        part = page.partition(f'<a id="{kind.kind}"></a>')[2].partition("<a id=")[0]
        for param in kind.params():
            assert f"`{param.name}`" in part
        for port in (*(p.name for p in kind().input_ports()), *kind().output_ports()):
            assert f"`{port}`" in part


def test_every_kind_has_its_pictures_and_they_are_small() -> None:
    pictures = list((ROOT / "assets" / "layers").glob("*.png"))
    wanted = {f"{kind}_{mode}.png" for kind in REGISTRY for mode in ("dark", "light")}
    assert {p.name for p in pictures} == wanted, "python assets/make_layer_pictures.py draws them"
    assert sum(picture.stat().st_size for picture in pictures) < 1_000_000


def test_the_curriculum_has_its_64_rows_in_order() -> None:
    sizes = {"A": 9, "B": 4, "C": 7, "D": 10, "E": 6, "F": 6}
    sizes |= {"G": 5, "H": 4, "I": 3, "J": 2, "K": 7, "L": 1}
    ids = [row.id for rows in GROUPS.values() for row in rows]
    assert ids == [f"{group}{i + 1}" for group, n in sizes.items() for i in range(n)]
    assert len(ids) == 64


def test_a_row_is_done_only_if_all_it_names_exists() -> None:
    for finding in curriculum.findings():
        there = [curriculum.exists(need) for need in finding.row.needs]
        proven = curriculum.exists(f"test:{finding.row.proof}")
        used = finding.row.example != "" and example(finding.row.example).is_file()
        assert (finding.status == "done") == (all(there) and proven and used)
        assert (finding.status == "later") == (not any(there))


@pytest.mark.parametrize(
    ("need", "there"),
    [
        ("kind:relu", True),
        ("kind:nothing", False),
        ("architecture:gpt2", True),
        ("architecture:gpt9", False),
        ("param:conv2d.groups", True),
        ("param:conv2d.nothing", False),
        ("param:positional_encoding.method=learned", True),
        ("param:positional_encoding.method=nothing", False),
        ("algorithm:adam", True),
        ("setting:adam.clip", True),
        ("setting:adam.momentum", False),
        ("training:batch_size", True),
        ("saliency:occlusion", True),
        ("saliency:nothing", False),
        ("code:netbuilder/explain/boundary.py:decision_boundary", True),
        ("code:netbuilder/explain/boundary.py:nothing", False),
        ("code:netbuilder/nothing.py:nothing", False),
        ("test:", False),
        ("example:digits_vae", True),
        ("example:", False),
        ("later:anything", False),
    ],
)
def test_what_exists_is_looked_up(need: str, there: bool) -> None:
    assert curriculum.exists(need) is there


# --- the guide says all there is ---------------------------------------------------------------


def sentences() -> list[str]:
    """The longest part without a name in it of every problem the compiler can tell."""
    found = []
    for path in sorted((ROOT / "netbuilder" / "compiler").glob("*.py")):
        for call in ast.walk(ast.parse(text(path))):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            parts: list[ast.expr] = [call.args[0]]
            if isinstance(call.args[0], ast.JoinedStr):
                parts = call.args[0].values
            words = [str(p.value) for p in parts if isinstance(p, ast.Constant)]
            if name in ("Problem", "_problem") and words:
                found.append(max(words, key=len).strip(" .:,;"))
    return found


def test_the_guide_tells_what_helps_against_every_problem() -> None:
    page = " ".join(text(help_page("problems")).split())
    assert len(sentences()) >= 20
    assert [s for s in sentences() if s not in page] == []


def test_the_guide_names_everything_there_is_to_choose() -> None:
    data = text(help_page("data"))
    for kind in REGISTRY.values():
        if kind.role == "data":
            assert kind.title in data, kind.title
    optimisers = text(help_page("optimisers"))
    for algorithm in ALGORITHMS.values():
        assert f"| {algorithm.title} |" in optimisers
    for kind_of_export in KINDS:
        assert f"| {kind_of_export} |" in text(help_page("exporting"))
        assert f"| `{kind_of_export}` |" in text(README)


def test_the_guide_names_every_saliency_method() -> None:
    from netbuilder.app.panels.look_inside.methods import TITLES

    page = text(help_page("looking_inside"))
    for title in TITLES.values():
        assert f"| {title} |" in page, title


@pytest.mark.slow
def test_the_table_of_keys_has_every_key_of_the_window(qtbot: QtBot) -> None:
    from PySide6.QtGui import QAction

    from netbuilder.app.window import MainWindow

    window = MainWindow()
    qtbot.addWidget(window)
    page = text(help_page("canvas"))
    used = [s.toString() for a in window.findChildren(QAction) for s in a.shortcuts()]
    assert len(used) > 50
    panels = {f"Alt+{i}" for i in range(1, 8)}
    named = {key.replace("Return", "Enter") for key in used} - panels
    assert {key for key in named if f"`{key}`" not in page} == set()
    assert panels <= set(used)
