"""The command line: everything the window does.

``netbuilder [PROJECT]`` opens the editor; it is decided before anything heavy loads.
"""

from __future__ import annotations

import sys
from pathlib import Path

COMMANDS = (
    "train", "check", "code", "export", "explain", "screenshot", "layers", "examples",
    "architectures", "baselines", "elsewhere", "race", "tune", "rehearse", "runs",
    "trust", "doctor",
)  # fmt: skip


def main() -> None:
    """Entry point of the ``netbuilder`` command."""
    arguments = sys.argv[1:]
    if not arguments or _is_project(arguments[0]):
        from netbuilder.app.main import main as window

        sys.exit(window(arguments))
    from netbuilder.training.waiting import wait_asleep

    wait_asleep()
    from netbuilder.cli.errors import told
    from netbuilder.cli.program import program

    with told():
        # Outside its standalone mode typer raises, so that every error is told in one way.
        code = program(prog_name="netbuilder", standalone_mode=False)
        sys.stdout.flush()  # here, where a reader that has gone away is expected
        sys.exit(code or 0)


def _is_project(argument: str) -> bool:
    """Whether an argument names something the editor opens rather than a command."""
    if argument in COMMANDS or argument.startswith("-"):
        return False
    from netbuilder import resources

    path = Path(argument)
    return path.suffix != "" or path.exists() or resources.example(argument).exists()
