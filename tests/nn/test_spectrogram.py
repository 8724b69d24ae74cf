"""Spectrograms against torch's own transform; tones are heard where they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import netbuilder as nb
from netbuilder import nn as own
from netbuilder.building import Network
from netbuilder.data import load
from netbuilder.layers import REGISTRY, B, ParamError, ShapeError, TensorSpec
from netbuilder.nn.spectrogram import mel_filters


@pytest.mark.parametrize(("window", "hop"), [(64, 16), (63, 20), (128, 128)])
def test_it_is_the_power_of_torchs_transform(window: int, hop: int) -> None:
    x = torch.randn(3, 400, dtype=torch.float64)
    found = own.Spectrogram(window, hop, log=False).double()(x)
    hann = torch.hann_window(window, dtype=torch.float64)
    theirs = torch.stft(x, window, hop, window=hann, center=False, return_complex=True)
    expected = theirs.abs().square().transpose(1, 2)[:, None]
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    loud = own.Spectrogram(window, hop).double()(x)
    torch.testing.assert_close(loud, (found + 1e-6).log())
    banded = own.Spectrogram(window, hop, mels=8, log=False).double()(x)
    filters = mel_filters(8, window // 2 + 1, 8000.0).double()
    torch.testing.assert_close(banded, found @ filters.T)


def test_mel_bands_are_triangles_that_grow_wider() -> None:
    filters = mel_filters(10, 513, 16000.0)
    peaks = filters.argmax(1)
    assert (peaks.diff() > 0).all()
    assert (filters.max(1).values > 0.8).all()
    widths = (filters > 0).sum(1)
    assert (widths.diff() >= 0).all()
    assert widths[-1] > 3 * widths[0]
    inner = filters[:, peaks[0] : peaks[-1]].sum(0)
    torch.testing.assert_close(inner, torch.ones_like(inner))  # no frequency is lost


def test_a_tone_is_heard_at_its_pitch() -> None:
    layer = REGISTRY["tones"].from_params({"noise": 0.1, "samples": 60, "length": 4096})
    fields = load(layer)  # type: ignore[arg-type]
    assert np.bincount(fields["label"]).tolist() == [10] * 6
    power = own.Spectrogram(1024, 512, log=False)(torch.from_numpy(fields["sound"]))
    heard = power.mean((1, 2)).argmax(1).numpy() * 8000 / 1024
    true = np.array(layer.pitches)[fields["label"]]  # type: ignore[attr-defined]
    assert (np.abs(heard - true) < 0.02 * true + 8).all()
    assert fields.class_names["label"][0] == "200 Hz"
    with pytest.raises(ParamError, match="at most at half the rate, 4000 Hz"):
        REGISTRY["tones"].from_params({"highest": 5000.0}).fields()  # type: ignore[attr-defined]


def test_a_window_longer_than_the_sound_is_refused() -> None:
    with pytest.raises(ShapeError, match="256 samples does not fit into a sound of 100") as error:
        REGISTRY["spectrogram"]().infer(TensorSpec((B, 100)))
    assert error.value.params == {"window": 100}


@pytest.mark.slow
def test_it_leaves_the_program(tmp_path: Path) -> None:
    net = Network("listener")
    data = net.tones(length=256, samples=20)
    x = net.spectrogram(data.sound, window=64, hop=32, mels=6)
    net.output(x)
    net.cross_entropy(net.linear(net.flatten(x), out_features=6), data.label)
    project = net.project()
    report = nb.export("onnx", project, nb.compile(project), tmp_path / "listener.onnx")
    assert max(report.differences.values()) < 1e-4
