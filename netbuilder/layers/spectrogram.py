"""From a sound to a picture of it."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import expect
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec
from netbuilder.layers.spec import Call, Layer, Port, param


class Spectrogram(Layer):
    """Show how loud a sound is by time and frequency: a picture for convolutions.

    (B, samples) → (B, 1, frames, frequencies), or (B, 1, frames, mels). Each frame is the
    Fourier transform of a window of Hann; its squared size, or the logarithm of that.
    """

    kind, title, family = "spectrogram", "Spectrogram", "Other"
    also = "audio STFT short-time Fourier mel log-mel sound speech"
    tex = r"""
        s_{tf} = |\sum_n\, w_n x_{th+n} e^{-2 \pi i f n / N}|^2
        y_{tf} = \log(s_{tf} + 10^{-6})
    """
    use = "In front of convolutions or a Conformer that listen: pitch becomes a place."
    mistakes = (
        "A short window tells time well and pitch badly; a long one the other way round.",
        "Rate must be that of the sound, or the mel bands are not where they seem.",
    )
    cites = "DATA.ML.200, week 5; Gulati et al. 2020"
    inputs = (Port("x", takes=("vector",), help="Samples of the sound."),)

    window: int = param(256, min=2, max=65_536, help="Samples in a window, N.")
    hop: int = param(128, min=1, max=65_536, help="Samples from one frame to the next, h.")
    mels: int = param(0, min=0, max=1024, label="Mel bands", help="0: all frequencies, N / 2 + 1.")
    rate: float = param(8000.0, min=1, help="Samples in a second; only mel bands need it.")
    log: bool = param(True, label="Logarithm", help="Of the power, as ears hear loudness.")

    def call(self, x: TensorSpec) -> Call:
        kwargs = changed(self, "mels", "rate", "log")
        return Call("netbuilder.nn.Spectrogram", (self.window, self.hop), kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec:
        batch, samples = expect(x, self.title, "vector").shape
        if samples < self.window:
            raise ShapeError(
                f"A window of {self.window} samples does not fit into a sound of {int(samples)}.",
                params={"window": max(2, int(samples))} if samples > 1 else {},
            )
        frames = (int(samples) - self.window) // self.hop + 1
        return x.with_shape(batch, 1, frames, self.mels or self.window // 2 + 1)

    def work(self, out: TensorSpec, x: TensorSpec) -> Mapping[str, Shape]:
        frames, frequencies = int(out.shape[2]), self.window // 2 + 1
        found: dict[str, Shape] = {"waves": (2, frequencies, self.window, frames)}
        return found | ({"bands": (self.mels, frequencies, frames)} if self.mels else {})

    def summary(self) -> str:
        return brief(f"{self.window} / {self.hop}", f"{self.mels} mels" if self.mels else "")
