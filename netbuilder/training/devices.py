"""Where to compute, and with how many threads."""

from __future__ import annotations

import os

import torch


class DeviceError(ValueError):
    """A device that this computer does not have, as one plain sentence."""


def available() -> tuple[str, ...]:
    """Names of the devices a project may ask for, the fastest first."""
    cuda = torch.cuda.is_available()
    return ("cuda", "cpu") if cuda else ("cpu",)


def choose(device: str) -> torch.device:
    """``auto`` (the fastest there is), ``cpu`` or ``cuda``. Raises DeviceError."""
    if device == "auto":
        return torch.device(available()[0])
    if device not in ("cpu", "cuda"):
        raise DeviceError(f"There is no device {device}; choose auto, cpu or cuda.")
    if device not in available():
        raise DeviceError(
            "This computer has no graphics card that torch can use; set the device to auto or cpu."
        )
    return torch.device(device)


def title(device: torch.device) -> str:
    """The device as a person knows it: ``cpu``, or the name of the graphics card."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return device.type


def free_bytes(device: torch.device) -> int:
    """Bytes that are free on the device now."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    import psutil

    return int(psutil.virtual_memory().available)


#: Multiply-adds of a step below which a second thread waits more than it helps.
_WORTH_SHARING = 50_000_000


def use_threads(work: int = _WORTH_SHARING, recorded: object = None) -> int:
    """Let torch compute with as many threads as pay; returns how many.

    work: multiply-adds of a forward pass over one batch. recorded: the number that a run
    which goes on has had. Sums are split by thread, so a run is repeated bit by bit only
    with the same number; it is part of the run's record. OMP_NUM_THREADS, where it is set,
    decides for new runs. A large model gets all cores but one, which stays for the window.

    Measured on two cores that others used, too (steps a second, two threads that sleep
    while they wait : one thread): 784-128-10 at 6 million multiply-adds a step 0.45 and 0.60,
    digits_gan at 22 million 0.68 and 0.99, digits_cnn at 58 million 0.83, 784-2048-10 at
    104 million 0.84 and 1.23. Threads that spin while they wait: see `waiting`.
    """
    if isinstance(recorded, int) and recorded > 0:
        torch.set_num_threads(recorded)
    elif not os.environ.get("OMP_NUM_THREADS"):
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        torch.set_num_threads(max(1, (cores or 2) - 1) if work >= _WORTH_SHARING else 1)
    return torch.get_num_threads()
