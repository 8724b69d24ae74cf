"""One optimiser's turn in an iteration: its objective, its own gradients, its step.

The trainer knows no architecture. A GAN, a VAE, a frozen encoder are all the same list of
turns, each over its own losses and its own weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder.graph import Optimiser
from netbuilder.training import algorithms, checkpoint
from netbuilder.training.algorithm import SettingError
from netbuilder.training.checkpoint import Checkpoint
from netbuilder.training.grouping import groups, owned
from netbuilder.training.losses import Losses
from netbuilder.training.penalty import Penalty
from netbuilder.training.scheduling import Scheduling
from netbuilder.training.settings import algorithm, beside_matrices, checked
from netbuilder.training.together.team import Team

#: An objective method of the generated class: fields in, (loss, losses by node) out.
Method = Callable[..., tuple[Tensor, Mapping[str, Tensor]]]
Batch = Mapping[str, Tensor]


@dataclass
class Turn:
    """A declared optimiser made ready to run.

    params: the weights it owns, by name in the model. partial: whether the model has others,
    whose gradients it must leave alone. optimisers: torch's; a second one has what the first
    cannot take. schedules: what moves their rates; none for a constant rate. team: the
    processes that it shares each batch with, if there are others.
    """

    declared: Optimiser
    column: int
    method: Method
    optimisers: list[torch.optim.Optimizer]
    named: Mapping[str, nn.Parameter]
    partial: bool
    penalty: Penalty | None = None
    clip: float = 0.0
    clip_value: float = 0.0
    accumulate: int = 1
    closure: bool = False
    decoupled: bool = False
    schedules: Sequence[Scheduling] = ()
    team: Team | None = None

    def __post_init__(self) -> None:
        self.params = list(self.named.values())
        #: The rate with which a run would begin to stand where this one does: a rate set by
        #: hand multiplies all rates of a schedule, that one too.
        self.base = float(checked(self.declared.algorithm, self.declared.settings).get("lr", 0.0))

    @property
    def name(self) -> str:
        """Name of the objective, as in events."""
        return self.declared.name

    @property
    def optimiser(self) -> torch.optim.Optimizer:
        """The first of its optimisers."""
        return self.optimisers[0]

    def due(self, step: int) -> bool:
        """Whether it runs in this iteration, counted from 0."""
        return step % self.declared.every == 0

    def set_rate(self, value: float) -> None:
        """Change the learning rate from the next step on; a schedule goes on from there.

        Raises SettingError outside the range.
        """
        now = algorithms.learning_rate(self.optimiser)
        if not self.schedules or not now:
            for optimiser in self.optimisers:
                algorithms.set_learning_rate(optimiser, self.declared.algorithm, value)
            if not self.schedules:
                self.base = value
            return
        value = checked(self.declared.algorithm, {"lr": value})["lr"]
        for schedule in self.schedules:
            schedule.scale(value / now)
        self.base *= value / now

    # --- saving --------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Where its rates stand, and whose state is which in a checkpoint: plain values."""
        return {
            "owned": list(self.named),
            "rates": [[float(g["lr"]) for g in o.param_groups] for o in self.optimisers],
            "base": self.base,
            "schedule": self._schedule(),
            "schedules": [schedule.state() for schedule in self.schedules],
        }

    def _schedule(self) -> list[Any]:
        """What must be the same for a schedule to go on from its state."""
        declared, when = self.declared.schedule, [s.timing for s in self.schedules[:1]]
        settings = {k: list(v) if isinstance(v, tuple) else v for k, v in declared.settings.items()}
        return [declared.name, settings, *([t.steps_per_epoch, t.total] for t in when)]

    def restore(self, saved: Checkpoint, same: bool, step: int) -> None:
        """Go on from a checkpoint of the same algorithm, after `step` steps.

        same: whether its settings are those of then; if not, its rates begin anew.
        """
        state = saved.values.get("turns", {}).get(self.name, {})
        owned = state.get("owned", list(self.named))
        params = [self.named.get(name) for name in owned]
        for optimiser in self.optimisers:
            checkpoint.load_optimiser(self.name, optimiser, params, saved)
        if same and not state:  # saved before there were schedules
            self.set_rate(saved.values["rates"][self.name])
        now = self.state()
        self.base = float(state.get("base", self.base)) if same else self.base
        fits = same and state.get("schedule") == now["schedule"] and _alike(state, now)
        if fits and self.schedules:
            for schedule, at in zip(self.schedules, state["schedules"], strict=True):
                schedule.load(at)
        elif fits:
            for optimiser, rates in zip(self.optimisers, state["rates"], strict=True):
                for group, rate in zip(optimiser.param_groups, rates, strict=True):
                    group["lr"] = rate
        else:
            self.begin_at(step)

    def begin_at(self, step: int) -> None:
        """Begin with fresh rates in the midst of a run, where a schedule would stand by now."""
        for schedule in self.schedules:
            schedule.catch_up(step)

    # --- stepping ------------------------------------------------------------------------

    def run(self, batch: Batch, losses: Losses) -> None:
        """All its steps of one iteration on one batch; the last loss is reported.

        Raises netbuilder.training.losses.NonFinite before a weight is touched, where the
        loss can be read at once.
        """
        for _ in range(self.declared.steps):
            if self.closure:
                self._search(batch, losses)
                continue
            losses.add(self.column, self._gradient(batch))
            if self.clip_value:
                nn.utils.clip_grad_value_(self.params, self.clip_value)
            if self.clip:
                nn.utils.clip_grad_norm_(self.params, self.clip)
            if self.decoupled:
                self._decay()
            for optimiser in self.optimisers:
                optimiser.step()

    def _gradient(self, batch: Batch) -> Tensor:
        """Take the gradient anew; the loss without penalties."""
        for param in self.params:
            param.grad = None
        if self.accumulate == 1:
            loss = self._loss(batch)
            self._backward(loss if self._penalty is None else loss + self._penalties())
            return self._combined(loss)
        total: Tensor | None = None
        for share, part in parts(batch, self.accumulate):
            loss = self._loss(part) * share
            first = total is None
            self._backward(loss + self._penalties() if self._penalty and first else loss)
            total = loss.detach() if total is None else total + loss.detach()
        assert total is not None
        return self._combined(total)

    @property
    def _split(self) -> bool:
        return self.team is not None and self.team.split

    @property
    def _penalty(self) -> Penalty | None:
        """What is added to the loss; of split weights only its gradient is, afterwards."""
        return None if self._split else self.penalty

    def _combined(self, loss: Tensor) -> Tensor:
        """The loss of the whole batch, and its gradient where the weights' gradients are."""
        if self.team is None:
            return loss
        if not self.team.split:
            return self.team.combined(self.params, loss)
        if self.penalty is not None:
            self.penalty.add_gradient()
        return self.team.agreed(loss)

    def _loss(self, batch: Batch) -> Tensor:
        """What this process adds to the loss of a batch: all of it, or its share."""
        if self.team is None:
            return self.method(**batch)[0]
        return self.method(**self.team.take(batch))[0] * self.team.share

    def _penalties(self) -> Tensor:
        assert self.penalty is not None
        return self.penalty() if self.team is None else self.penalty() * self.team.share

    def _backward(self, loss: Tensor) -> None:
        if self._split:
            assert self.team is not None
            # FSDP takes the mean over processes, and its hooks need every gradient; those of
            # other optimisers are forgotten when it is their turn.
            (loss * self.team.place.size).backward()  # type: ignore[no-untyped-call]
        # Only its own gradients: another optimiser's must neither change nor be paid for.
        elif self.partial:
            loss.backward(inputs=self.params)  # type: ignore[no-untyped-call]
        else:
            loss.backward()  # type: ignore[no-untyped-call]

    def _search(self, batch: Batch, losses: Losses) -> None:
        """A step that computes the loss itself; the loss at its beginning is reported."""
        reported = False

        def closure() -> Tensor:
            nonlocal reported
            if self.declared.algorithm == "newton":
                loss, _ = self.method(**batch)
                whole = loss if self.penalty is None else loss + self.penalty()
            else:
                loss = self._gradient(batch)
                whole = loss if self.penalty is None else loss + self.penalty().detach()
            if not reported:
                reported = True
                losses.add(self.column, loss)
            return whole

        self.optimiser.step(closure)  # type: ignore[arg-type]

    def _decay(self) -> None:
        with torch.no_grad():
            for group in self.optimiser.param_groups:
                if decay := group.get("decoupled"):
                    torch._foreach_mul_(group["params"], 1 - group["lr"] * decay)


