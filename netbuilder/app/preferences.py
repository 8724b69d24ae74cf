"""What the window remembers: theme, places of docks, what is shown, chosen keys."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Mapping
from typing import Any, cast

from PySide6.QtCore import QByteArray

from netbuilder.app.theme import Mode
from netbuilder.folders import home
from netbuilder.graph.atomic import FileError, atomic_write


class Preferences:
    """One small JSON file in the program's data folder."""

    def __init__(self) -> None:
        self._path = home() / "window.json"
        self._values: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            values = json.loads(self._path.read_text(encoding="utf-8"))
            self._values = values if isinstance(values, dict) else {}

    @property
    def theme(self) -> Mode:
        """dark, light, or as the desktop has it."""
        mode = self._values.get("theme")
        return cast(Mode, mode) if mode in ("dark", "light", "system") else "system"

    def flag(self, name: str, default: bool) -> bool:
        """A choice that is on or off."""
        value = self._values.get(name)
        return value if isinstance(value, bool) else default

    def table(self, name: str) -> Mapping[str, Any]:
        """Values by name, as they stand in the file."""
        values = self._values.get(name)
        return dict(values) if isinstance(values, dict) else {}

    def places(self, name: str) -> QByteArray | None:
        """State of windows and docks as Qt gave it."""
        text = self._values.get(name)
        if not isinstance(text, str):
            return None
        with contextlib.suppress(ValueError):
            return QByteArray(base64.b64decode(text, validate=True))
        return None

    def keep(self, **values: Any) -> None:
        """Remember values; a file that cannot be written is no reason to disturb anybody."""
        for name, value in values.items():
            if isinstance(value, QByteArray):
                value = base64.b64encode(value.data()).decode("ascii")
            self._values[name] = value
        with contextlib.suppress(FileError):
            atomic_write(self._path, json.dumps(self._values, indent=2).encode())
