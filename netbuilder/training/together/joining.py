"""Becoming one of several processes: Lightning Fabric finds the others and the device."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import warnings
from datetime import timedelta
from typing import Any

import torch
from torch import distributed

from netbuilder.training import devices
from netbuilder.training.together.place import Place, place
from netbuilder.training.together.team import Team

#: A pause of the first process may last so long.
_PATIENCE = timedelta(days=1)
_team: Team | None = None


class JoinError(ValueError):
    """The other processes cannot be joined, as one plain sentence."""


def joined(device: str) -> Team | None:
    """The processes this one trains with; None if it was started alone.

    device: of the project; each process of a machine gets a graphics card of its own.
    Raises JoinError or DeviceError.
    """
    global _team
    here = place()
    if here is None:
        return None
    if _team is None:
        _team = Team(here, _launched(here, devices.choose(device)))
    _team.begin()
    return _team


def _launched(here: Place, device: torch.device) -> torch.device:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from lightning_fabric import Fabric
            from lightning_fabric.plugins.environments import TorchElasticEnvironment
            from lightning_fabric.strategies import DDPStrategy
    except Exception:  # also an installation that is broken
        raise JoinError(
            "Several processes train one run with Lightning Fabric, which is not installed; "
            "run pip install 'netbuilder[cluster]'."
        ) from None
    if device.type == "cuda" and (cards := torch.cuda.device_count()) < here.beside:
        raise JoinError(
            f"{here.beside} processes on this machine need a graphics card each, and it has "
            f"{cards}; start {cards} a machine, or train with --device cpu."
        )
    logging.getLogger("lightning.fabric").setLevel(logging.ERROR)
    logging.getLogger("lightning_fabric").setLevel(logging.ERROR)
    backend = "nccl" if device.type == "cuda" else "gloo"
    strategy = DDPStrategy(process_group_backend=backend, timeout=_PATIENCE)
    options: dict[str, Any] = {
        "accelerator": device.type,
        "devices": here.beside,
        "num_nodes": max(1, here.size // here.beside),
        "strategy": strategy,
        "plugins": TorchElasticEnvironment(),
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _meet(here, backend)
            fabric = Fabric(**options)
            fabric.launch()
    except Exception as error:
        text = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise JoinError(f"The other processes cannot be joined: {text}.") from None
    atexit.register(_left)
    return torch.device(fabric.device)


def _meet(here: Place, backend: str) -> None:
    """Find the others before Fabric would, where torchrun keeps one store over all restarts.

    A process could read there where another one listened before it died, and wait in vain
    (pytorch/pytorch#135712). Each restart has keys of its own here.
    """
    if os.environ.get("TORCHELASTIC_USE_AGENT_STORE") != "True":
        return
    address, port = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
    store = distributed.TCPStore(address, port, here.size, is_master=False)  # type: ignore[attr-defined]
    own = distributed.PrefixStore(f"restart-{here.restarts}", store)  # type: ignore[attr-defined]
    distributed.init_process_group(
        backend, store=own, rank=here.rank, world_size=here.size, timeout=_PATIENCE
    )


def _left() -> None:
    with contextlib.suppress(Exception):
        distributed.destroy_process_group()
