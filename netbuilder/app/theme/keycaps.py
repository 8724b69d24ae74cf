"""How keys are spelt on the screen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QKeySequence


def spelled(text: str) -> str:
    """Keys as Qt writes them, in the words that stand on the keyboard."""
    return text.replace("Return", "Enter")


def caps(keys: Iterable[QKeySequence]) -> str:
    """``Ctrl+Enter``, or ``Del or Backspace``; "" for none."""
    native = QKeySequence.SequenceFormat.NativeText
    # The two keys called Enter are one to whoever reads.
    return " or ".join(dict.fromkeys(spelled(key.toString(native)) for key in keys))
