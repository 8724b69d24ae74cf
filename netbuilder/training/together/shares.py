"""Tensors that lie in shares over processes: putting one together, and taking a share."""

from __future__ import annotations

from torch import Tensor


def in_shares(tensor: Tensor) -> bool:
    """Whether this process holds only its share of it."""
    return hasattr(tensor, "full_tensor")


def whole(tensor: Tensor) -> Tensor:
    """All of it; every process must ask for the same at once."""
    return tensor.full_tensor() if in_shares(tensor) else tensor  # type: ignore[no-any-return,attr-defined]


def like(own: Tensor, given: Tensor) -> Tensor:
    """What is given whole, as `own` lies: this process's share, on its device, or the same."""
    if not in_shares(own) or in_shares(given):
        return given
    from torch.distributed.tensor import distribute_tensor

    mesh, placements = own.device_mesh, own.placements  # type: ignore[attr-defined]
    # Every process has it whole, so nothing is sent.
    return distribute_tensor(given.to(own.device), mesh, placements, src_data_rank=None)


def local(tensor: Tensor) -> Tensor:
    """The share of this process, which is all of it where nothing is split."""
    return tensor.to_local() if in_shares(tensor) else tensor  # type: ignore[no-any-return,attr-defined]


def lost(error: BaseException) -> bool:
    """Whether torch says so because another process is gone."""
    words = ("Connection closed by peer", "Connection reset", "gloo", "NCCL")
    return isinstance(error, RuntimeError) and any(word in str(error) for word in words)
