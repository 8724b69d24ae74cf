"""Sounds made up: tones in noise."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.layers.brief import brief
from netbuilder.layers.roles import DataSet
from netbuilder.layers.shape import B, TensorSpec
from netbuilder.layers.spec import ParamError, param


class Tones(DataSet):
    """Short tones in noise; their pitch is their class.

    sound (B, samples): a sine of loudness and phase of chance, its pitch a little off, and
    noise; label (B): the class. Pitches are even on a logarithmic scale, as on a piano.
    """

    kind, title = "tones", "Tones"
    also = "audio sound sine pitch wave"
    use = "See within seconds whether a network that listens learns."
    cites = "DATA.ML.200, week 5"
    loader = "netbuilder.data.sounds:tones"

    classes: int = param(6, min=2, max=50, help="How many pitches.")
    lowest: float = param(200.0, min=20, max=20_000, help="Lowest pitch, in hertz.")
    highest: float = param(3000.0, min=20, max=20_000, help="Highest pitch, in hertz.")
    rate: int = param(8000, min=100, max=48_000, help="Samples in a second.")
    length: int = param(2048, min=16, max=48_000, help="Samples of a sound.")
    noise: float = param(1.0, min=0, max=100, help="Deviation of the noise; a tone is about 0.7.")
    samples: int = param(1200, min=8, max=20_000, help="How many sounds.")
    seed: int = param(0, min=0, max=2**31 - 1, help="Another number gives other sounds.")

    @property
    def pitches(self) -> tuple[float, ...]:
        """Pitch of each class, in hertz. Raises ParamError."""
        if not self.lowest < self.highest <= self.rate / 2:
            raise ParamError(
                "highest",
                f"The highest pitch lies above the lowest, {self.lowest:g} Hz, and at most at "
                f"half the rate, {self.rate / 2:g} Hz.",
            )
        step = (self.highest / self.lowest) ** (1 / (self.classes - 1))
        return tuple(self.lowest * step**i for i in range(self.classes))

    def fields(self) -> Mapping[str, TensorSpec]:
        if self.samples * self.length > 250_000_000:
            raise ParamError("samples", "So many sounds do not fit into memory: take fewer.")
        return {
            "sound": TensorSpec((B, self.length)),
            "label": TensorSpec((B,), "int64", len(self.pitches)),
        }

    def output_ports(self) -> tuple[str, ...]:
        return ("sound", "label")

    def class_names(self, field: str) -> tuple[str, ...]:
        return tuple(f"{p:.0f} Hz" for p in self.pitches) if field == "label" else ()

    def summary(self) -> str:
        return brief(f"{self.classes} pitches", f"σ {self.noise:g}")
