"""How loud a sound is, by time and frequency."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def mel_filters(mels: int, frequencies: int, rate: float) -> torch.Tensor:
    """Triangles even on the mel scale, 2595·log10(1 + f / 700): (mels, frequencies).

    O'Shaughnessy 1987; frequencies run evenly from 0 to half the rate.
    """
    top = 2595.0 * math.log10(1 + rate / 2 / 700)
    corners = 700 * (10 ** (torch.linspace(0, top, mels + 2, dtype=torch.float64) / 2595) - 1)
    at = torch.linspace(0, rate / 2, frequencies, dtype=torch.float64)
    rise = (at - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    fall = (corners[2:, None] - at) / (corners[2:] - corners[1:-1])[:, None]
    return torch.minimum(rise, fall).clamp(min=0).to(torch.get_default_dtype())


class Spectrogram(nn.Module):
    """Squared size of a short-time Fourier transform: (B, samples) → (B, 1, frames, frequencies).

    Windows are those of Hann, `hop` apart, none reaching beyond the sound, as in `torch.stft`
    with ``center=False``; it is written as a convolution, which every exporter knows. mels: so
    many bands in place of frequencies. log: ln(power + 1e-6).
    """

    basis: torch.Tensor
    filters: torch.Tensor

    def __init__(
        self, window: int = 256, hop: int = 128, mels: int = 0, rate: float = 8000.0,
        log: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.hop, self.mels, self.log = hop, mels, log
        n = torch.arange(window, dtype=torch.float64)
        hann = 0.5 - 0.5 * torch.cos(2 * math.pi * n / window)
        angle = 2 * math.pi / window * torch.arange(window // 2 + 1)[:, None] * n
        basis = torch.cat([angle.cos(), angle.sin()]) * hann  # (2 · frequencies, window)
        # Computed anew by every model, so they are not saved with the weights.
        basis = basis[:, None].to(torch.get_default_dtype())
        self.register_buffer("basis", basis, persistent=False)
        if mels:
            filters = mel_filters(mels, window // 2 + 1, rate)
            self.register_buffer("filters", filters, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        waves = F.conv1d(x[:, None], self.basis, stride=self.hop)
        cosine, sine = waves.chunk(2, 1)
        power = (cosine**2 + sine**2).transpose(1, 2)[:, None]
        if self.mels:
            power = power @ self.filters.T
        return (power + 1e-6).log() if self.log else power
