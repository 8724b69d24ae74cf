"""Batches on a device: every row once, in an order that seed and epoch decide."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from netbuilder.data import Fields
from netbuilder.data.device import OnDevice


def numbered(rows: int, start: int = 0) -> Fields:
    number = np.arange(start, start + rows)
    return Fields({"x": number.astype(np.float32)[:, None].repeat(3, 1), "label": number})


NAMES = {"x": ("data", "x"), "label": ("data", "label")}


@pytest.fixture
def data() -> OnDevice:
    return OnDevice({"data": numbered(103)}, NAMES)


def order(
    data: OnDevice, rows: np.ndarray, seed: int = 0, epoch: int = 1, size: int = 8
) -> list[int]:
    batches = data.batches({"data": rows}, size, seed, epoch)
    return [int(n) for batch in batches for n in batch["label"]]


def test_every_row_once_and_fields_together(data: OnDevice) -> None:
    rows = np.arange(10, 100)
    batches = list(data.batches({"data": rows}, 8, 0, 1))
    assert len(batches) == data.steps_per_epoch({"data": rows}, 8) == 12
    assert [len(b["label"]) for b in batches] == [8] * 11 + [2]
    assert sorted(int(n) for b in batches for n in b["label"]) == list(range(10, 100))
    for batch in batches:
        assert batch["x"].dtype == torch.float32
        assert torch.equal(batch["x"][:, 2], batch["label"].float())


def test_seed_and_epoch_decide_the_order(data: OnDevice) -> None:
    rows = np.arange(103)
    first = order(data, rows, seed=5, epoch=2)
    assert first == order(data, rows, seed=5, epoch=2)
    assert first != order(data, rows, seed=5, epoch=3)
    assert first != order(data, rows, seed=6, epoch=2)
    assert first != order(data, rows, seed=2, epoch=5)
    assert first != sorted(first)


def test_the_order_needs_no_random_state(data: OnDevice) -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = order(data, np.arange(103))
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(2)
    assert first == order(data, np.arange(103))


@pytest.mark.parametrize("start", [0, 1, 7, 12, 13])
def test_an_epoch_is_taken_up_in_the_middle(data: OnDevice, start: int) -> None:
    rows = {"data": np.arange(103)}
    whole = [b["label"].tolist() for b in data.batches(rows, 8, 3, 4)]
    rest = [b["label"].tolist() for b in data.batches(rows, 8, 3, 4, start=start)]
    assert rest == whole[start:]


@pytest.mark.parametrize(
    ("rows", "size", "sizes"),
    [(17, 8, [8, 8]), (18, 8, [8, 8, 2]), (1, 8, [1]), (3, 1, [1, 1, 1]), (5, 100, [5])],
)
def test_a_last_single_row_is_left_out(
    data: OnDevice, rows: int, size: int, sizes: list[int]
) -> None:
    indices = {"data": np.arange(rows)}
    assert [len(b["x"]) for b in data.batches(indices, size, 0, 1)] == sizes
    assert data.steps_per_epoch(indices, size) == len(sizes)


def test_ordered_leaves_nothing_out(data: OnDevice) -> None:
    indices = {"data": np.arange(20, 37)}
    batches = list(data.ordered(indices, 8))
    assert [len(b["x"]) for b in batches] == [8, 8, 1]
    assert torch.cat([b["label"] for b in batches]).tolist() == list(range(20, 37))
    assert data.rows({"data": np.array([7, 3, 7])})["label"].tolist() == [7, 3, 7]


def test_a_second_data_set_starts_over() -> None:
    sources = {"first": numbered(20), "second": numbered(6, start=100)}
    names = {"a": ("first", "label"), "b": ("second", "label"), "c": ("second", "x")}
    data = OnDevice(sources, names)
    indices = {"first": np.arange(20), "second": np.arange(6)}
    batches = list(data.batches(indices, 5, 0, 1))
    assert [set(b) for b in batches] == [{"a", "b", "c"}] * 4
    assert all(len(b["a"]) == len(b["b"]) == len(b["c"]) == 5 for b in batches)
    second = torch.cat([b["b"] for b in batches]).tolist()
    rounds = [second[i : i + 6] for i in range(0, 18, 6)]
    assert all(sorted(r) == list(range(100, 106)) for r in rounds)
    assert rounds[0] != rounds[1] or rounds[1] != rounds[2]
    assert torch.cat([b["b"] for b in data.ordered(indices, 8)]).tolist()[:8] == [
        100, 101, 102, 103, 104, 105, 100, 101,
    ]  # fmt: skip


def test_a_longer_second_data_set_is_seen_over_the_epochs() -> None:
    sources = {"first": numbered(4), "second": numbered(20)}
    data = OnDevice(sources, {"a": ("first", "x"), "b": ("second", "label")})
    indices = {"first": np.arange(4), "second": np.arange(20)}
    seen = {
        int(n)
        for epoch in range(1, 40)
        for batch in data.batches(indices, 4, 0, epoch)
        for n in batch["b"]
    }
    assert seen == set(range(20))


def test_only_fields_asked_for_are_moved_and_shared_ones_once() -> None:
    data = OnDevice({"d": numbered(10)}, {"one": ("d", "label"), "two": ("d", "label")})
    assert data.bytes == 10 * 8
    batch = data.rows({"d": np.arange(3)})
    assert batch["one"].tolist() == batch["two"].tolist() == [0, 1, 2]


def test_overlapping_windows_stay_views() -> None:
    text = np.arange(1000)
    windows = np.lib.stride_tricks.sliding_window_view(text, 64, writeable=True)
    data = OnDevice({"d": Fields({"tokens": windows})}, {"tokens": ("d", "tokens")})
    assert data.bytes == 8000
    batch = data.rows({"d": np.array([5, 900])})["tokens"]
    assert batch.is_contiguous()
    assert batch[:, 0].tolist() == [5, 900]
    assert batch[1].tolist() == list(range(900, 964))
