"""``netbuilder rehearse``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Nb = Callable[..., Any]


def test_a_rate_and_a_batch(nb: Nb, project: Path) -> None:
    found = nb("rehearse", project, "--json").json
    assert len(found["rates"]) == len(found["losses"])
    assert found["suggestion"] is None or 1e-6 < found["suggestion"] < 10
    said = nb("rehearse", project, "--what", "batch").out
    assert "the loss of one batch" in said.lower()
    ran = nb("rehearse", project, "--what", "luck")
    assert (ran.code, ran.sentence) == (
        2, "A rehearsal is of the rate or of one batch, not of luck.",
    )  # fmt: skip
