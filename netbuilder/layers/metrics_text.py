"""Figures of sequences of tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.roles import Metric
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Port, param
from netbuilder.layers.targets import classified


class Bleu(Metric):
    """How many runs of up to four tokens stand in the true sequence too: 1 is the same text.

    logits (B, T, C) and label (B, T). What is compared is the likeliest token at each step, given
    the true ones before it, with tokens as words.
    """

    kind, title = "bleu", "BLEU"
    also = "translation n-gram"
    tex = r"BP\, \exp(\frac{1}{4} \sum_{n=1}^{4} \log p_n)"
    use = "Translation and summaries, to follow a run."
    mistakes = (
        "Papers give it for text that is written freely; here the true beginning is known.",
        "Of characters in place of words it is far higher.",
    )
    cites = "Papineni et al. 2002"
    inputs = (
        Port("logits", takes=("sequence",), help="A score for each token at each step."),
        Port("label", takes=("label",), help="The true tokens."),
    )

    n_gram: int = param(4, min=1, max=8, label="Longest run", help="Tokens in a row, at most.")
    ignore_index: int | None = param(
        None, min=-100, label="Ignore label", help="Steps with this label do not count: padding."
    )

    def infer(self, logits: TensorSpec, label: TensorSpec) -> Mapping[str, TensorSpec]:
        if logits.axes != 3:
            raise ShapeError(
                f"BLEU is of tokens: logits B × T × C, not {logits.text()}.", port="logits"
            )
        classified(logits, label, self.title)
        return {}

    def metrics(self, logits: TensorSpec, label: TensorSpec) -> Mapping[str, Call]:
        given = changed(self, "n_gram", "ignore_index")
        return {"bleu": Call("netbuilder.training.token_bleu.TokenBLEU", (), given)}

    def prepared(self, logits: TensorSpec, label: TensorSpec) -> tuple[Any, ...]:
        return Call(".argmax", (In("logits"), -1)), In("label")

    def summary(self) -> str:
        return brief(f"to {self.n_gram}-grams") if self.n_gram != 4 else ""
