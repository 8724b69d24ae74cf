"""The source of every example, as a person would read it.

``NETBUILDER_GOLDEN=write pytest tests/compiler/test_golden.py`` writes the files anew after a
change of the generator; read the difference before committing it.
"""

from __future__ import annotations

import ast
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch

from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build
from netbuilder.graph import Project

HERE = Path(__file__).parent / "golden"
EXAMPLES = Path(__file__).parents[2] / "examples" / "make_examples.py"


def imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"golden_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKERS: tuple[Callable[[], Project], ...] = imported(EXAMPLES).EXAMPLES


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_source_is_the_golden_one(make: Callable[[], Project]) -> None:
    text = generate(make()).text
    golden = HERE / f"{make.__name__}.py"
    if os.environ.get("NETBUILDER_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_golden_file_is_a_module_of_its_own(
    make: Callable[[], Project], random_batch: Callable[..., dict[tuple[str, str], torch.Tensor]]
) -> None:
    """It imports nothing but torch, and computes what NetBuilder computes."""
    project = make()
    golden = HERE / f"{make.__name__}.py"
    taken = [
        name
        for statement in ast.walk(ast.parse(golden.read_text(encoding="utf-8")))
        if isinstance(statement, ast.Import | ast.ImportFrom)
        for name in (getattr(statement, "module", None) or "", *(a.name for a in statement.names))
    ]
    assert taken
    assert not [name for name in taken if name.startswith("netbuilder")]
    module = build(project).eval()
    theirs = getattr(imported(golden), module.source.class_name)().eval()
    theirs.load_state_dict(module.state_dict())
    assert check(project).parameters == sum(p.numel() for p in theirs.parameters())
    drawn = random_batch(project, module.source, 3, 0)
    given = [drawn[a.node, a.port] for a in module.source.inputs]
    with torch.no_grad():
        torch.testing.assert_close(module(*given), theirs(*given), rtol=0, atol=0)


def test_no_example_has_a_problem() -> None:
    """A person who opens one sees nothing to mend, but where mending is what it is for."""
    for make in MAKERS:
        if make.__name__ != "classic_mistakes":  # tests/test_examples.py names what it has
            assert check(make()).problems == (), make.__name__
