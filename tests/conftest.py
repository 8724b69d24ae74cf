"""What every test stands on: no display, no user's folders, few threads."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import HealthCheck, settings

from netbuilder.layers import trial

# How long drawing an example takes says something about the machine, not about the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


#: Files of minutes, longest first: each worker begins with its share of them, so that what is
#: left for the end, when workers take each other's tests, are short ones.
LONGEST = (
    "test_examples", "test_exports", "test_docs", "test_bad_input",
    "test_two_processes", "test_leaving_as_onnx", "test_study", "test_random_graphs",
    "test_resume", "test_journey", "test_client", "test_sequences",
)  # fmt: skip


def spread(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """In the order in which ``--dist=worksteal`` gives each worker one piece of equal length."""
    long = {name: [item for item in items if item.path.stem == name] for name in LONGEST}
    rest = iter([item for item in items if item.path.stem not in long])
    found: list[pytest.Item] = []
    for worker in range(workers):
        left = len(items) - len(found)
        first = [item for name in LONGEST[worker::workers] for item in long[name]]
        found += first
        found += itertools.islice(rest, max(0, left // (workers - worker) - len(first)))
    return found + list(rest)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked `long` says the same as its shorter sister, many times over."""
    if not os.environ.get("NETBUILDER_LONG"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    if workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
        items[:] = spread(items, workers)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs, recovery journals and settings of a test go to a folder of its own."""
    home = tmp_path_factory.mktemp("netbuilder_home")
    monkeypatch.setenv("NETBUILDER_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def own_trials() -> Iterator[None]:
    """A window asks its engine for shapes; the tests after it have torch itself again."""
    yield
    if compiler := sys.modules.get("netbuilder.compiler.trial"):
        trial.install(compiler.attempt)
