"""Exported files appear only once they are wanted: written beside the target, then moved.

So an export can be cancelled while the engine still writes, and nothing is left behind.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from netbuilder.graph.atomic import FileError, reason


class Staging:
    """A folder beside `target`; `path` is what the engine is told to write.

    Raises FileError if the folder of the target cannot be written.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        try:
            folder = tempfile.mkdtemp(prefix=".netbuilder-export-", dir=target.parent)
        except OSError as error:
            raise FileError(reason(error, target.parent, "written")) from None
        self.folder = Path(folder)

    @property
    def path(self) -> Path:
        """Where the engine writes; a name of the same form, so that files name each other."""
        return self.folder / self.target.name

    def release(self, written: Sequence[Path]) -> list[Path]:
        """Move what was written to where it belongs. Raises FileError."""
        moved = []
        try:
            for path in written:
                goal = self.target.parent / path.relative_to(self.folder)
                goal.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, goal)
                moved.append(goal)
        except (OSError, ValueError) as error:
            if isinstance(error, OSError):
                raise FileError(reason(error, self.target, "written")) from None
            raise FileError(f"The export wrote outside its folder: {error}.") from None
        finally:
            self.discard()
        return moved

    def discard(self) -> None:
        """Take the folder away with whatever is in it."""
        with contextlib.suppress(OSError):
            shutil.rmtree(self.folder)
