"""What probes found on this computer, so that the same network is not tried twice."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import Any

import torch

from netbuilder.compiler import Source
from netbuilder.folders import home
from netbuilder.graph.atomic import FileError, atomic_write
from netbuilder.training.speed.plan import Plan
from netbuilder.training.speed.probe import Found

#: Remembered at most; the oldest go first.
_LIMIT = 500


def key(source: Source, batch_size: int, device: str, plans: list[Plan]) -> str:
    """One word for a network, the shapes of its batch, where it runs and what may be chosen."""
    facts = [
        source.text,
        [f"{field.name} {field.spec.shape}" for field in source.fields],
        [f"{o.optimiser.algorithm} {o.optimiser.steps}" for o in source.objectives],
        batch_size,
        device,
        torch.get_num_threads(),
        str(torch.__version__),
        [plan.saved() for plan in plans],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def recall(name: str) -> Found | None:
    """What was found for this key before."""
    entry = _read().get(name)
    if not isinstance(entry, dict):
        return None
    plan = Plan.of(entry.get("plan"))
    gain, times = entry.get("gain"), entry.get("times")
    if plan is None or not isinstance(gain, int | float) or not isinstance(times, dict):
        return None
    return Found(plan, float(gain), times, str(entry.get("why", "")))


def remember(name: str, found: Found) -> None:
    """Keep it. A folder that cannot be written only costs the next probe."""
    entries = _read()
    entries.pop(name, None)
    entries[name] = found.saved()
    kept = dict(list(entries.items())[-_LIMIT:])
    with contextlib.suppress(FileError):
        atomic_write(home() / "probes.json", json.dumps(kept, indent=1).encode())


def _read() -> dict[str, Any]:
    try:
        found = json.loads((home() / "probes.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
