"""The record of a run can be read while it is written, and cut back for a resume."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from netbuilder.training import record as record_module
from netbuilder.training.events import EpochDone, Finished, Steps
from netbuilder.training.record import Record, RecordError


def steps(first: int, *values: float) -> Steps:
    return Steps(first, 1, {"main": np.float32(values)}, 0.0, 0.0)


def filled(path: Path) -> Record:
    record = Record(path, write=True)
    record.steps(steps(0, 5, 4, 3))
    record.steps(steps(3, 2, 1))
    table = np.arange(4.0).reshape(2, 2)
    record.epoch(EpochDone(1, 3, {"main": 4.0}, {"main": 3.5}, {"confusion": table}))
    record.epoch(EpochDone(2, 5, {"main": 1.5}, {"main": math.nan}, {"confusion": table + 1}))
    record.finished(Finished("r", "f", False, 5, 2, {"main": 1.0}))
    record.rate(0, "main", 0.1)
    record.rate(4, "main", 0.2)
    record.info(state="running")
    return record


def test_everything_is_read_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "run.sqlite"
    with filled(path) as writer, Record(path) as reader:
        at, values = reader.losses()["main"]
        assert at.tolist() == [0, 1, 2, 3, 4]
        assert values.tolist() == [5, 4, 3, 2, 1]
        assert reader.epochs("train") == {"main": [(1, 4.0), (2, 1.5)]}
        (first, second) = reader.epochs()["main"]
        assert first == (1, 3.5)
        assert math.isnan(second[1])
        assert reader.epochs("test") == {"main": [(2, 1.0)]}
        assert reader.tables()["confusion"].tolist() == [[1, 2], [3, 4]]
        assert reader.rates() == [(0, "main", 0.1), (4, "main", 0.2)]
        writer.info(state="finished")
        assert reader.facts()["state"] == "finished"


def test_what_other_machines_read_is_held_back_until_it_is_to_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_module, "_COMMIT_S", 1000.0)
    path = tmp_path / "run.sqlite"
    with Record(path, write=True, afar=True) as writer, Record(path) as reader:
        writer.info(state="running")
        for keep in (writer.keep, lambda: writer.info(state="paused"), writer.close):
            before = len(reader.losses().get("main", ((), ()))[0])
            writer.steps(steps(before, 2, 1))
            assert len(reader.losses().get("main", ((), ()))[0]) == before
            keep()
            assert reader.losses()["main"][1].tolist() == [2, 1] * (before // 2 + 1)
        assert list(tmp_path.glob("*-wal")) == []


def test_cutting_keeps_what_lies_before(tmp_path: Path) -> None:
    with filled(tmp_path / "run.sqlite") as record:
        record.cut(4, 1)
        at, values = record.losses()["main"]
        assert (at.tolist(), values.tolist()) == ([0, 1, 2, 3], [5, 4, 3, 2])
        assert record.epochs("train") == {"main": [(1, 4.0)]}
        assert record.epochs("test") == {}
        assert record.tables()["confusion"].tolist() == [[0, 1], [2, 3]]
        record.steps(steps(4, 9))
        assert record.losses()["main"][1].tolist() == [5, 4, 3, 2, 9]


def test_a_missing_or_damaged_record_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="holds no record"):
        Record(tmp_path / "run.sqlite")
    (tmp_path / "bad.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(RecordError, match="damaged"), Record(tmp_path / "bad.sqlite") as record:
        record.facts()
