"""The main function of a stand-alone training script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import torch

from netbuilder.compiler import Source
from netbuilder.compiler.build import build
from netbuilder.compiler.source import Objective
from netbuilder.export.datasets import ScriptData
from netbuilder.export.script_parts import fits
from netbuilder.graph import Project
from netbuilder.training.header import read_header
from netbuilder.training.settings import algorithm, checked, construction


@dataclass(frozen=True)
class _Turn:
    """One optimiser in the script: its names, and the text that makes it."""

    objective: Objective
    name: str
    made: list[str]
    parameters: str
    partial: bool
    clip: float


def loop(project: Project, source: Source, data: list[ScriptData]) -> str:
    """Text of ``main``. Raises SettingError for an optimiser that cannot be made."""
    turns = _turns(source)
    parts = list(data[0].counts)
    lines = [
        "def main():",
        "    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])",
        '    options.add_argument("--epochs", type=int, default=EPOCHS)',
        f"    options.add_argument({_device(project)})",
        "    options = options.parse_args()",
        "",
        *_data(data),
        "",
        "    torch.manual_seed(SEED)",
        f"    model = {source.class_name}().to(options.device)",
        *_begun(project),
        *_fitted(source, data),
        *[f"    {line}" for turn in turns for line in turn.made],
        "",
    ]
    if source.comparable:
        lines.append("    best, best_weights = math.inf, {}")
    if any(t.objective.optimiser.every > 1 for t in turns):
        lines.append("    step = 0")
    lines += [
        "    for epoch in range(1, options.epochs + 1):",
        "        model.train()",
        *_epoch(turns),
        *_judged(turns, data, source.comparable),
        "",
    ]
    if source.comparable:
        lines += ["    if best_weights:", "        model.load_state_dict(best_weights)"]
    if "test" in parts:
        lines += [
            f"    test = evaluate(model, data, {_rows(data, 'test')})",
            '    print("test      ", show(test))',
        ]
    which = "best" if source.comparable else "last"
    lines += [
        '    save_model(model, "model.safetensors")',
        f'    print("The weights of the {which} epoch are in model.safetensors.")',
    ]
    return f"{_SHOW}\n\n\n" + "\n".join(lines)


_SHOW = '''def show(figures):
    """Figures by name on one line."""
    return "  ".join(f"{name} {value:.6g}" for name, value in figures.items())'''


def _begun(project: Project) -> list[str]:
    """Lines that put the starting weights into the model, where name and shape are the same."""
    path = project.training.weights
    if not path:
        return []
    lines = [
        "    # Begin with what has the name and shape of a weight here.",
        f"    given = load_file({path!r})",
    ]
    if prefix := read_header(Path(path)).prefix:
        lines.append(f'    given = {{n.removeprefix("{prefix}"): t for n, t in given.items()}}')
    return [
        *lines,
        "    own = model.state_dict()",
        "    fits = {n: t for n, t in given.items() if n in own and own[n].shape == t.shape}",
        "    model.load_state_dict(fits, strict=False)",
    ]


def _fitted(source: Source, data: list[ScriptData]) -> list[str]:
    """Lines that fit layers to the training rows, if there are any."""
    if not fits(source):
        return []
    methods = ", ".join(f'"{o.method}"' for o in source.objectives)
    rows = _rows(data, "train")
    return [
        "    # Figures of the training rows, and of no others.",
        f"    given = [batch for _, batch in batches(data, {rows})]",
        f"    fit_layers(model, [{methods}], lambda: given)",
    ]


def _device(project: Project) -> str:
    device = project.training.device
    default = f'"{device}"'
    if device == "auto":
        default = '"cuda" if torch.cuda.is_available() else "cpu"'
    return f'"--device", default={default}'


def _data(data: list[ScriptData]) -> list[str]:
    """Lines that read, split and move the data."""
    if len(data) == 1:
        return [*_one(data[0], "data", "rows")]
    lines: list[str] = []
    for i, d in enumerate(data):
        lines += _one(d, f"data_{i}", f"rows_{i}")
    several = range(len(data))
    lines.append(f"    data = [{', '.join(f'data_{i}' for i in several)}]")
    each = ", ".join(f"rows_{i}" for i in several)
    lines.append(f"    rows = {{part: [r[part] for r in ({each})] for part in rows_0}}")
    return lines


def _one(d: ScriptData, name: str, rows: str) -> list[str]:
    counts = "{" + ", ".join(f'"{part}": {n}' for part, n in d.counts.items()) + "}"
    if d.rows_file:
        parts = f'split_of("{d.rows_file}")'
    elif d.gap is not None:
        parts = f"split_by_place({counts}, {d.gap})"
    elif d.label is not None:
        parts = f'split({d.rows}, {counts}, arrays["{d.label}"])'
    else:
        parts = f"split({d.rows}, {counts})"
    lines = [f"    arrays = {d.call}", f"    {rows} = {parts}", f"    {name} = {{"]
    for field, port in d.fields.items():
        lines.append(f'        "{field}": torch.from_numpy(arrays["{port}"]).to(options.device),')
    return [*lines, "    }"]


def _rows(data: list[ScriptData], part: str) -> str:
    if len(data) == 1:
        return f'rows["{part}"]'
    return f'matched(rows["{part}"])'


def _turns(source: Source) -> list[_Turn]:
    with torch.device("meta"):
        owners = [name.partition(".")[0] for name, _ in build(source).named_parameters()]
    found = []
    for objective in source.objectives:
        declared = objective.optimiser
        slug = re.sub(r"\W+", "_", declared.name.lower()).strip("_")
        single = len(source.objectives) == 1
        name = "optimiser" if single else f"{slug}_optimiser"
        target, arguments = construction(declared)
        if algorithm(declared.algorithm).fused:
            arguments["fused"] = True
        settings = "".join(f", {k}={v!r}" for k, v in arguments.items())
        made, parameters = [], "model.parameters()"
        partial = False
        if objective.updates is not None:
            parameters = "parameters" if single else f"{slug}_parameters"
            owned = ", ".join(f'"{i}"' for i in objective.updates)
            made += [
                f"{parameters} = [",
                "    p for name, p in model.named_parameters()"
                f' if name.partition(".")[0] in {{{owned}}}',
                "]",
            ]
            partial = any(owner not in objective.updates for owner in owners)
        made.append(f"{name} = torch.optim.{target}({parameters}{settings})")
        clip = float(checked(declared.algorithm, declared.settings)["clip"])
        found.append(_Turn(objective, name, made, parameters, partial, clip))
    return found


def _epoch(turns: list[_Turn]) -> list[str]:
    """Lines of one pass over the training rows."""
    names = ", ".join(f'"{t.objective.name}": 0.0' for t in turns)
    lines = [f"        sums = {{{names}}}", "        counts = dict.fromkeys(sums, 0)"]
    lines.append('        for count, batch in batches(data, shuffled(rows["train"], epoch)):')
    for turn in turns:
        lines += [f"            {line}" for line in _turn(turn)]
    if any(t.objective.optimiser.every > 1 for t in turns):
        lines.append("            step += 1")
    lines.append(
        "        train = {name: sums[name] / counts[name] for name in sums if counts[name]}"
    )
    return lines


def _turn(turn: _Turn) -> list[str]:
    """Lines of one optimiser's turn in an iteration."""
    declared, name = turn.objective.optimiser, turn.objective.name
    backward = f"loss.backward(inputs={_listed(turn)})" if turn.partial else "loss.backward()"
    inner = [
        f"{turn.name}.zero_grad()",
        f"loss, _ = model.{turn.objective.method}(**batch)",
        "if not math.isfinite(loss.item()):",
        '    raise SystemExit("The loss is not finite any more; lower the learning rate.")',
        backward,
    ]
    if turn.clip:
        inner.append(f"nn.utils.clip_grad_norm_({turn.parameters}, {turn.clip!r})")
    inner.append(f"{turn.name}.step()")
    lines = inner
    if declared.steps > 1:
        lines = [f"for _ in range({declared.steps}):", *(f"    {line}" for line in inner)]
    lines = [*lines, f'sums["{name}"] += loss.item() * count', f'counts["{name}"] += count']
    if declared.every > 1:
        lines = [f"if step % {declared.every} == 0:", *(f"    {line}" for line in lines)]
    return lines


def _listed(turn: _Turn) -> str:
    return turn.parameters if turn.objective.updates is not None else "list(model.parameters())"


def _judged(turns: list[_Turn], data: list[ScriptData], comparable: bool) -> list[str]:
    """Lines that measure an epoch and, if that says so, keep its weights as the best so far."""
    first = turns[0].objective.name
    lines = []
    shown = 'f"epoch {epoch:3d}  train: {show(train)}"'
    judged = f'train["{first}"]'
    if "validation" in data[0].counts:
        lines.append(f"        validation = evaluate(model, data, {_rows(data, 'validation')})")
        shown = 'f"epoch {epoch:3d}  train: {show(train)}  validation: {show(validation)}"'
        judged = f'validation["{first}"]'
    lines.append(f"        print({shown})")
    if comparable:
        lines += [
            f"        if {judged} < best:",
            f"            best = {judged}",
            "            best_weights = {k: v.clone() for k, v in model.state_dict().items()}",
        ]
    return lines
