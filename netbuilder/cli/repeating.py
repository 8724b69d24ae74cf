"""``netbuilder runs repeat``, ``follow`` and ``stop``: runs that train, here or elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

from netbuilder.cli import output
from netbuilder.cli.errors import Failure, InputError
from netbuilder.cli.training import reading_told, teller
from netbuilder.training import presence
from netbuilder.training.events import Failed
from netbuilder.training.follower import follow as followed
from netbuilder.training.run import open_run


def run(name: str, folder: Path | None, json: bool) -> None:
    """Train again and compare; raises Failure if the losses are not the same."""
    from netbuilder.training.repeat import Repeated, repeat

    found = open_run(name)
    tell = teller(json)
    result: Repeated | None = None
    try:
        for event in reading_told(repeat(found, folder), tell):
            if isinstance(event, Repeated):
                result = event
                continue
            tell(event)
            if isinstance(event, Failed):
                raise Failure(event.message)
    finally:
        tell.close()
    assert result is not None
    if json:
        told = {"identical": result.identical, "sentence": result.sentence}
        output.line({"event": "Repeated", **output.plain(result), **told})
    else:
        output.text(result.sentence)
    if not result.identical:
        raise Failure(result.sentence if json else f"{found.id} was not repeated to the bit.")


def follow(name: str, json: bool) -> None:
    """Tell of a run until it ends; raises Failure if it failed."""
    found = open_run(name)
    tell = teller(json)
    try:
        for event in followed(found):
            tell(event)
            if isinstance(event, Failed):
                raise Failure(event.message)
    except KeyboardInterrupt:
        tell.close()
        sys.stderr.write(f"{found.id} goes on; netbuilder runs stop {found.id} ends it.\n")
        sys.exit(130)
    finally:
        tell.close()


def stop(name: str, after_epoch: bool) -> None:
    """Ask a run to end, and wait until it has heard it."""
    found = open_run(name)
    if not presence.ask(found.folder, "stop after epoch" if after_epoch else "stop"):
        raise InputError(f"{found.id} is not in progress: it is {found.state}.")
    output.text(f"{found.id} ends after this {'epoch' if after_epoch else 'step'}.")
