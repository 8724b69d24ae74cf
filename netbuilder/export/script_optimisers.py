"""The optimisers of a stand-alone script: how they are made, and how they step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from netbuilder.compiler import Source
from netbuilder.compiler.build import build
from netbuilder.compiler.inline import definitions, needed
from netbuilder.compiler.source import Objective
from netbuilder.graph import Optimiser
from netbuilder.training.grouping import groups, owned
from netbuilder.training.settings import algorithm, beside_matrices, checked, construction

Named = Mapping[str, nn.Parameter]


@dataclass(frozen=True)
class Turn:
    """One optimiser in the script: its names, and the text that makes it.

    names: of torch's optimisers, two if one does not take all weights. values: its settings.
    partial: whether the model has weights that are not its own.
    """

    objective: Objective
    names: list[str]
    made: list[str]
    parameters: str
    listed: bool
    partial: bool
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def declared(self) -> Optimiser:
        return self.objective.optimiser

    @property
    def penalised(self) -> bool:
        closure = algorithm(self.declared.algorithm).closure
        return bool(self.values["l1"] or (closure and self.values["weight_decay"]))


def turns(source: Source) -> list[Turn]:
    """All optimisers, in order. Raises SettingError for one that cannot be made."""
    with torch.device("meta"):
        trainable = {n: p for n, p in build(source).named_parameters() if p.requires_grad}
    return [_made(o, trainable, len(source.objectives) == 1) for o in source.objectives]


def _made(objective: Objective, trainable: Named, single: bool) -> Turn:
    declared = objective.optimiser
    slug = re.sub(r"\W+", "_", declared.name.lower()).strip("_")
    name = "optimiser" if single else f"{slug}_optimiser"
    named = owned(trainable, objective.updates, declared)
    chosen = algorithm(declared.algorithm)
    made, parameters = [], "model.parameters()"
    listed = objective.updates is not None or len(named) < len(trainable)
    if listed:
        parameters = "parameters" if single else f"{slug}_parameters"
        nodes = objective.updates
        if nodes is None or len(named) < len(owned(trainable, nodes, Optimiser())):
            nodes = tuple(dict.fromkeys(n.partition(".")[0] for n in named))
        made += [
            f"{parameters} = [",
            "    p for name, p in model.named_parameters()"
            f' if name.partition(".")[0] in {{{", ".join(_quoted(i) for i in nodes)}}}',
            "]",
        ]
    parts = [(name, declared, dict(named))]
    if chosen.matrices:
        matrices = {n: p for n, p in named.items() if p.ndim == 2}
        rest = {n: p for n, p in named.items() if p.ndim != 2}
        both = [(name, declared, matrices), (f"rest_{name}", beside_matrices(declared), rest)]
        parts = [part for part in both if part[2]]
    for own, one, members in parts:
        target, arguments = construction(one)
        if algorithm(one.algorithm).fused:
            arguments["fused"] = True
        settings = "".join(f", {k}={v!r}" for k, v in arguments.items())
        target = target.rpartition(".")[2] if chosen.own else f"torch.optim.{target}"
        given = groups(members, one)
        if len(given) == 1 and len(given[0]) == 1 and len(members) == len(named):
            made.append(f"{own} = {target}({parameters}{settings})")
        else:
            # In the order of the model, so each is found by its name.
            made += [
                f"{own} = {target}(",
                "    [",
                *(line for group in given for line in _group(group, members, trainable)),
                f"    ]{settings},",
                ")",
            ]
    values = checked(declared.algorithm, declared.settings)
    partial = len(named) < len(trainable)
    names = [own for own, _, _ in parts]
    return Turn(objective, names, made, parameters, listed, partial, values)


def _quoted(text: str) -> str:
    return f'"{text}"'


def _group(group: Mapping[str, Any], members: Named, trainable: Named) -> list[str]:
    """Lines of one parameter group: which weights, found by node and axes, and what is set."""
    ids = {id(p) for p in group["params"]}
    wanted = {n for n, p in members.items() if id(p) in ids}
    nodes = list(dict.fromkeys(n.partition(".")[0] for n in wanted))
    nodes = [n for n in dict.fromkeys(n.partition(".")[0] for n in trainable) if n in nodes]
    extra = "".join(f', "{k}": {v!r}' for k, v in group.items() if k not in ("params", "rate"))
    of_nodes = f'n.partition(".")[0] in {{{", ".join(_quoted(n) for n in nodes)}}}'
    everywhere = len({n.partition(".")[0] for n in trainable}) == len(nodes)
    for words, keeps in _AXES:
        found = {n for n, p in trainable.items() if n.partition(".")[0] in nodes and keeps(p.ndim)}
        if found == wanted:
            tests = [t for t in ("" if everywhere else of_nodes, words) if t]
            condition = f" if {' and '.join(tests)}" if tests else ""
            return [
                "        {",
                '            "params": [',
                f"                p for n, p in model.named_parameters(){condition}",
                f"            ]{extra},",
                "        },",
            ]
    names = ", ".join(_quoted(n) for n in trainable if n in wanted)
    return [
        "        {",
        '            "params": [',
        f"                p for n, p in model.named_parameters() if n in {{{names}}}",
        f"            ]{extra},",
        "        },",
    ]


_AXES = (
    ("", lambda axes: True),
    ("p.ndim > 1", lambda axes: axes > 1),
    ("p.ndim < 2", lambda axes: axes < 2),
    ("p.ndim == 2", lambda axes: axes == 2),
    ("p.ndim != 2", lambda axes: axes != 2),
)


# --- functions beside the loop -------------------------------------------------------------


def functions(made: list[Turn]) -> list[str]:
    """Texts of what the optimisers need."""
    found = []
    if any(t.declared.algorithm == "newton" for t in made):
        found += [definitions()[name] for name in needed(["Newton"])]
    if any(t.penalised for t in made):
        found.append(_PENALTY)
    if any(t.values.get("accumulate", 1) > 1 for t in made):
        found.append(_PARTS)
    return found


_PENALTY = '''def penalty(parameters, l1, l2):
    """l1 times the sum of |w| and l2 / 2 times that of their squares."""
    parameters = list(parameters)
    total = torch.zeros((), device=parameters[0].device)
    for p in parameters:
        if l1:
            total = total + l1 * p.abs().sum()
        if l2:
            total = total + 0.5 * l2 * p.square().sum()
    return total'''

_PARTS = '''def parts(batch, count):
    """A batch in `count` parts, each with its share of the rows."""
    chunks = {name: values.chunk(count) for name, values in batch.items()}
    rows = len(next(iter(batch.values())))
    for several in zip(*chunks.values(), strict=True):
        yield len(several[0]) / rows, dict(zip(chunks, several, strict=True))'''


# --- stepping ------------------------------------------------------------------------------


def stepping(turn: Turn) -> list[str]:
    """Lines of one optimiser's turn in an iteration."""
    declared, name = turn.declared, turn.objective.name
    if algorithm(declared.algorithm).closure:
        inner, value = _search(turn), "seen[0]"
    elif turn.values["accumulate"] > 1:
        inner, value = _accumulated(turn), "value"
    else:
        inner, value = _once(turn), "loss.item()"
    lines = inner
    if declared.steps > 1:
        lines = [f"for _ in range({declared.steps}):", *(f"    {line}" for line in inner)]
    lines = [*lines, f'sums["{name}"] += {value} * count', f'counts["{name}"] += count']
    if declared.every > 1:
        lines = [f"if step % {declared.every} == 0:", *(f"    {line}" for line in lines)]
    return lines


