"""Windows of a text and the characters after them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netbuilder.data import Fields, load, split
from netbuilder.layers import DataError, ParamError
from netbuilder.layers.data_files import Text
from netbuilder.layers.text_words import as_text, pieces, sentence
from netbuilder.resources import asset


def decoded(fields: Fields, name: str, row: int) -> str:
    return "".join(fields.class_names[name][int(i)] for i in fields[name][row])


def test_windows_hold_the_text(tmp_path: Path) -> None:
    file = tmp_path / "poem.txt"
    file.write_bytes("\ufeffäb\r\ncd efg hij k😀".encode())
    text = "äb\ncd efg hij k😀"
    layer = Text(path=str(file), context=4, stride=3)
    fields = load(layer)
    starts = range(0, len(text) - 4, 3)
    assert [decoded(fields, "tokens", i) for i in range(len(fields))] == [
        text[s : s + 4] for s in starts
    ]
    assert [decoded(fields, "next", i) for i in range(len(fields))] == [
        text[s + 1 : s + 5] for s in starts
    ]
    spec = layer.fields()["tokens"]
    assert spec.text() == "B × T"
    assert (int(spec.shape[1]), spec.classes) == (4, len(set(text)))


def test_the_shipped_text_is_used_without_a_file() -> None:
    layer = Text()
    text = asset("text/pride_and_prejudice.txt").read_text(encoding="utf-8")
    fields = load(layer)
    assert decoded(fields, "tokens", 0) == text[:64]
    assert decoded(fields, "next", 100) == text[6401:6465]
    assert layer.fields()["next"].classes == len(set(text))
    assert "truth universally acknowledged" in text
    assert asset("text/pride_and_prejudice.txt").stat().st_size < 1_000_000


@pytest.mark.parametrize(("context", "stride"), [(8, 8), (8, 3), (5, 1), (4, 9)])
def test_no_part_sees_what_another_predicts(tmp_path: Path, context: int, stride: int) -> None:
    file = tmp_path / "text.txt"
    file.write_text("".join(chr(200 + i) for i in range(400)))  # each character once
    fields = load(Text(path=str(file), context=context, stride=stride))
    parts = split(fields, 0.2, 0.1, 0)
    predicted = {p: set(fields["next"][rows].ravel().tolist()) for p, rows in parts.items()}
    assert all(predicted.values())
    assert not predicted["train"] & predicted["validation"]
    assert not predicted["validation"] & predicted["test"]
    assert max(parts["train"]) < min(parts["validation"]) < min(parts["test"])
    # and no more is left out than must be
    left_out = len(fields) - sum(len(rows) for rows in parts.values())
    assert left_out == 2 * (-(-context // stride) - 1)


def test_a_change_of_the_file_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("abab" * 10)
    layer = Text(path=str(file), context=4)
    assert layer.fields()["next"].classes == 2
    before = load(layer)
    file.write_text("abcd" * 11)
    assert layer.fields()["next"].classes == 4
    assert load(layer) is not before


def test_missing_short_empty_and_binary_files(tmp_path: Path) -> None:
    missing = Text(path=str(tmp_path / "gone.txt"))
    with pytest.raises(DataError, match=r"gone\.txt is not there any more: choose it again"):
        missing.fields()
    with pytest.raises(DataError, match="is not there any more"):
        load(missing)
    assert missing.output_ports() == ("tokens", "next")
    with pytest.raises(DataError, match="is a folder"):
        Text(path=str(tmp_path)).fields()
    file = tmp_path / "text.txt"
    file.write_text("short")
    with pytest.raises(DataError, match="5 characters, which is less than one window of 64"):
        Text(path=str(file)).fields()
    file.write_text("")
    with pytest.raises(DataError, match="is empty"):
        Text(path=str(file)).fields()
    file.write_bytes("naïve".encode("latin-1") * 50)
    with pytest.raises(DataError, match=r"not text in UTF-8 \(byte 3 "):
        Text(path=str(file)).fields()


def test_too_many_windows_ask_for_a_longer_stride() -> None:
    with pytest.raises(ParamError, match="stride at least 7") as caught:
        Text(context=1024, stride=1).fields()
    assert caught.value.param == "stride"
    assert Text(context=1024, stride=7).fields()["tokens"].shape[1] == 1024


def test_overlapping_windows_share_memory() -> None:
    tokens = load(Text(context=64, stride=2))["tokens"]
    assert tokens.nbytes > 10 * 8 * 682_309
    assert tokens.strides == (16, 8)
    assert np.shares_memory(tokens[0], tokens[1])


def test_words_are_numbered_by_their_frequency_and_the_rest_is_unknown(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("The cat,\nthe _dog_ and the cat.\n\n“Don’t!” said 12.")
    layer = Text(path=str(file), unit="words", context=4, stride=1)
    text = ["the", "cat", ",", "the", "dog", "and", "the", "cat", ".", "\n"]
    text += ["“", "don’t", "!", "”", "said", "12", "."]
    fields = load(layer)
    names = layer.class_names("tokens")
    assert names[:4] == ("<unk>", "the", ".", "cat")
    assert fields.class_names["next"] == names
    assert len(names) == layer.fields()["tokens"].classes == 14
    read = [[names[i] for i in row] for row in fields["tokens"]]
    assert read == [text[i : i + 4] for i in range(len(text) - 4)]
    few = Text(path=str(file), unit="words", context=4, stride=1, vocabulary=3)
    kept = load(few)["next"][:, -1].tolist()
    assert few.class_names("next") == ("<unk>", "the", ".")
    assert kept == [{"the": 1, ".": 2}.get(word, 0) for word in text[4:]]
    with pytest.raises(
        DataError, match="17 words, which is less than one window of 64 and the word"
    ):
        Text(path=str(file), unit="words").fields()
    assert as_text(fields["tokens"][6].tolist(), names) == "the cat.\n"
    assert sentence(text) == "the cat, the dog and the cat.\n\n“don’t!” said 12."
    assert pieces(sentence(text)) == text
