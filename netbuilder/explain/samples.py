"""What a generative model makes: from random numbers, or from a sample put through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from netbuilder.explain.latent import Part, latent_node
from netbuilder.explain.score import arguments, output_index, source_of
from netbuilder.explain.undisturbed import ExplainError, undisturbed
from netbuilder.explain.values import is_noise, noise
from netbuilder.graph import Project


@dataclass(frozen=True)
class Samples:
    """Made by a model: `outputs` by name, (n, …); `latent`, the random numbers, (n, …)."""

    outputs: Mapping[str, npt.NDArray[np.float32]]
    latent: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Reconstruction:
    """A batch put through an autoencoder. `errors`: mean squared error of each sample."""

    inputs: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]
    errors: npt.NDArray[np.float32]


def samples(
    model: nn.Module,
    project: Project,
    count: int = 16,
    seed: int = 0,
    fields: Mapping[str, Tensor] | None = None,
) -> Samples:
    """Let a generator or a variational decoder make `count` samples.

    A model that takes noise is fed with it (Goodfellow et al. 2014); one with a
    Reparameterise node is run from there on, from standard normals (Kingma and Welling
    2014; APS360, week 6). fields: `count` rows of whatever else a conditional model takes.
    The same seed gives the same random numbers. Raises ExplainError for other models.
    """
    generator = torch.Generator().manual_seed(seed)
    source = source_of(model)
    names = [name for name, _ in source.outputs]
    drawn = [a for a in source.inputs if is_noise(project, a.node)]
    if drawn:
        fed = dict(fields or {})
        for argument in drawn:
            fed[argument.name] = noise(project, argument.node, count, generator)
        latent = fed[drawn[0].name]
        with undisturbed(model) as device, torch.no_grad():
            result = model(*arguments(model, fed, device))
        made = result if isinstance(result, tuple) else (result,)
    else:
        node = latent_node(project)
        if node is None:
            raise ExplainError("This model makes nothing: it has no Noise or Reparameterise node.")
        part = Part.of(project, model, node)
        latent = torch.randn((count, *part.shape), generator=generator)
        made = part(latent)
    outputs = {n: t.float().cpu().numpy() for n, t in zip(names, made, strict=True)}
    return Samples(outputs, latent.numpy())


def reconstruction(
    model: nn.Module, batch: Mapping[str, Tensor], output: str | None = None
) -> Reconstruction:
    """Inputs beside what an autoencoder makes of them (APS360, week 6).

    output: the first of the input's shape if None. Raises ExplainError if there is none.
    """
    with undisturbed(model) as device, torch.no_grad():
        fed = arguments(model, batch, device)
        result = model(*fed)
    made = result if isinstance(result, tuple) else (result,)
    if output is not None:
        made = (made[output_index(model, output)],)
    for tensor in made:
        if fed and tensor.shape == fed[0].shape and tensor.is_floating_point():
            errors = (tensor - fed[0]).square().flatten(1).mean(1)
            return Reconstruction(*(t.float().cpu().numpy() for t in (fed[0], tensor, errors)))
    raise ExplainError("This model returns nothing of the shape of what it takes.")
