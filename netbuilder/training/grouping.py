"""Which weights an optimiser has, and in which parameter groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from netbuilder.graph import Optimiser
from netbuilder.training.algorithm import SettingError
from netbuilder.training.settings import algorithm, checked, group_of

Named = Mapping[str, nn.Parameter]


def owned(trainable: Named, updates: Sequence[str] | None, optimiser: Optimiser) -> Named:
    """Weights that it may change: those of its nodes that are not frozen.

    updates: attributes of the model (node ids), None for all. Raises SettingError.
    """
    frozen = {
        node
        for node in dict.fromkeys(name.partition(".")[0] for name in trainable)
        if group_of(optimiser, node)["frozen"]
    }
    owners = None if updates is None else frozenset(updates)
    return {
        name: param
        for name, param in trainable.items()
        if (node := name.partition(".")[0]) not in frozen and (owners is None or node in owners)
    }


def groups(params: Named, optimiser: Optimiser) -> list[dict[str, Any]]:
    """Parameter groups as torch takes them; one, with nothing but the weights, if all is alike.

    Each says under ``rate`` by which factor its learning rate is not the optimiser's, and
    under ``decoupled`` what decay is taken off the weights themselves. Raises SettingError.
    """
    values = checked(optimiser.algorithm, optimiser.settings)
    chosen = algorithm(optimiser.algorithm)
    found: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, param in params.items():
        own = group_of(optimiser, name.partition(".")[0])
        if chosen.closure and (own["rate"] != 1 or own["weight_decay"] is not None):
            raise SettingError(
                "groups",
                f"{chosen.title} has one rate and one decay for all weights; take those of "
                f"{name.partition('.')[0]} away, or freeze it.",
            )
        decay = values["weight_decay"] if own["weight_decay"] is None else own["weight_decay"]
        if not values["decay_biases"] and param.ndim < 2 and not chosen.closure:
            decay = 0.0
        found.setdefault((own["rate"], decay), []).append(param)
    apart = values.get("decoupled", False)
    made = []
    for (rate, decay), members in found.items():
        group: dict[str, Any] = {"params": members}
        if rate != 1:
            group |= {"lr": values["lr"] * rate, "rate": rate}
        if apart:
            if decay:
                group["decoupled"] = decay
        elif decay != values["weight_decay"]:
            group["weight_decay"] = decay
        made.append(group)
    return made
