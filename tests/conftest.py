"""What every test stands on: no display, no user's folders, few threads."""

from __future__ import annotations

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked `long` says the same as its shorter sister, many times over."""
    if not os.environ.get("NETBUILDER_LONG"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


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
