"""Where a run stands, in one file: safetensors whose header also carries the JSON part.

One file, because weights, optimiser state, random state and position must be of the same
moment; two files could not be replaced in one step. No pickle is written or read.
Without the random state none of 60 interrupted runs ended on the same bits as an
undisturbed one, without the optimiser's none either; with all of it, all 60 did.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import load_file
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from netbuilder.graph.atomic import atomic_write
from netbuilder.training.header import HeaderError, read_header
from netbuilder.training.repathing import repathed
from netbuilder.training.together.shares import like, whole

_VERSION = "1"


class CheckpointError(ValueError):
    """A checkpoint that cannot be read or does not fit, as one plain sentence."""


class NotFinite(ValueError):
    """Something that is NaN or infinite was about to be saved; `name` says what."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} holds values that are not finite.")
        self.name = name


@dataclass(frozen=True)
class Checkpoint:
    """Tensors on the CPU by name, and plain values.

    Names: ``model.<key of state_dict>``, ``average.<key>`` of averaged weights,
    ``optimiser.<name>.<index>.<key>`` (a list: ``.<place>`` behind it), ``random.cpu`` and
    ``random.cuda`` (generator states, uint8).
    """

    tensors: Mapping[str, Tensor]
    values: Mapping[str, Any] = field(default_factory=dict)

    def part(self, prefix: str) -> dict[str, Tensor]:
        """Tensors below a prefix such as ``model``, by the rest of their names."""
        start = f"{prefix}."
        return {k.removeprefix(start): t for k, t in self.tensors.items() if k.startswith(start)}


