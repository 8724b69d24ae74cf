"""What the window remembers survives, and what is broken on the disk does no harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QApplication

from netbuilder.app import theme
from netbuilder.app.document import Document
from netbuilder.app.preferences import Preferences
from netbuilder.app.recent import recent

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow


def test_values_come_back() -> None:
    places = QByteArray(b"\x00\xffdocks")
    Preferences().keep(theme="light", activations=False, docks=places)
    again = Preferences()
    assert again.theme == "light"
    assert again.flag("activations", True) is False
    assert again.places("docks") == places
    again.keep(theme="dark")
    assert Preferences().theme == "dark"
    assert Preferences().places("docks") == places


def test_at_first_nothing_is_known() -> None:
    fresh = Preferences()
    assert fresh.theme == "system"
    assert fresh.flag("activations", True) is True
    assert fresh.places("docks") is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1, 2]", '{"theme": "pink", "activations": 3, "docks": 7}', '{"docks": "%%%"}'],
)
def test_a_broken_file_is_as_none(own_home: Path, text: str) -> None:
    (own_home / "window.json").write_text(text)
    found = Preferences()
    assert found.theme == "system"
    assert found.flag("activations", True) is True
    assert found.places("docks") is None
    found.keep(theme="dark")
    assert Preferences().theme == "dark"


def test_a_file_that_cannot_be_written_disturbs_nobody(own_home: Path) -> None:
    (own_home / "window.json").mkdir()
    kept = Preferences()
    kept.keep(theme="dark")
    assert kept.theme == "dark"


@pytest.mark.slow
def test_high_contrast_is_chosen_in_the_menu_and_remembered(
    open_window: Callable[..., MainWindow],
) -> None:
    window = open_window()
    action = window.menus.by_name["theme.contrast"]
    assert not action.isChecked()
    action.trigger()
    assert theme.current() == theme.high_contrast(theme.DARK)
    assert Preferences().flag("high_contrast", False)
    assert open_window().menus.by_name["theme.contrast"].isChecked()
    action.trigger()
    assert theme.current() is theme.DARK
    assert not Preferences().flag("high_contrast", True)


def test_where_nothing_can_be_kept_the_program_works_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NETBUILDER_HOME", str(tmp_path / "file" / "home"))
    preferences, document = Preferences(), Document()
    preferences.keep(theme="light")
    assert preferences.theme == "light"
    told: list[str] = []
    document.trouble.connect(told.append)
    for notes in ("a", "b"):
        document.edit("Write notes", replace(document.project, notes=notes))
    assert len(told) == 1
    assert "was not kept for recovery" in told[0]
    document.save_as(tmp_path / "project.netbuilder")
    assert (document.clean, recent(), Document.leftovers()) == (True, (), ())
    document.close()
