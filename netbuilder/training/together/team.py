"""The processes that train one run together, seen from one of them.

Every process holds the whole model and takes its share of the rows of each batch. Its loss is
weighted by that share before the backward pass, so the sum of all gradients is the gradient
of the loss of the whole batch, and every process makes the same step. Objectives are methods
of the model, so nothing is wrapped around `forward`: what is added up is the gradients that an
optimiser is about to use, one message an optimiser and step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor, distributed, nn
from torch._C._nn import flatten_dense_tensors, unflatten_dense_tensors

from netbuilder.training.together.place import Place

Batch = Mapping[str, Tensor]
Value = TypeVar("Value")
#: Rows, and fields.
Measured = tuple[int, dict[str, Tensor]]

#: What the first process may ask of all, by the number that goes with the gradients.
_FINISH_EPOCH, _STOP = 1, 2
#: Added to it when all shall put a checkpoint together.
_SAVE = 4
#: On a graphics card that number is read every so many steps: reading waits for the card.
_READ_EVERY = 16
_MASK = 2**63 - 1


class PeerLost(ConnectionError):
    """Another process of the run ended or cannot be reached: one plain sentence."""


class Steered(Protocol):
    """What a request is passed on to; `control.Control` is one."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...
    def finish_epoch(self) -> None: ...


