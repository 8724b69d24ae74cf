"""Every kind leaves as ONNX and answers alike with one sample and with seven, or says why not.

One exported model holds a node of many kinds, because an export takes seconds whatever is in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from netbuilder.compiler.build import build
from netbuilder.export import ExportError, export
from netbuilder.export.subject import Subject
from netbuilder.layers import REGISTRY, Dim, Layer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel"),
    pytest.mark.filterwarnings("ignore:LSTM with projections"),
]
KINDS = sorted(k for k in REGISTRY if REGISTRY[k].role == "layer")
#: Unrolled step by step, half a minute together; tests/export and the examples export them, too.
UNROLLED = ("attention_decoder", "gru", "lstm")
QUICK = [kind for kind in KINDS if kind not in UNROLLED]
PARTS = 3
RELATIVE, ABSOLUTE = 1e-3, 1e-5
Case = tuple[Layer, list[Any]]


def flat(specs: list[Any]) -> Iterator[Any]:
    for spec in specs:
        yield from spec if type(spec) is tuple else (spec,)


def plain(case: Case) -> bool:
    """Whether only its batch may have another size: lengths are compared in tests/export."""
    return not any(
        isinstance(n, Dim) for spec in flat(case[1]) if spec is not None for n in spec.shape[1:]
    )


@pytest.mark.parametrize(
    "kinds",
    [
        *(pytest.param(QUICK[part::PARTS], id=str(part)) for part in range(PARTS)),
        pytest.param(UNROLLED, id="unrolled", marks=pytest.mark.long),
    ],
)
def test_answers_alike(
    kinds: list[str],
    drawing: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    import onnxruntime

    cases = []
    for kind in kinds:
        fitting = [c for c in drawing.configurations(kind) if plain(c)]
        leaving = [c for c in fitting if not c[0].not_in_onnx(*c[1])]
        assert leaving, f"no configuration of {kind} can be exported"
        cases += leaving[:1]
    project = drawing.side_by_side(tuple(cases), monkeypatch)
    torch.manual_seed(0)
    model = build(project)
    export("onnx", project, model, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    taken = {i.name for i in session.get_inputs()}
    subject = Subject.of(model)
    for batch in (1, 7):
        inputs = subject.example(batch, seed=batch)
        fed = dict(zip(subject.input_names, (t.numpy() for t in inputs), strict=True))
        found = session.run(None, {n: a for n, a in fed.items() if n in taken})
        for name, ours, theirs in zip(
            subject.output_names, subject.answers(inputs), found, strict=True
        ):
            np.testing.assert_allclose(
                theirs,
                ours.detach().numpy(),
                rtol=RELATIVE,
                atol=ABSOLUTE,
                equal_nan=True,
                err_msg=name,
            )


def test_what_stays_says_why(
    drawing: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Before anything is written, in a sentence on the node."""
    staying = [
        case
        for kind in KINDS
        for case in drawing.configurations(kind)
        if plain(case) and case[0].not_in_onnx(*case[1])
    ]
    assert {case[0].kind for case in staying} >= {
        "adaptive_avg_pool", "adaptive_max_pool", "random_mix",
    }  # fmt: skip
    for case in staying[::5]:
        project = drawing.side_by_side((case,), monkeypatch)
        with pytest.raises(ExportError) as refused:
            export("onnx", project, build(project), tmp_path / "model.onnx")
        assert refused.value.node == "node_0"
        assert str(refused.value).endswith(".")
        assert case[0].not_in_onnx(*case[1]) in str(refused.value)
        assert not (tmp_path / "model.onnx").exists()