def _alike(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether two states are of as many groups."""
    return [len(rates) for rates in a["rates"]] == [len(rates) for rates in b["rates"]]


def parts(batch: Batch, count: int) -> Iterator[tuple[float, Batch]]:
    """A batch in `count` parts, fewer if it has fewer rows: their share of the rows, fields."""
    chunks = {name: values.chunk(count) for name, values in batch.items()}
    rows = len(next(iter(batch.values())))
    for several in zip(*chunks.values(), strict=True):
        yield len(several[0]) / rows, dict(zip(chunks, several, strict=True))


def made(
    model: nn.Module,
    objectives: Sequence[Any],
    device: torch.device,
) -> list[Turn]:
    """Turns for the objectives of a compiled project, in order, at constant rates.

    objectives: of `netbuilder.compiler.Source`. Raises SettingError with one sentence.
    """
    trainable = {name: p for name, p in model.named_parameters() if p.requires_grad}
    return [_made(model, trainable, column, o, device) for column, o in enumerate(objectives)]


def _made(
    model: nn.Module,
    trainable: Mapping[str, nn.Parameter],
    column: int,
    objective: Any,
    device: torch.device,
) -> Turn:
    declared: Optimiser = objective.optimiser
    chosen, values = algorithm(declared.algorithm), checked(declared.algorithm, declared.settings)
    for field, value in (("every", declared.every), ("steps", declared.steps)):
        if value < 1:
            raise SettingError(field, f"The optimiser {declared.name} needs {field} ≥ 1.")
    named = owned(trainable, objective.updates, declared)
    penalised = [p for p in named.values() if values["decay_biases"] or p.ndim > 1]
    l2 = values["weight_decay"] if chosen.closure else 0.0
    return Turn(
        declared,
        column,
        getattr(model, objective.method),
        optimisers(declared, named, device),
        named,
        len(named) < len(trainable),
        Penalty(penalised, values["l1"], l2) if penalised and (values["l1"] or l2) else None,
        values.get("clip", 0.0),
        values.get("clip_value", 0.0),
        values.get("accumulate", 1),
        chosen.closure,
        values.get("decoupled", False),
    )


def optimisers(
    declared: Optimiser, named: Mapping[str, nn.Parameter], device: torch.device
) -> list[torch.optim.Optimizer]:
    """torch's optimisers over these weights: one, or two if one does not take all of them."""
    if not algorithm(declared.algorithm).matrices:
        return [algorithms.build_over(declared, groups(named, declared), device)]
    matrices = {name: p for name, p in named.items() if p.ndim == 2}
    rest = {name: p for name, p in named.items() if p.ndim != 2}
    beside = beside_matrices(declared)
    made = []
    if matrices or not rest:
        made.append(algorithms.build_over(declared, groups(matrices, declared), device))
    if rest:
        made.append(algorithms.build_over(beside, groups(rest, beside), device))
    return made
