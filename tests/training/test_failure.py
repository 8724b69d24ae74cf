"""One sentence for whatever went wrong, with what the window can offer."""

from __future__ import annotations

import errno
import os

import pytest
import torch

from netbuilder.graph import Training
from netbuilder.training.events import Failed
from netbuilder.training.failure import failed

TRAINING = Training(batch_size=64)


def told(error: Exception, run: str = "1", training: Training = TRAINING) -> Failed:
    return failed(error, training=training, run=run, step=7)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried …"),
        RuntimeError("std::bad_alloc"),
    ],
)
def test_lack_of_memory_offers_half_the_batch(error: Exception) -> None:
    event = told(error)
    assert event.message == (
        "The memory was not enough at step 7; a batch size of 32 (now 64) needs about half."
    )
    assert event.batch_size == 32
    assert not event.spoilt


def test_where_a_smaller_batch_cannot_help_none_is_offered() -> None:
    single = told(MemoryError(), training=Training(batch_size=1))
    assert (single.batch_size, "with one sample a batch" in single.message) == (0, True)
    before = told(MemoryError(), run="")
    assert (before.batch_size, "this network and its data" in before.message) == (0, True)


def test_torch_itself_says_it_so() -> None:
    with pytest.raises((RuntimeError, MemoryError)) as found:
        torch.empty(2**48)
    assert told(found.value).batch_size == 32


@pytest.mark.parametrize(
    "words", ["device-side assert triggered", "an illegal memory access was encountered"]
)
def test_a_lost_graphics_card_needs_a_new_process(words: str) -> None:
    event = told(RuntimeError(f"CUDA error: {words}\nCUDA kernel errors might be …"))
    assert event.spoilt
    assert f"stopped computing at step 7 (CUDA error: {words})" in event.message
    assert "resume from the last checkpoint" in event.message
    assert not told(RuntimeError("mat1 and mat2 shapes cannot be multiplied")).spoilt


def test_what_the_system_refuses_is_said_without_numbers() -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/weights")
    assert told(full).message == (
        "The disk is full, so /data/weights was not written at step 7; "
        "free some space and resume the run."
    )
    gone = FileNotFoundError(errno.ENOENT, "No such file or directory", "/data/weights")
    assert told(gone).message == (
        "Training stopped at step 7: no such file or directory (/data/weights)."
    )
