"""A person's table: what it says, and every way in which it can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netbuilder.data import Fields, load
from netbuilder.layers import DataError, ParamError
from netbuilder.layers.data_files import CSV

Table = Callable[..., CSV]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    def write(text: str | bytes, **params: Any) -> CSV:
        file = tmp_path / "table.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return CSV(path=str(file), **params)

    return write


def rows(*targets: object) -> str:
    return "a,b,y\n" + "".join(f"{i},{i % 3},{t}\n" for i, t in enumerate(targets))


def test_texts_are_classes_in_order(table: Table) -> None:
    layer = table(rows("yes", "no", "maybe", "no"))
    assert layer.output_ports() == ("features", "label")
    assert layer.class_names("label") == ("maybe", "no", "yes")
    assert load(layer)["label"].tolist() == [2, 1, 0, 1]


def test_few_whole_numbers_are_classes_in_their_order(table: Table) -> None:
    layer = table(rows(10, 2, "2.0", 10, 2, 10))
    assert layer.class_names("label") == ("2", "10")
    assert load(layer)["label"].tolist() == [1, 0, 0, 1, 0, 1]


def test_other_numbers_are_a_target(table: Table) -> None:
    layer = table(rows(1.5, 2, 3, 4, 5, 6), standardise=False)
    assert layer.output_ports() == ("features", "target")
    assert load(layer)["target"].tolist() == [[1.5], [2], [3], [4], [5], [6]]
    assert table(rows(*range(50))).output_ports() == ("features", "target")


def test_the_task_may_be_chosen(table: Table) -> None:
    text = rows(1, 0, 1, 0, 0)
    assert table(text, task="auto").output_ports()[1] == "label"
    assert table(text, task="number").output_ports()[1] == "target"
    assert table(rows(*range(9)), task="classes").fields()["label"].classes == 9
    with pytest.raises(DataError, match=r"table\.csv, row 3, column y: 'x' is not a number"):
        table(rows(1, "x", 1), task="number").fields()


def test_target_by_name_and_standardised_columns(table: Table) -> None:
    layer = table("up,age,down\n1.5,20,7\n2.5,30,7\n3.5,40,7\n", target="age", task="number")
    fields = load(layer)
    assert fields.columns == {"features": ("up", "down"), "target": ("age",)}
    np.testing.assert_allclose(fields["features"][:, 0], [-1.2247449, 0, 1.2247449], rtol=1e-6)
    assert fields["features"][:, 1].tolist() == [0, 0, 0]  # never changes
    raw = fields["target"] * fields.scales["target"].deviation + fields.scales["target"].mean
    np.testing.assert_allclose(raw, [[20], [30], [40]], rtol=1e-6)
    with pytest.raises(ParamError, match="no column agge; its columns are up, age, down") as caught:
        table("up,age,down\n1,2,3\n", target="agge").fields()
    assert caught.value.param == "target"


def test_without_a_header_columns_are_counted(table: Table) -> None:
    layer = table("5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,versicolor\n")
    fields: Fields = load(layer)
    assert len(fields) == 3
    assert fields.columns["features"] == ("column 1", "column 2")
    assert layer.class_names("label") == ("setosa", "versicolor")
    assert len(load(table("1,2\n3,4\n5,7\n"))) == 3


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfa,b,y\r\n1.5,2,u\r\n\r\n3,4,v\r\n",
        b"a;b;y\n1,5;2;u\n3;4;v\n",
        b"a\tb\ty\n1.5\t2\tu\n3\t4\tv\n",
        b'"a", "b", y\n "1.5",2, u\n3,4,v',
        b"a,2,y\n1.5,2,u\n3,4,v\n",
    ],
    ids=["bom, crlf, empty row", "semicolons", "tabs", "quotes", "a number as a name"],
)
def test_dialects(table: Table, text: bytes) -> None:
    fields = load(table(text, standardise=False))
    assert fields["features"].tolist() == [[1.5, 2], [3, 4]]
    assert fields["label"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b,y\n1,2,u\n3,nan,v\n", r"row 3, column b: 'nan' is not a number"),
        ("a,b,y\n1,2,u\n3,,v\n", r"row 3, column b: the cell is empty"),
        ("a,b,y\n1,2,u\n\n3,1_0,v\n", r"row 4, column b: '1_0' is not a number"),
        ("a,b,y\n1,2,u\nred,4,v\n", r"row 3, column a: 'red' is not a number"),
        ("a,b,y\n1,2,u\n3,inf,v\n", r"row 3, column b: 'inf' is not a number"),
        ("a,b,y\n1,2,u\n3,4,\n", r"row 3, column y: the cell is empty"),
        ("a,b,y\n1,2,1.5\n3,4,NaN\n", r"row 3, column y: 'NaN' is not a class or a number"),
        ("a,b,y\n1,2,u\n3,4\n", r"row 3: it has 2 cells where the first row has 3"),
        ("a,b,y\n1,2,u\n3,4,v,5\n", r"row 3: it has 4 cells where the first row has 3"),
        ("a,b,y\n", r"no rows of numbers"),
        ("", r"is empty"),
        (" \n\n , \n", r"is empty"),
        ("a\n1\n2\n", r"one column only"),
        ("a,a,y\n1,2,u\n", r"two columns called a"),
        ("a,b,y\n1,2,u\n3,4,u\n", r"column y .* holds only one value"),
        (b"a,b,y\n1,2,\xe9t\xe9\n", r"not text in UTF-8"),
        (b"a,b,y\n1,2,u\n\x00\xff", r"not text in UTF-8"),
    ],
)
def test_faults_are_named(table: Table, text: str | bytes, said: str) -> None:
    layer = table(text)
    with pytest.raises(DataError, match=said) as caught:
        layer.fields()
    assert "table.csv" in str(caught.value)
    with pytest.raises(DataError, match=said):
        load(layer)
    assert layer.output_ports() == ("features", "label", "target")  # wires stay


def test_a_file_that_is_gone_or_was_never_chosen(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.csv is not there any more"):
        CSV(path=str(tmp_path / "gone.csv")).fields()
    with pytest.raises(DataError, match="No file is chosen"):
        load(CSV())
    with pytest.raises(DataError, match=r"cannot be read|is not there"):
        CSV(path="a\0b").fields()


def test_a_mended_file_is_read_again(table: Table) -> None:
    layer = table("a,b,y\n1,2,u\n3,x,v\n")
    with pytest.raises(DataError, match="row 3, column b"):
        layer.fields()
    assert table("a,b,y\n1,2,u\n3,4444,v\n") == layer
    assert load(layer)["label"].tolist() == [0, 1]


def test_a_number_too_large_for_training_is_named(table: Table) -> None:
    layer = table("a,b,y\n1,2,u\n3,1e300,v\n", standardise=False)
    with pytest.raises(DataError, match="row 2, column b"):
        load(layer)
