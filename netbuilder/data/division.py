"""How a project divides its rows: by which method, into folds, drawn anew for bagging."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np

from netbuilder.data.fields import Fields
from netbuilder.data.kept_together import by_group, by_time, dealt, given, times
from netbuilder.data.split import Indices, Split, mixed, split
from netbuilder.graph import Training
from netbuilder.layers import DataError

Method = Literal["stratified", "random", "group", "time", "given"]
METHODS: tuple[Method, ...] = get_args(Method)


def divided(fields: Fields, training: Training) -> Split:
    """Rows of each part of a data set, as the project's training says.

    split: ``stratified`` keeps the classes in proportion, ``random`` does not look at them,
    ``group`` keeps rows with the same value of `split_by` in one part, ``time`` cuts in the
    order of `split_by` (of the rows, without it), ``given`` reads the part of each row from
    `split_by`. folds, fold: with folds, validation is the fold-th of them instead of a
    fraction, and the test rows are in neither part. resample: above 0, the training rows are
    drawn with replacement by this number (Breiman, Bagging predictors, 1996).

    Raises DataError with one sentence.
    """
    parts = _parted(fields, training)
    if training.folds:
        parts = _folded(fields, training)
    if training.resample:
        random = np.random.default_rng((training.seed, training.resample))
        rows = parts["train"]
        parts["train"] = np.sort(random.choice(rows, len(rows)))
    return parts


def divided_all(sources: Mapping[str, Fields], training: Training) -> dict[str, dict[str, Indices]]:
    """Rows by part and then by data node, for a graph with several data sets."""
    each = {node: divided(fields, training) for node, fields in sources.items()}
    parts = next(iter(each.values()), {})
    return {
        part: {node: rows[part] for node, rows in each.items() if part in rows} for part in parts
    }


def _parted(fields: Fields, t: Training) -> Split:
    if t.split not in METHODS:
        raise DataError(f"Rows are not split by {t.split}: choose {', '.join(METHODS)}.")
    if t.split == "given":
        return given(fields, t.split_by)
    if t.split == "group":
        return by_group(fields, t.validation, t.test, t.seed, t.split_by)
    if t.split == "time" and t.split_by:
        return by_time(fields, t.validation, t.test, t.split_by)
    if t.split == "time" and fields.overlap is None:
        fields = Fields(fields.arrays, overlap=0)  # the order of the rows is that of time
    mixed = t.split == "random" and fields.overlap is None
    return split(fields, t.validation, t.test, t.seed, stratified=not mixed)


def _folded(fields: Fields, t: Training) -> Split:
    """Train and validation of one fold. Rows in the order of time never look ahead."""
    if not 2 <= t.folds <= 100 or not 1 <= t.fold <= t.folds:
        raise DataError(
            f"Fold {t.fold} of {t.folds} does not exist: take 2 folds or more, counted from 1."
        )
    outer = _parted(fields, t)
    usable = np.sort(np.concatenate([rows for part, rows in outer.items() if part != "test"]))
    if len(usable) < 2 * t.folds:
        raise DataError(f"{len(usable)} rows are too few for {t.folds} folds: take fewer folds.")
    inner = _sides(fields, t.split_by, usable)
    ordered = t.split == "time" or (fields.overlap is not None and t.split != "given")
    if ordered:
        order = _in_time(inner, t.split_by)
        gap = fields.overlap or 0
        cuts = np.linspace(0, len(order), t.folds + 2).round().astype(int)
        begin, end = int(cuts[t.fold]), int(cuts[t.fold + 1])
        train, held = order[: max(1, begin - gap)], order[begin:end]
    elif t.split == "group":
        of_row = _fold_of_group(inner, t)
        train, held = np.flatnonzero(of_row != t.fold - 1), np.flatnonzero(of_row == t.fold - 1)
    else:
        # Every stretch of the order holds the classes in proportion, so a share of it does.
        order = _mixed_order(inner, t)
        held = np.array_split(order, t.folds)[t.fold - 1]
        train = np.setdiff1d(np.arange(len(inner)), held)
    # The test rows are in no fold: they are used once, by the run that comes afterwards.
    return {"train": np.sort(usable[train]), "validation": np.sort(usable[held])}


def _sides(fields: Fields, by: str, rows: Indices) -> Fields:
    """Of some rows only what splitting looks at; pictures stay where they are."""
    single = {name: a[rows] for name, a in fields.arrays.items() if a.ndim == 1}
    keys = {by: fields.key(by)[rows]} if by else {}
    return Fields({"row": rows} if fields.label is None else single, keys=keys)


def _mixed_order(fields: Fields, t: Training) -> Indices:
    return mixed(
        fields, None if t.split == "random" or "row" in fields.arrays else fields.label, t.seed
    )


def _in_time(fields: Fields, by: str) -> Indices:
    return np.argsort(times(fields, by), kind="stable") if by else np.arange(len(fields))


def _fold_of_group(fields: Fields, t: Training) -> Indices:
    wanted = np.full(t.folds, len(fields) / t.folds)
    return dealt(fields.key(t.split_by), wanted, t.seed, t.split_by)
