"""From what a model is fed and returns to one number per sample, which can be explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn

from netbuilder.compiler import Source
from netbuilder.explain.undisturbed import ExplainError


def source_of(model: nn.Module) -> Source:
    """What a built model was compiled from: names and shapes of all that goes in and out."""
    return cast(Source, model.source)


def arguments(model: nn.Module, sample: Mapping[str, Tensor], device: torch.device) -> list[Tensor]:
    """The tensors of `forward` in its order, batch axis first, on `device`.

    sample: by name of the field, with or without the batch axis. A field may carry more
    names than the model takes (labels). Raises ExplainError for a missing one.
    """
    source = source_of(model)
    fields = {(f.node, f.port): f.name for f in source.fields}
    found = []
    for argument in source.inputs:
        name = argument.name
        if name not in sample:
            name = fields.get((argument.node, argument.port), name)
        if name not in sample:
            raise ExplainError(f"The model takes {argument.name}, which this sample does not have.")
        tensor = sample[name].detach().to(device)
        found.append(tensor[None] if tensor.ndim == argument.spec.axes - 1 else tensor)
    return found


def input_index(model: nn.Module, field: str | None) -> int:
    """Which argument of `forward` is meant by `field`; the first if it is None."""
    source = source_of(model)
    names = [argument.name for argument in source.inputs]
    if not names:
        raise ExplainError("The model takes no input: wire a data set to its first layer.")
    if field is None:
        return 0
    fields = {f.name: (f.node, f.port) for f in source.fields}
    places = [(argument.node, argument.port) for argument in source.inputs]
    if field in names:
        return names.index(field)
    if fields.get(field) in places:
        return places.index(fields[field])
    raise ExplainError(f"The model takes {', '.join(names)}, but not {field}.")


def output_index(model: nn.Module, output: str | None) -> int:
    """Which result of `forward` is meant by `output`; the first if it is None."""
    source = source_of(model)
    names = [name for name, _ in source.outputs]
    if not names:
        raise ExplainError("The model returns nothing: wire its last layer to an Output node.")
    if output is None:
        return 0
    if output not in names:
        raise ExplainError(f"The model returns {', '.join(names)}, but not {output}.")
    return names.index(output)


def scores(result: Tensor | tuple[Tensor, ...], index: int, position: int = -1) -> Tensor:
    """One row of scores per sample, (B, classes), from one of the model's results.

    (B,) is one score, (B, classes) is taken as it is, (B, T, classes) at one `position`
    of the sequence, (B, classes, H, W) summed over the picture.
    """
    tensor = result[index] if isinstance(result, tuple) else result
    if tensor.ndim == 1:
        return tensor[:, None]
    if tensor.ndim == 2:
        return tensor
    if tensor.ndim == 3:
        return tensor[:, position]
    return tensor.flatten(2).sum(-1)