class Team:
    """share: of the rows that were taken last, how many are of this process, from 0 to 1.

    split: whether the weights lie in shares (`sharding.py`). saving: whether all of them write
    a checkpoint after this step.
    """

    def __init__(self, place: Place, device: torch.device) -> None:
        self.place, self.device = place, device
        self.share = 1.0 / place.size
        self.split = self.saving = False
        self._wish = self._save = 0
        self._heard = torch.zeros((), device=device)
        self._obeyed = 0

    @property
    def leads(self) -> bool:
        """Whether this process writes the run and speaks."""
        return self.place.leads

    # --- a step ----------------------------------------------------------------------------

    def take(self, batch: Batch) -> dict[str, Tensor]:
        """This process's rows of a batch: shares as equal as can be, without copying.

        A process that no row is left for takes one that counts for nothing, because the
        others wait for its gradients.
        """
        rows, size, rank = len(next(iter(batch.values()))), self.place.size, self.place.rank
        count, extra = divmod(rows, size)
        begin = rank * count + min(rank, extra)
        count += rank < extra
        self.share = count / rows
        begin, count = (begin, count) if count else (0, 1)
        return {name: values[begin : begin + count] for name, values in batch.items()}

    def combined(self, params: Sequence[nn.Parameter], loss: Tensor) -> Tensor:
        """Add up what all processes found: gradients, in place, and the loss, which is returned.

        The loss of this process must have been weighted by `share` before its gradient was
        taken. Raises PeerLost.
        """
        grads = [param.grad for param in params]
        # A weight may have no gradient here and one elsewhere: an expert no row was sent to.
        flags = [0.0 if grad is None else 1.0 for grad in grads]
        parts = [
            torch.zeros_like(param) if grad is None else grad
            for param, grad in zip(params, grads, strict=True)
        ]
        said = loss.new_tensor([*flags, float(self._wish)])
        message = [*parts, said, loss.detach()]
        whole = self.summed(flatten_dense_tensors(message))
        *found, heard, total = unflatten_dense_tensors(whole, message)
        present, self._heard = heard[:-1], heard[-1]
        here = [(g, f) for g, f in zip(grads, found, strict=True) if g is not None]
        torch._foreach_copy_([g for g, _ in here], [f for _, f in here])
        if len(here) < len(params):
            there = present.tolist()
            for param, grad, value, other in zip(params, grads, found, there, strict=True):
                if grad is None and other:
                    param.grad = value.to(param.dtype)
        found_loss: Tensor = total.to(loss.dtype)
        return found_loss

    def agreed(self, loss: Tensor) -> Tensor:
        """The loss of the whole batch, of gradients that are added up already. Raises PeerLost."""
        wish = loss.new_tensor(float(self._wish + self._save))
        total, self._heard = self.summed(torch.stack([loss.detach(), wish])).unbind()
        return total

    def summed(self, values: Tensor) -> Tensor:
        """The sum over all processes, in place. Raises PeerLost."""
        try:
            distributed.all_reduce(values)
        except RuntimeError as error:
            raise gone() from error
        return values

    def reseed(self, seed: int, step: int, together: bool = False) -> None:
        """Draw from here on what seed, step and process say, so that nothing of it is saved.

        together: as all the others, not as this process alone.
        """
        rank = self.place.size if together else self.place.rank
        mixed = seed * 0x9E3779B97F4A7C15 + step * 0xBF58476D1CE4E5B9 + rank * 0x94D049BB133111EB
        drawn = (mixed ^ (mixed >> 31)) & _MASK
        # torch.manual_seed asks for every kind of device, which takes a hundred times as long.
        torch.default_generator.manual_seed(drawn)
        if self.device.type == "cuda":
            torch.cuda.manual_seed(drawn)

    # --- agreeing --------------------------------------------------------------------------

    def told(self, value: Value) -> Value:
        """What the first process has here, for all of them. Raises PeerLost."""
        box: list[Any] = [value]
        try:
            distributed.broadcast_object_list(box, src=0, device=self.device)
        except RuntimeError as error:
            raise gone() from error
        return box[0]  # type: ignore[no-any-return]

    def same(self, model: nn.Module, weights: bool = True) -> None:
        """Give every process the weights and buffers of the first. Raises PeerLost."""
        weights = weights and not self.split  # each has a share of its own
        tensors = [*model.parameters(), *model.buffers()] if weights else [*model.buffers()]
        try:
            for tensor in tensors:
                distributed.broadcast(tensor.detach(), src=0)
        except RuntimeError as error:
            raise gone() from error

    def shares(self, batches: Iterator[Measured]) -> Iterator[Measured]:
        """Of batches with their rows, this process's rows of each, none where it says so."""
        for rows, batch in batches:
            taken = self.take(batch)
            yield round(self.share * rows), taken

    def relay(self, control: Steered) -> Steered:
        """Takes requests for all of them, in the first process."""
        return _Relay(self, control)

    def wish(self, what: int) -> None:
        """Ask all for something from the next step on."""
        self._wish = max(self._wish, what)

    def ask_to_save(self) -> None:
        """Let all write a checkpoint after the same step."""
        self._save = _SAVE

    def obey(self, control: Steered, step: int) -> None:
        """Do what the first process asked for, after the same step in all of them."""
        if self.device.type == "cuda" and step % _READ_EVERY:
            return
        save, word = divmod(int(self._heard), _SAVE)
        self.saving = bool(save)
        if self.saving:
            self._save = 0
            self._heard = torch.zeros((), device=self.device)
        if word > self._obeyed:
            self._obeyed = word
            control.stop() if word == _STOP else control.finish_epoch()

    def begin(self) -> None:
        """Another run begins."""
        self._wish = self._obeyed = self._save = 0
        self.split = self.saving = False
        self._heard = torch.zeros((), device=self.device)


class _Relay:
    """Requests of other processes: a pause holds up the first one, for which the others wait."""

    def __init__(self, team: Team, control: Steered) -> None:
        self._team, self._control = team, control

    def pause(self) -> None:
        self._control.pause()

    def resume(self) -> None:
        self._control.resume()

    def stop(self) -> None:
        self._team.wish(_STOP)
        self._control.resume()

    def finish_epoch(self) -> None:
        self._team.wish(_FINISH_EPOCH)
        self._control.resume()


def gone() -> PeerLost:
    """What is said of a process that ended."""
    return PeerLost(
        "Another process of this run ended or cannot be reached; its own message says why. "
        "The run can go on from its last checkpoint."
    )
