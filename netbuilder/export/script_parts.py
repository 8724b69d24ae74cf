"""Splitting, batching and measuring, as functions of a stand-alone script."""

from __future__ import annotations

from netbuilder.compiler import Source
from netbuilder.compiler.inline import definitions, needed
from netbuilder.export.datasets import ScriptData
from netbuilder.export.figures import Figure
from netbuilder.graph import Project
from netbuilder.layers import declare


def fits(source: Source) -> bool:
    """Whether a layer of the network takes figures of the training data first."""
    return "def observe(self" in source.text


def fitting(source: Source) -> list[str]:
    """Texts of what fits such layers; the same as this program's own."""
    if not fits(source):
        return []
    return [definitions()[name] for name in needed(["fit_layers"])]


def splitting(data: list[ScriptData]) -> str:
    """Functions that say which rows train, validate and test."""
    texts = []
    drawn = [d for d in data if not d.rows_file]
    if any(d.gap is None for d in drawn):
        texts.append(_MIXED)
    if any(d.gap is not None for d in drawn):
        texts.append(_BY_PLACE)
    if len(drawn) < len(data):
        texts.append(_STORED)
    return "\n\n\n".join(texts)


_MIXED = '''def split(rows, counts, classes=None):
    """Row numbers of each part; every part holds the classes in the same proportion."""
    random = np.random.default_rng(SEED)
    order = random.permutation(rows)
    if classes is not None:
        classes = classes[order]
        place = np.empty(rows)
        for value in np.unique(classes):
            members = np.flatnonzero(classes == value)
            place[members] = (np.arange(len(members)) + 0.5) / len(members)
        order = order[np.lexsort((np.arange(rows), place))]
    parts = {}
    for part in reversed(counts):
        parts[part], order = np.sort(order[: counts[part]]), order[counts[part] :]
    return {part: torch.from_numpy(parts[part]) for part in counts}'''

_BY_PLACE = '''def split_by_place(counts, gap):
    """Row numbers of each part, one after the other; `gap` rows between share their content."""
    parts, start = {}, 0
    for part, count in counts.items():
        parts[part] = torch.arange(start, start + count)
        start += count + gap
    return parts'''


_STORED = '''def split_of(name):
    """Row numbers of each part, as they were decided when this script was written."""
    with np.load(Path(__file__).with_name(name)) as file:
        return {part: torch.from_numpy(file[part]) for part in file.files}'''


def batches(data: list[ScriptData]) -> str:
    """Functions that shuffle an epoch and cut it into batches."""
    if len(data) == 1:
        return _ONE
    return _SEVERAL


_ONE = '''def shuffled(rows, epoch):
    """The rows in an order that follows from SEED and the epoch alone."""
    state = np.random.SeedSequence((SEED, epoch, 0)).generate_state(1, np.uint64)[0]
    generator = torch.Generator().manual_seed(int(state >> np.uint64(1)))
    order = rows[torch.randperm(len(rows), generator=generator)]
    if len(order) > BATCH_SIZE > 1 and len(order) % BATCH_SIZE == 1:
        order = order[:-1]  # batch norm has no use for a batch of one
    return order


def batches(data, order):
    """The rows in `order`, BATCH_SIZE at a time, as (number of rows, fields by name)."""
    device = next(iter(data.values())).device
    for rows in order.to(device).split(BATCH_SIZE):
        yield len(rows), {name: values.index_select(0, rows) for name, values in data.items()}'''

_SEVERAL = '''def shuffled(rows, epoch):
    """For each data set, rows in an order that follows from SEED and the epoch alone."""
    length, orders = len(rows[0]), []
    for place, part in enumerate(rows):
        state = np.random.SeedSequence((SEED, epoch, place)).generate_state(1, np.uint64)[0]
        generator = torch.Generator().manual_seed(int(state >> np.uint64(1)))
        rounds = -(-length // len(part))
        drawn = [torch.randperm(len(part), generator=generator) for _ in range(rounds)]
        orders.append(part[torch.cat(drawn)[:length]])
    if length > BATCH_SIZE > 1 and length % BATCH_SIZE == 1:
        return [order[:-1] for order in orders]  # batch norm has no use for a batch of one
    return orders


def matched(rows):
    """As many rows of each data set as of the first; short ones start over."""
    length = len(rows[0])
    return [part.repeat(-(-length // len(part)))[:length] for part in rows]


def batches(data, orders):
    """Rows of every data set, BATCH_SIZE at a time, as (number of rows, fields by name)."""
    device = next(iter(data[0].values())).device
    parts = [order.to(device).split(BATCH_SIZE) for order in orders]
    for several in zip(*parts, strict=True):
        batch = {}
        for fields, rows in zip(data, several, strict=True):
            batch |= {name: values.index_select(0, rows) for name, values in fields.items()}
        yield len(several[0]), batch'''


def evaluate(project: Project, source: Source, shown: list[Figure]) -> str:
    """The function that measures a split."""
    lines = [
        "def evaluate(model, data, order):",
        '    """Losses and figures over these rows, in evaluation mode."""',
        "    model.eval()",
        "    sums, compared, total = {}, {}, 0",
        "    with torch.no_grad(), torch.random.fork_rng():",
        "        torch.manual_seed(SEED)",
        "        for count, batch in batches(data, order):",
        "            losses, metrics = model.measure(**batch)",
        "            total += count",
        "            for name, loss in losses.items():",
        "                sums[name] = sums.get(name, 0.0) + loss.double().item() * count",
    ]
    if shown:
        lines += [
            "            for name, pair in metrics.items():",
            "                compared.setdefault(name, []).append(pair)",
        ]
    else:
        lines[3] = "    sums, total = {}, 0"
        lines[7] = lines[7].replace("losses, metrics", "losses, _")
    lines += [
        "    found = {name: value / total for name, value in sums.items()}",
        "    result = {",
    ]
    for objective in source.objectives:
        terms = [_term(project, i) for i in objective.losses]
        lines.append(f'        "{objective.name}": {" + ".join(terms)},')
    lines.append("    }")
    if len(source.losses) > 1:
        lines.append("    result |= {name: v for name, v in found.items() if name not in result}")
    for figure in shown:
        lines.append(f'    pair = [torch.cat(part) for part in zip(*compared["{figure.node}"])]')
        given = "".join(f", {name}={value!r}" for name, value in figure.given.items())
        call = f"{figure.call}(*pair{given})" if figure.text else f"{figure.call}(*pair).item()"
        lines.append(f'    result["{figure.name}"] = {call}')
    lines.append("    return result")
    return "\n".join(lines)


def _term(project: Project, node_id: str) -> str:
    weight = float(getattr(declare(project.graph[node_id], project.blocks), "weight", 1.0))
    return f'found["{node_id}"]' if weight == 1 else f'{weight!r} * found["{node_id}"]'
