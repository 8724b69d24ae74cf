"""From the declaration of a data set to its arrays."""

from __future__ import annotations

import importlib
from collections.abc import Hashable
from functools import lru_cache

from netbuilder.data.fields import Fields
from netbuilder.data.lazy import within
from netbuilder.layers import DataError, DataSet

_PACKAGE = "netbuilder.data."


def load(layer: DataSet, anew: bool = False) -> Fields:
    """The arrays of a data set, remembered until its parameters or its file change.

    anew: for a run, which also notices files of a folder that were written over.
    Raises DataError or ParamError with one sentence if its file is missing or does not fit.
    """
    fields, content = _loaded(layer, layer.stamp())
    if anew and content != layer.content_stamp():
        _loaded.cache_clear()
        fields, _ = _loaded(layer, layer.stamp())
    return fields


@lru_cache(maxsize=8)
def _loaded(layer: DataSet, stamp: Hashable) -> tuple[Fields, Hashable]:
    content = layer.content_stamp()  # before it is read: what changes meanwhile is read again
    module, _, function = layer.loader.partition(":")
    if not module.startswith(_PACKAGE) or not function.isidentifier():
        raise TypeError(f"{layer.kind} names {layer.loader!r}; a loader lies in {_PACKAGE[:-1]}")
    fields: Fields = getattr(importlib.import_module(module), function)(layer)
    _fits(layer, fields)
    return fields, content


def _fits(layer: DataSet, fields: Fields) -> None:
    """Hold what was read to what was declared; a file may change between the two."""
    declared = layer.fields()
    for name in declared.keys() | fields.arrays.keys():
        spec, array = declared.get(name), fields.arrays.get(name)
        if spec is None or array is None:
            raise DataError(f"The data set {layer.title} has changed: check its Data node.")
        wanted, got = tuple(int(n) for n in spec.shape[1:]), array.shape[1:]
        outside = bool(spec.classes) and not within(array, spec.classes or 0)
        if wanted != got or array.dtype.name != spec.dtype or outside:
            raise DataError(
                f"The field {name} of {layer.title} has changed: it is {array.dtype.name} "
                f"{got} where {spec.dtype} {wanted} was expected; check its Data node."
            )
