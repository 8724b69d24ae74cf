"""Drawing random numbers without disturbing those of a run in progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def apart(device: torch.device, seed: int) -> Iterator[None]:
    """Inside, torch draws from `seed`; afterwards its generators stand where they stood.

    The generators belong to the process, so during a run use this only on the training
    thread (`Control.visit`) or not at all.
    """
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield
