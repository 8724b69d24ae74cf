"""The main function of a stand-alone training script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from netbuilder.compiler import Source
from netbuilder.export.datasets import ScriptData
from netbuilder.export.script_optimisers import Turn, functions, stepping, turns
from netbuilder.export.script_parts import fits
from netbuilder.export.script_schedules import scheduled
from netbuilder.export.script_speed import speed
from netbuilder.graph import Project
from netbuilder.training.evaluate import Evaluator
from netbuilder.training.header import read_header
from netbuilder.training.judge import Judge
from netbuilder.training.mixing import mixed_fields, mixing
from netbuilder.training.parts import part_values


@dataclass(frozen=True)
class _Judged:
    """How epochs are compared: the expression of the figure, `<` or `>`, and the waiting."""

    figure: str
    sign: str
    patience: int
    least: float


def loop(project: Project, source: Source, data: list[ScriptData]) -> str:
    """Text of ``main`` and what it calls. Raises SettingError for what cannot be made."""
    made = turns(source)
    training, first = project.training, source.objectives[0].name
    judge = Judge(training, first, _higher(project, source))
    judged = None
    if source.comparable or judge.figure != first:
        sign, least = ">" if judge.higher else "<", part_values(training, "early_stopping")
        judged = _Judged(_figure(data, judge.figure), sign, judge.patience, least["min_delta"])
    by_metric = judge.figure != first
    watched = {
        t.objective.name: _figure(data, judge.figure if by_metric else t.objective.name)
        for t in made
    }
    moves = scheduled(made, watched, judge.higher and by_metric)
    decay = part_values(training, "ema")["decay"]
    mixup = mixing(project, source)
    fast = speed(training, source)
    counted = moves.counted or any(t.declared.every > 1 for t in made)
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
        *(f"    {line}" for line in fast.made),
        *(f"    {line}" for turn in made for line in turn.made),
    ]
    if moves.steps:
        order = 'shuffled(rows["train"], 1)' + ("" if len(data) == 1 else "[0]")
        lines.append(f"    steps = len({order}.split(BATCH_SIZE))")
    lines += [f"    {line}" for line in moves.made]
    if decay:
        lines += [
            "    average = torch.optim.swa_utils.AveragedModel(",
            "        model,",
            f"        multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn({decay!r}),",
            "    )",
        ]
    lines.append("")
    if judged is not None:
        worst = "-math.inf" if judged.sign == ">" else "math.inf"
        lines.append(f"    best, best_weights = {worst}, {{}}")
        if judged.patience:
            lines.append("    counted, waited = best, 0")
    if counted:
        lines.append("    step = 0")
    after = [*moves.stepped, *(["step += 1"] if counted else [])]
    after += ["average.update_parameters(model)"] if decay else []
    lines += [
        "    for epoch in range(1, options.epochs + 1):",
        "        model.train()",
        *_epoch(made, [*(["batch = mixed(batch)"] if mixup else []), *fast.batch], after),
        *_judged(data, judged, "average.module" if decay else "model", moves.epoch_done),
        "",
    ]
    if judged is not None:
        lines += ["    if best_weights:", "        model.load_state_dict(best_weights)"]
    elif decay:
        lines.append("    model.load_state_dict(average.module.state_dict())")
    if "test" in data[0].counts:
        lines += [
            f"    test = evaluate(model, data, {_rows(data, 'test')})",
            '    print("test      ", show(test))',
        ]
    which = "best" if judged is not None else "last"
    lines += [
        '    save_model(model, "model.safetensors")',
        f'    print("The weights of the {which} epoch are in model.safetensors.")',
    ]
    beside = functions(made) + fast.functions
    if mixup is not None:
        alpha = part_values(training, "mixup")["alpha"]
        beside.append(_MIXED.format(alpha=alpha, labels=mixed_fields(project, source)))
    return "\n\n\n".join([_SHOW, *beside, "\n".join(lines)])


def _higher(project: Project, source: Source) -> Mapping[str, bool]:
    """By figure whether more is better; metrics are asked only if one of them judges."""
    if not part_values(project.training, "early_stopping")["metric"]:
        return {source.objectives[0].name: False}
    return Evaluator(project, source, torch.device("cpu"), project.training.seed).higher


def _figure(data: list[ScriptData], name: str) -> str:
    part = "validation" if "validation" in data[0].counts else "train"
    return f'{part}["{name}"]'


_MIXED = '''def mixed(batch):
    """The batch mixed with itself in another order, labels as shares of classes (mixup)."""
    share = torch.distributions.Beta({alpha!r}, {alpha!r}).sample().item()
    first = next(iter(batch.values()))
    order = torch.randperm(len(first)).to(first.device)
    classes, found = {labels!r}, {{}}
    for name, values in batch.items():
        if name in classes:
            values = F.one_hot(values, classes[name]).float()
        found[name] = share * values + (1 - share) * values[order]
    return found'''

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


def _epoch(made: list[Turn], before: list[str], after: list[str]) -> list[str]:
    """Lines of one pass over the training rows."""
    names = ", ".join(f'"{t.objective.name}": 0.0' for t in made)
    lines = [f"        sums = {{{names}}}", "        counts = dict.fromkeys(sums, 0)"]
    lines.append('        for count, batch in batches(data, shuffled(rows["train"], epoch)):')
    steps = [line for turn in made for line in stepping(turn)]
    lines += [f"            {line}".rstrip() for line in [*before, *steps, *after]]
    lines.append(
        "        train = {name: sums[name] / counts[name] for name in sums if counts[name]}"
    )
    return lines


def _judged(
    data: list[ScriptData], judged: _Judged | None, model: str, epoch_done: list[str]
) -> list[str]:
    """Lines that measure an epoch and, if that says so, keep its weights as the best so far."""
    lines = []
    shown = 'f"epoch {epoch:3d}  train: {show(train)}"'
    if "validation" in data[0].counts:
        lines.append(f"        validation = evaluate({model}, data, {_rows(data, 'validation')})")
        shown = 'f"epoch {epoch:3d}  train: {show(train)}  validation: {show(validation)}"'
    lines.append(f"        print({shown})")
    lines += [f"        {line}" for line in epoch_done]
    if judged is None:
        return lines
    figure, sign = judged.figure, judged.sign
    weights = f"{{k: v.clone() for k, v in {model}.state_dict().items()}}"
    lines += [
        f"        if {figure} {sign} best:",
        f"            best = {figure}",
        f"            best_weights = {weights}",
    ]
    if judged.patience:
        least = f" {'+' if sign == '>' else '-'} {judged.least!r}" if judged.least else ""
        lines += [
            f"        if {figure} {sign} counted{least}:",
            f"            counted, waited = {figure}, 0",
            "        else:",
            "            waited += 1",
            f"        if waited >= {judged.patience}:",
            '            print(f"No better for {waited} epochs, so training stops.")',
            "            break",
        ]
    return lines
