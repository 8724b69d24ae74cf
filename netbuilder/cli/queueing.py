"""``netbuilder train A B C``: one project after the other, whatever becomes of each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from netbuilder.cli.errors import Failure


def run_all(paths: Sequence[Path], train: Callable[[Path], None], json: bool) -> None:
    """Train each in turn; one that fails is told and does not keep the others from training.

    train: of one project; its errors are one sentence. Raises Failure at the end if any failed.
    """
    failed = []
    for number, path in enumerate(paths, start=1):
        if not json:
            sys.stdout.write(f"{number} of {len(paths)}: {path}\n")
            sys.stdout.flush()
        try:
            train(path)
        except (ValueError, Failure, OSError) as error:
            failed.append(path)
            sys.stderr.write(f"{path}: {' '.join(str(error).split())}\n")
    if failed:
        names = ", ".join(str(path) for path in failed)
        raise Failure(f"{len(failed)} of {len(paths)} runs failed: {names}.")