_NOT_FINITE = 'raise SystemExit("The loss is not finite any more; lower the learning rate.")'


def _once(turn: Turn) -> list[str]:
    loss = f"(loss + {_penalty(turn)})" if turn.penalised else "loss"
    return [
        *(f"{name}.zero_grad()" for name in turn.names),
        f"loss, _ = model.{turn.objective.method}(**batch)",
        "if not math.isfinite(loss.item()):",
        f"    {_NOT_FINITE}",
        _backward(turn, loss),
        *_after(turn),
    ]


def _accumulated(turn: Turn) -> list[str]:
    first = []
    if turn.penalised:  # with the first part only
        first = [f"{_backward(turn, _penalty(turn))}"]
    return [
        *(f"{name}.zero_grad()" for name in turn.names),
        *first,
        "value = 0.0",
        f"for share, part in parts(batch, {turn.values['accumulate']}):",
        f"    loss, _ = model.{turn.objective.method}(**part)",
        "    loss = loss * share",
        f"    {_backward(turn, 'loss')}",
        "    value += loss.item()",
        "if not math.isfinite(value):",
        f"    {_NOT_FINITE}",
        *_after(turn),
    ]


def _search(turn: Turn) -> list[str]:
    """A step that computes the loss as often as it likes."""
    (name,) = turn.names
    newton = turn.declared.algorithm == "newton"
    whole = f"loss + {_penalty(turn)}" if turn.penalised else "loss"
    compute = [
        f"loss, _ = model.{turn.objective.method}(**batch)",
        "seen.append(loss.item())",
        "if not math.isfinite(seen[0]):",
        f"    {_NOT_FINITE}",
        f"loss = {whole}",
    ]
    if turn.values.get("accumulate", 1) > 1:
        extra = [f"extra = {_penalty(turn)}", _backward(turn, "extra")] if turn.penalised else []
        compute = [
            *extra,
            "total = 0.0",
            f"for share, part in parts(batch, {turn.values['accumulate']}):",
            f"    loss, _ = model.{turn.objective.method}(**part)",
            "    loss = loss * share",
            f"    {_backward(turn, 'loss')}",
            "    total = total + loss.detach()",
            "seen.append(total.item())",
            "if not math.isfinite(seen[0]):",
            f"    {_NOT_FINITE}",
            f"return total{' + extra.detach()' if extra else ''}",
        ]
    elif newton:
        compute.append("return loss")
    else:
        compute += [_backward(turn, "loss"), "return loss"]
    zero = [] if newton else [f"{name}.zero_grad()"]
    return [
        "seen = []",
        "",
        "def closure():",
        *(f"    {line}" for line in [*zero, *compute]),
        "",
        f"{name}.step(closure)",
    ]


def _penalty(turn: Turn) -> str:
    closure = algorithm(turn.declared.algorithm).closure
    l2 = turn.values["weight_decay"] if closure else 0.0
    which = turn.parameters
    if not turn.values["decay_biases"]:
        which = f"(p for p in {which} if p.ndim > 1)"
    return f"penalty({which}, {turn.values['l1']!r}, {l2!r})"


def _backward(turn: Turn, loss: str) -> str:
    return f"{loss}.backward(inputs={turn.parameters})" if turn.partial else f"{loss}.backward()"


def _after(turn: Turn) -> list[str]:
    """What is done with the gradient."""
    values, lines = turn.values, []
    if values["clip_value"]:
        lines.append(f"nn.utils.clip_grad_value_({turn.parameters}, {values['clip_value']!r})")
    if values["clip"]:
        lines.append(f"nn.utils.clip_grad_norm_({turn.parameters}, {values['clip']!r})")
    if values.get("decoupled"):
        lines += [
            "with torch.no_grad():",
            f"    for group in {turn.names[0]}.param_groups:",
            '        for p in group["params"]:',
            '            p.mul_(1 - group["lr"] * group.get("decoupled", 0.0))',
        ]
    return [*lines, *(f"{name}.step()" for name in turn.names)]