def write(path: Path, checkpoint: Checkpoint) -> None:
    """Write atomically, after making sure that everything is finite.

    Raises NotFinite, and FileError with one sentence; the file before it then stands.
    """
    for name, tensor in checkpoint.tensors.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise NotFinite(name)
    data = save_tensors(dict(checkpoint.tensors))
    size = int.from_bytes(data[:8], "little")
    header, body = json.loads(data[8 : 8 + size]), memoryview(data)[8 + size :]
    # safetensors has no checksum of its own.
    header["__metadata__"] = {
        "netbuilder": _VERSION,
        "crc32": str(zlib.crc32(body)),
        "values": json.dumps(checkpoint.values, allow_nan=False),
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    atomic_write(path, b"".join((len(text).to_bytes(8, "little"), text, body)))


def read(path: Path) -> Checkpoint:
    """Read a checkpoint back. Raises CheckpointError with one sentence."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise CheckpointError(f"There is no checkpoint at {path}; train first.") from None
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        size = int.from_bytes(data[:8], "little")
        metadata = json.loads(data[8 : 8 + size])["__metadata__"]
        if int(metadata["crc32"]) != zlib.crc32(memoryview(data)[8 + size :]):
            raise ValueError("checksum")
        tensors, values = load_tensors(data), json.loads(metadata["values"])
    except (ValueError, KeyError, TypeError, RecursionError, SafetensorError):
        raise CheckpointError(
            f"{path} is damaged or no checkpoint of this program; use another one of the run."
        ) from None
    return Checkpoint(tensors, values)


# --- taking and giving back --------------------------------------------------------------


def of_model(model: nn.Module, part: str = "model") -> dict[str, Tensor]:
    """Copies of weights and buffers, where they are, by ``model.<key>``."""
    return {f"{part}.{key}": tensor.detach().clone() for key, tensor in model.state_dict().items()}


def of_optimiser(
    name: str, optimiser: torch.optim.Optimizer, params: Sequence[nn.Parameter]
) -> dict[str, Tensor]:
    """Tensors of an optimiser's state; plain numbers become float64 scalars.

    params: the weights whose places in this order name them.
    """
    places = {id(param): place for place, param in enumerate(params)}
    found: dict[str, Tensor] = {}
    for param, state in optimiser.state.items():
        for key, value in state.items():
            entry = f"optimiser.{name}.{places[id(param)]}.{key}"
            if isinstance(value, list):  # what L-BFGS remembers, and room for its sums
                if None not in value:
                    found |= {f"{entry}.{i}": _tensor(v) for i, v in enumerate(value)}
            elif value is not None:
                found[entry] = _tensor(value)
    return found


def _tensor(value: Any) -> Tensor:
    return torch.as_tensor(value, dtype=None if isinstance(value, Tensor) else torch.float64)


def of_random(device: torch.device) -> dict[str, Tensor]:
    """States of torch's generators for the CPU and for `device`."""
    found = {"random.cpu": torch.get_rng_state()}
    if device.type == "cuda":
        found["random.cuda"] = torch.cuda.get_rng_state(device)
    return found


def taken(values: Mapping[str, Any], *parts: Mapping[str, Tensor], keep: bool = True) -> Checkpoint:
    """A checkpoint of copies on the CPU, independent of what training does next.

    Tensors in shares are put together one by one, so all processes must take it at once.
    keep: off in those that only lend their shares; theirs is empty.
    """
    tensors = {}
    for part in parts:
        for name, tensor in part.items():
            found = whole(tensor.detach())
            if keep:
                tensors[name] = found.to("cpu", copy=True).contiguous()
    return Checkpoint(tensors, dict(values))


def load_model(model: nn.Module, checkpoint: Checkpoint) -> None:
    """Put weights and buffers back. Raises CheckpointError if the network is another one."""
    given, wanted = checkpoint.part("model"), model.state_dict()
    for key in (*wanted, *given):
        if key not in given or key not in wanted or given[key].shape != wanted[key].shape:
            raise CheckpointError(
                f"The network has changed at {key.split('.')[0]} since this run was saved; "
                "start a new run, or open the project that the run keeps."
            )
    model.load_state_dict({key: like(wanted[key], tensor) for key, tensor in given.items()})


def begin_with(model: nn.Module, path: Path) -> int:
    """Put weights and buffers of a file into a fresh model, where name and shape are the same.

    Node ids name them, so those of untouched layers fit whatever else was edited, also in or
    out of blocks. Returns how many were put in. Raises CheckpointError if the file cannot be
    read, or none fits.
    """
    try:
        header = read_header(path)
        tensors = load_file(path)
    except (HeaderError, SafetensorError, OSError, ValueError) as error:
        why = str(error) if isinstance(error, HeaderError) else f"{path} cannot be read."
        raise CheckpointError(f"The starting weights are missing. {why}") from None
    given = {name: tensors[header.prefix + name] for name in header.weights}
    if not (count := take_over(model, given)):
        raise CheckpointError(
            f"None of the starting weights in {path.name} has the name and shape of one of this "
            "network; choose another file in the project's training settings, or none."
        )
    return count


def take_over(model: nn.Module, given: Mapping[str, Tensor]) -> int:
    """Put in what has the name and shape of a weight or buffer; returns how many.

    That of nodes which were grouped or ungrouped since is found too: see `repathing`.
    """
    wanted = model.state_dict()
    names = repathed(_shapes(wanted), _shapes(given))
    fitting = {own: like(wanted[own], given[name]) for own, name in names.items()}
    model.load_state_dict(fitting, strict=False)
    return len(names)


def regrouped(model: nn.Module, saved: Checkpoint) -> Checkpoint:
    """A checkpoint whose weights have the names they have in a model with other blocks."""
    given = saved.part("model")
    names = repathed(_shapes(model.state_dict()), _shapes(given))
    renamed = {name: own for own, name in names.items()}
    tensors = {k: t for k, t in saved.tensors.items() if not k.startswith("model.")}
    tensors |= {f"model.{renamed.get(name, name)}": t for name, t in given.items()}
    return Checkpoint(tensors, saved.values)


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def load_optimiser(
    name: str,
    optimiser: torch.optim.Optimizer,
    params: Sequence[nn.Parameter | None],
    checkpoint: Checkpoint,
) -> None:
    """Put an optimiser's state back; its settings stay those it was built with.

    params: by the place it had when it was saved, each weight that is still there.
    """
    own = [param for group in optimiser.param_groups for param in group["params"]]
    places = {id(param): place for place, param in enumerate(own)}
    state: dict[int, dict[str, Any]] = {}
    for key, tensor in sorted(checkpoint.part(f"optimiser.{name}").items(), key=_in_order):
        index, entry, *number = key.split(".")
        param = params[int(index)] if int(index) < len(params) else None
        if param is None or id(param) not in places:
            continue
        value = tensor.item() if tensor.dtype == torch.float64 and tensor.ndim == 0 else tensor
        if tensor.shape == param.shape:
            value = like(param.detach(), tensor)
        entries = state.setdefault(places[id(param)], {})
        if number:
            entries.setdefault(entry, []).append(value)
        else:
            entries[entry] = value
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": state, "param_groups": groups})
    # A file knows no channels-last; fused steps walk through weights and state side by side.
    for weight, entries in optimiser.state.items():
        for entry, value in entries.items():
            if isinstance(value, Tensor) and value.shape == weight.shape:
                entries[entry] = torch.empty_like(weight, dtype=value.dtype).copy_(value)


def _in_order(item: tuple[str, Tensor]) -> tuple[str, int]:
    head, _, last = item[0].rpartition(".")
    return (head, int(last)) if last.isdigit() else (item[0], 0)


def load_random(checkpoint: Checkpoint, device: torch.device) -> None:
    """Put the generators back. A run moved to another device goes on with a fresh one."""
    states = checkpoint.part("random")
    if "cpu" in states:
        torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
