"""Code that came with a project, on the command line: said, shown, asked for, trusted."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netbuilder import trusted
from netbuilder.building import Network
from netbuilder.graph.file import save

Nb = Callable[..., Any]


@pytest.fixture
def sign(tmp_path: Path) -> Path:
    """A file that the code of the project writes when it runs."""
    return tmp_path / "it_ran"


@pytest.fixture
def theirs(tmp_path: Path, sign: Path) -> Path:
    """A project of somebody else with a class in it."""
    net = Network("theirs")
    data = net.iris()
    code = (
        f"class Own(nn.Module):\n    open({str(sign)!r}, 'w').close()\n\n"
        "    def forward(self, x):\n        return 2 * x  # \x1b[2J\n"
    )
    logits = net.linear(net.custom(data.features, code=code), out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    path = tmp_path / "theirs.netbuilder"
    save(net.project(), path)
    return path


@pytest.mark.parametrize("command", ["code", "train"])
def test_untrusted_code_is_one_sentence_that_says_what_to_do(
    nb: Nb, theirs: Path, sign: Path, command: str
) -> None:
    ran = nb(command, theirs)
    assert (ran.code, ran.out) == (2, "")
    assert ran.sentence == (
        "custom_1: The code of this node has not been trusted on this computer; read it and "
        "trust it: netbuilder trust PROJECT."
    )
    assert not sign.exists()


def test_checking_says_it_too(nb: Nb, theirs: Path, sign: Path) -> None:
    ran = nb("check", theirs)
    assert ran.code == 2
    assert f"error: custom_1: {trusted.SENTENCE}" in ran.out
    assert trusted.COMMAND in ran.out
    assert not sign.exists()


def test_it_is_shown_and_asked_for(
    nb: Nb, theirs: Path, sign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    ran = nb("trust", theirs)
    assert ran.code == 1
    assert "custom_1, SHA-256 " in ran.out
    assert "return 2 * x  # \\x1b[2J" in ran.out  # shown, not obeyed
    assert "Nothing was trusted." in ran.err
    assert not trusted.everything()
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert nb("trust", theirs).code == 0
    assert not sign.exists()  # trusted, and still nothing ran
    assert nb("check", theirs).code == 0
    assert sign.exists()
    assert "All of it is trusted already." in nb("trust", theirs).out


def test_what_is_trusted_is_listed(nb: Nb, theirs: Path) -> None:
    assert nb("trust", "--list", "--json").json == []
    (new,) = nb("trust", theirs, "--yes", "--json").json["new"]
    (listed,) = nb("trust", "--list", "--json").json
    assert listed["sha256"] == new
    assert "class Own(nn.Module):" in nb("trust", "--list").out
    assert nb("trust").code == 2
