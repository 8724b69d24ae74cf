"""The first reading of a data set tells how far it is, where it takes long."""

from __future__ import annotations

from pathlib import Path

import pytest

from netbuilder.data import load, reading
from netbuilder.layers.data_images import ImageFolder
from tests.data.conftest import pictures

Heard = list[tuple[str, int, int]]


def heard(tmp_path: Path) -> Heard:
    folder, found = pictures(tmp_path / "pictures", 100), Heard()
    with reading.heard_by(lambda *told: found.append(told)):
        load(ImageFolder(path=str(folder), height=4, width=4))
    return found


def test_a_short_one_needs_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_SILENT_S", 1e3)
    assert heard(tmp_path) == []


def test_a_long_one_tells_until_all_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_SILENT_S", 0.0)
    monkeypatch.setattr(reading, "_BETWEEN_S", 0.0)
    found = heard(tmp_path)
    total = found[-1][2]
    counts = [done for _, done, _ in found]
    assert {what for what, _, _ in found} == {"images of pictures"}
    assert counts == sorted(counts)
    assert 0 < counts[0] < counts[-1] == total
    assert reading._listeners == []
