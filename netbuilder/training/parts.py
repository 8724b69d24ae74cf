"""What can be set about a run besides its optimisers, declared once. Loads without torch.

`RUN` are fields of `Training`; `PARTS` are groups of settings that `Training.settings` holds
where they are not at their defaults. Form, command line and checks read them here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netbuilder.data.division import METHODS
from netbuilder.graph import Training
from netbuilder.layers.spec import Param
from netbuilder.training.algorithm import SettingError
from netbuilder.training.settings import checked_by

RUN = (
    Param("epochs", "int", 10, "Epochs", "How often all training data is seen.", 1, 1_000_000),
    Param("batch_size", "int", 64, "Batch size", "Samples in one step.", 1, 1_000_000),
    Param("seed", "int", 0, "Seed", "The same seed gives the same run.", 0, 2**31 - 1),
    Param("device", "choice", "auto", "Device", "Where it is computed.",
          choices=("auto", "cpu", "cuda")),
    Param("validation", "float", 0.2, "Validation", "Share of the rows that is held back to "
          "measure progress.", 0.0, 0.95),
    Param("test", "float", 0.2, "Test", "Share of the rows that is used once, at the end.",
          0.0, 0.95),
    Param("split", "choice", "stratified", "Split", "stratified: classes in proportion; group: "
          "rows with the same value in one part; time: cut in its order; given: a column says "
          "the part.", choices=METHODS),
    Param("split_by", "text", "", "Split by", "Column for group, time or given; the Data "
          "panel offers those there are."),
    Param("folds", "int", 0, "Folds", "Above 1, validation is one of so many equal folds of "
          "the rows that are not for testing.", 0, 100),
    Param("fold", "int", 0, "Fold", "Which fold validates, from 1.", 0, 100),
    Param("resample", "int", 0, "Bootstrap sample", "Above 0, the training rows are drawn with "
          "replacement; each number draws others.", 0, 2**31 - 1),
    Param("weights", "path", "", "Begin with", "A .safetensors file of weights to begin with, "
          "where name and shape are the same; without one they are fresh."),
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Settings that belong together, under a heading of their own."""

    name: str
    title: str
    help: str
    cites: str
    params: tuple[Param, ...]


_ALL = (
    Part(
        "early_stopping", "Best epoch",
        "Which figure says how good an epoch is, and when to give up waiting for a better one. "
        "The weights of the best epoch are kept and tested.",
        "APS360, week 3; Prechelt 1998",
        (
            Param("metric", "text", "", "Judged by", "A figure as it is called under its curve, "
                  "such as accuracy; empty: the loss."),
            Param("direction", "choice", "auto", "Better is", "auto: lower for a loss, and as the "
                  "metric itself says.", choices=("auto", "lower", "higher")),
            Param("patience", "int", 0, "Patience", "Ends the run after so many epochs in a row "
                  "without a better one; 0: never.", 0, 1_000_000),
            Param("min_delta", "float", 0.0, "Least gain", "By how much an epoch must be better "
                  "for the waiting to begin anew.", 0.0, 1e9),
        ),
    ),
    Part(
        "ema", "Average of the weights",
        "A moving average of the weights over the steps, which is what is measured, kept and "
        "exported in place of the weights themselves.",
        "Polyak and Juditsky 1992; Tarvainen and Valpola 2017",
        (
            Param("decay", "float", 0.0, "Decay", "Share of the average kept in each step, such "
                  "as 0.999; 0: no average.", 0.0, 0.9999999),
        ),
    ),
    Part(
        "mixup", "Mixup",
        "Trains on pairs of samples mixed by chance, their labels in the same proportion. The "
        "loss must be a cross-entropy, or one of numbers.",
        "Zhang et al. 2018",
        (
            Param("alpha", "float", 0.0, "Alpha", "The share is drawn from Beta(α, α): 0.2 mixes "
                  "a little, 1 evenly; 0: off.", 0.0, 100.0),
        ),
    ),
    Part(
        "data", "Data in memory",
        "Where the rows are while they are trained on. Streamed ones stay in their files and are "
        "read a few batches ahead; the batches are the same.",
        "PyTorch, performance tuning guide",
        (
            Param("streaming", "choice", "auto", "Stream", "auto: where the data takes more than "
                  "40 % of the memory that is free.", choices=("auto", "off", "on")),
            Param("limit_mb", "int", 0, "Limit (MB)", "Data above this size is streamed; 0: 40 % "
                  "of the free memory.", 0, 100_000_000),
        ),
    ),
    Part(
        "noise_scale", "Gradient noise scale",
        "About how large a batch still pays: well below this number of rows twice as many are "
        "worth nearly two steps, well above it they are wasted. Shown as a curve by epoch.",
        "McCandlish et al. 2018",
        (
            Param("every", "int", 0, "Measure every", "On every n-th step, such as 20; each "
                  "costs about one step more and changes nothing of the run. 0: never.",
                  0, 1_000_000),
        ),
    ),
    Part(
        "processes", "Several processes",
        "How one run is shared by the processes that torchrun started; one alone needs nothing of "
        "it. Checkpoints are the same either way.",
        "Li et al. 2020 (DDP); Rajbhandari et al. 2020 (ZeRO); Zhao et al. 2023 (FSDP)",
        (
            Param("strategy", "choice", "ddp", "Strategy", "ddp: each holds all weights; fsdp: "
                  "each holds a share of weights, gradients and optimiser state, and a layer is "
                  "put together while it computes, for networks that do not fit.",
                  choices=("ddp", "fsdp")),
        ),
    ),
    Part(
        "speed", "Speed",
        "How a step is computed, never what. Long runs try first what is fastest here, on a copy "
        "and for 1 % of their time; what is not clearly faster than plain PyTorch is not taken.",
        "PyTorch, performance tuning guide",
        (
            Param("layout", "choice", "auto", "Images in memory", "channels_last suits most "
                  "convolutions.", choices=("auto", "contiguous", "channels_last")),
            Param("precision", "choice", "auto", "Precision", "Of products; weights and losses "
                  "stay float32.", choices=("auto", "float32", "bfloat16")),
            Param("compile", "choice", "auto", "torch.compile", "auto: runs of more than some "
                  "minutes compile beside the run and change over if that is faster.",
                  choices=("auto", "off", "on")),
            Param("graphs", "choice", "auto", "CUDA graphs", "auto: what is compiled beside a run "
                  "on a graphics card is also tried recorded and replayed as a whole.",
                  choices=("auto", "off")),
        ),
    ),
)  # fmt: skip

#: Every part by the name that project files use.
PARTS: Mapping[str, Part] = {part.name: part for part in _ALL}


def part_values(training: Training, name: str) -> dict[str, Any]:
    """All settings of one part, checked. Raises SettingError."""
    part = PARTS[name]
    return checked_by(part.params, training.settings.get(name, {}), part.title)


def check_parts(training: Training) -> None:
    """Raises SettingError for a part or a setting that does not exist or cannot be used."""
    for name in training.settings:
        if name not in PARTS:
            raise SettingError(name, f"Training has no settings {name}; it has {', '.join(PARTS)}.")
        part_values(training, name)
