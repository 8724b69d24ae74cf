"""Rows read ahead are the rows that lie on the device, and nothing is left behind."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch

from netbuilder.data import Fields, load
from netbuilder.data import images as reading
from netbuilder.data.batching import Batching
from netbuilder.data.device import OnDevice
from netbuilder.data.lazy import Array, Bad, Indices, Lazy
from netbuilder.data.streaming import Streamed
from netbuilder.layers import DataError
from netbuilder.layers.data_arrays import NumpyFile
from netbuilder.layers.data_images import ImageFolder
from tests.data.conftest import pictures


def both(fields: Fields) -> tuple[Batching, Batching]:
    names = {name: ("data", name) for name in fields.arrays}
    return OnDevice({"data": fields}, names), Streamed({"data": fields}, names)


def same(one: Batching, other: Batching, rows: int) -> None:
    indices = {"data": np.arange(rows)[::-1].copy()}
    for start in (0, 2):
        drawn = [list(b.batches(indices, 7, 3, 2, start)) for b in (one, other)]
        assert len(drawn[0]) == len(drawn[1]) == one.steps_per_epoch(indices, 7) - start
        for a, b in zip(*drawn, strict=True):
            assert a.keys() == b.keys()
            assert all(torch.equal(a[name], b[name]) for name in a)
    for a, b in zip(one.ordered(indices, 7), other.ordered(indices, 7), strict=True):
        assert all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture
def arrays(tmp_path: Path) -> Fields:
    random = np.random.default_rng(0)
    np.savez(
        tmp_path / "rows.npz",
        image=random.integers(0, 256, (40, 6, 5, 3), dtype=np.uint8),
        half=random.standard_normal((40, 4)).astype(np.float16),
        plain=random.standard_normal((40, 2, 2)).astype(np.float32),
        y=np.arange(40) % 3,
    )
    return load(NumpyFile(path=str(tmp_path / "rows.npz")))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Fields]:
    """Pictures that are read from their files each time."""
    monkeypatch.setattr(reading, "KEPT", 0)
    made = pictures(tmp_path / "pictures", 15)
    return made, load(ImageFolder(path=str(made), height=8, width=8))


def test_batches_are_those_on_the_device(arrays: Fields, folder: tuple[Path, Fields]) -> None:
    same(*both(arrays), 40)
    same(*both(folder[1]), 30)


class Failing(Lazy):
    """Numbers of rows, the last of which make reading fail."""

    shape, dtype = (40, 1), np.dtype(np.int64)

    def take(self, rows: Indices, out: Array) -> Mapping[int, Bad]:
        if rows.max() >= 35:
            raise OSError("gone")
        out[:, 0] = rows
        return {}


def test_a_fault_comes_with_its_batch_not_with_those_read_before_it() -> None:
    fields = Fields({"row": cast(Array, Failing())})
    streamed = Streamed({"data": fields}, {"row": ("data", "row")})
    batches = streamed.ordered({"data": np.arange(40)}, 2)
    assert [next(batches)["row"][0].item() for _ in range(17)] == list(range(0, 34, 2))
    with pytest.raises(OSError, match="gone"):
        next(batches)


def test_an_abandoned_epoch_leaves_no_thread(arrays: Fields) -> None:
    before = threading.active_count()
    streamed = both(arrays)[1]
    batches = streamed.batches({"data": np.arange(40)}, 2, 0, 1)
    next(batches)
    assert threading.active_count() > before
    del batches
    assert threading.active_count() == before
    kept = streamed.batches({"data": np.arange(40)}, 2, 0, 1)
    next(kept)
    streamed.close()
    assert threading.active_count() == before


def test_a_file_that_disappears_is_left_out_of_its_batch(folder: tuple[Path, Fields]) -> None:
    path, fields = folder
    streamed = both(fields)[1]
    (path / "red" / "3.png").unlink()
    sizes = [len(b["label"]) for b in streamed.ordered({"data": np.arange(30)}, 5)]
    assert sorted(sizes) == [4, 5, 5, 5, 5, 5]
    assert {b.name: b.reason for b in streamed.skipped.values()} == {
        "red/3.png": "it is not there any more"
    }
    # A batch is never empty: the next row that can be read steps in.
    ones = list(streamed.ordered({"data": np.arange(30)}, 1))
    assert [len(b["label"]) for b in ones] == [1] * 30
    assert len(streamed.skipped) == 1


def test_where_nothing_is_left_the_fault_is_named(folder: tuple[Path, Fields]) -> None:
    path, fields = folder
    streamed = both(fields)[1]
    path.rename(path.with_name("elsewhere"))
    before = threading.active_count()
    with pytest.raises(DataError, match=r"No row .* not there any more\. Bring the files back"):
        list(streamed.batches({"data": np.arange(30)}, 5, 0, 1))
    assert threading.active_count() == before


def test_rows_that_are_not_finite_are_left_out_alike(tmp_path: Path) -> None:
    values = np.random.default_rng(0).standard_normal((40, 3))
    values[[3, 4, 17], 1] = [np.nan, np.inf, 1e300]
    np.save(tmp_path / "x.npy", values)
    fields = load(NumpyFile(path=str(tmp_path / "x.npy")))
    one, other = both(fields)
    same(one, other, 40)
    assert set(one.skipped) == set(other.skipped) == {f"x.npy, row {n}" for n in (4, 5, 18)}
    assert sum(len(b["values"]) for b in other.ordered({"data": np.arange(40)}, 1)) == 40


def test_a_file_that_is_cut_off_meanwhile_ends_no_process(tmp_path: Path) -> None:
    file = tmp_path / "x.npy"
    np.save(file, np.ones((4000, 30), np.float32))
    streamed = both(load(NumpyFile(path=str(file))))[1]
    with file.open("r+b") as opened:
        opened.truncate(1000)
    with pytest.raises(DataError, match=r"x\.npy: the file was cut off"):
        next(streamed.batches({"data": np.arange(4000)}, 5, 0, 1))
