"""What takes a while says so at a terminal, and only there."""

from __future__ import annotations

import io

import pytest

from netbuilder.cli import output


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_what_is_being_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", terminal)
    with output.waiting("Explaining the sample …"):
        output.text("answer")
    assert "Explaining the sample" in terminal.getvalue()
    assert capsys.readouterr().out == "answer\n"


def test_a_pipe_sees_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with output.waiting("Explaining the sample …"):
        output.text("answer")
    assert capsys.readouterr() == ("answer\n", "")
