"""ONNX and torch.export programs, asked again from the files that were written."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from netbuilder.compiler.build import build
from netbuilder.export import ExportError, export
from netbuilder.export.subject import Subject


@pytest.fixture(params=["digits", "letters"])
def project(request):
    return request.getfixturevalue(request.param)


def used(project) -> torch.nn.Module:
    """A model as training left it: statistics moved, in training mode."""
    torch.manual_seed(0)
    model = build(project)
    model(*inputs(model, 8))
    return model


def inputs(model: torch.nn.Module, rows: int, length: int | None = None) -> list[torch.Tensor]:
    (spec,) = [argument.spec for argument in model.source.inputs]
    shape = [rows, *(int(n) for n in spec.shape[1:])]
    if spec.dtype == "float32":
        return [torch.rand(shape)]
    return [torch.randint(0, spec.classes, (rows, length or shape[1]))]


def expected(model: torch.nn.Module, given: list[torch.Tensor]) -> np.ndarray:
    model.eval()
    with torch.no_grad():
        answer = model(*given).numpy()
    model.train()
    return answer


@pytest.mark.slow
def test_onnx(project, tmp_path, capfd):
    model = used(project)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    report = export("onnx", project, model, tmp_path / "model.onnx")
    assert capfd.readouterr() == ("", "")
    assert set(report.differences) == {1, 2, 5}
    assert max(report.differences.values()) < 1e-5
    assert report.bytes == (tmp_path / "model.onnx").stat().st_size
    assert model.training
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())
    onnx.checker.check_model(str(tmp_path / "model.onnx"), full_check=True)
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    assert [o.name for o in session.get_outputs()] == [n for n, _ in model.source.outputs]
    (entry,), (out,) = session.get_inputs(), session.get_outputs()
    assert (entry.shape[0], out.shape[0]) == ("batch", "batch")
    for rows, length in ((3, None), (1, 5)):
        given = inputs(model, rows, length)
        (found,) = session.run(None, {entry.name: given[0].numpy()})
        np.testing.assert_allclose(found, expected(model, given), rtol=1e-3, atol=1e-5)
    assert capfd.readouterr().err == ""  # onnxruntime warns where a declared shape is wrong


@pytest.mark.slow
def test_pt2(project, tmp_path):
    model = used(project)
    report = export("pt2", project, model, tmp_path / "model.pt2")
    assert max(report.differences.values()) < 1e-5
    assert ("12 steps only" in report.sentence) == (project.name == "letters")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own, about its own names
        loaded = torch.export.load(tmp_path / "model.pt2").module()
    given = inputs(model, 7)
    np.testing.assert_allclose(
        loaded(*given).detach().numpy(), expected(model, given), rtol=1e-3, atol=1e-5
    )
    assert model.training


class Jumping(torch.nn.Module):
    """Depends on its data in a way that no exporter can follow."""

    def __init__(self, project) -> None:
        super().__init__()
        self.inner = build(project)
        self.source = self.inner.source

    def forward(self, image):
        return self.inner(image) if image.sum() > 0 else -self.inner(image)


@pytest.mark.slow
@pytest.mark.parametrize("to", ["onnx", "pt2"])
def test_what_cannot_be_exported_leaves_no_file(digits, tmp_path, to):
    with pytest.raises(ExportError, match=r"^This model cannot be written as .*\.$"):
        export(to, digits, Jumping(digits), tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_a_model_without_input_says_so(digits, tmp_path):
    model = build(digits)
    model.source = replace(model.source, inputs=())
    for to in ("onnx", "pt2"):
        with pytest.raises(ExportError, match="takes no input"):
            export(to, digits, model, tmp_path / "model")


def test_a_failure_names_its_node(digits):
    subject = Subject.of(build(digits))
    with pytest.raises(RuntimeError) as caught:
        subject.model(torch.zeros(2, 3, 8, 8))
    wrapped = RuntimeError("the exporter's own words")
    wrapped.__cause__ = caught.value
    error = subject.failure(wrapped, "ONNX")
    assert error.node == "conv2d_1"
    assert str(error).startswith("conv2d_1 cannot be written as ONNX: ")
    assert "\n" not in str(error)
