"""Optimisers as declared: checked settings, and the call that makes one. Loads without torch.

The window builds its form from `ALGORITHMS`, the exporter writes the call that
`construction` describes, and ``training/algorithms.py`` makes the optimiser from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from netbuilder.graph import Optimiser, Value
from netbuilder.layers.spec import Param, ParamError
from netbuilder.training.algorithm import Algorithm, SettingError
from netbuilder.training.declared_algorithms import ALGORITHMS, BESIDES, BETA1, BETA2

__all__ = [
    "ALGORITHMS", "EVERY", "GROUP", "Algorithm", "SettingError", "algorithm", "checked",
    "checked_by", "construction", "group_of",
]  # fmt: skip

#: When an optimiser runs.
EVERY = {
    "every": Param("every", "int", 1, "Every", "Runs on every n-th step.", 1, 100_000),
    "steps": Param("steps", "int", 1, "Repeats", "How often it steps each time.", 1, 1000),
}

#: What can be set for the weights of single nodes and blocks.
GROUP = (
    Param("frozen", "bool", False, "Frozen", "Its weights stay as they are."),
    Param("rate", "float", 1.0, "Own rate", "Factor of the learning rate.", 1e-6, 1e6),
    Param("weight_decay", "float", None, "Own decay", "Weight decay in place of the optimiser's; "
          "empty: the same.", 0.0, 1.0, optional=True),
)  # fmt: skip


def algorithm(name: str) -> Algorithm:
    """The algorithm called `name`; raises SettingError."""
    if name not in ALGORITHMS:
        raise SettingError(
            "algorithm", f"There is no optimiser {name}; choose {', '.join(ALGORITHMS)}."
        )
    return ALGORITHMS[name]


def checked_by(params: Iterable[Param], settings: Mapping[str, Value], what: str) -> dict[str, Any]:
    """All of `params`: values that are given, checked, and defaults for the rest.

    what: whose settings they are, for the sentence. Raises SettingError.
    """
    known = {p.name: p for p in params}
    values = {name: p.default for name, p in known.items()}
    for setting, value in settings.items():
        if setting not in known:
            raise SettingError(setting, f"{what} has no setting {setting}; it has "
                               f"{', '.join(known) or 'none'}.")  # fmt: skip
        try:
            values[setting] = known[setting].checked(value)
        except ParamError as error:
            raise SettingError(setting, str(error)) from None
    return values


def checked(name: str, settings: Mapping[str, Value]) -> dict[str, Any]:
    """All settings of an algorithm: those given, checked, and defaults for the rest.

    Raises SettingError for an unknown algorithm or setting or a value out of range.
    """
    chosen = algorithm(name)
    values = checked_by(chosen.settings, settings, chosen.title)
    if name == "sgd" and values["nesterov"] and not values["momentum"]:
        raise SettingError("nesterov", "Nesterov needs a momentum above 0; set it to 0.9.")
    return values


def group_of(optimiser: Optimiser, node: str) -> dict[str, Any]:
    """What holds for the weights of a node or block of the top graph. Raises SettingError."""
    return checked_by(GROUP, optimiser.weights_of(node), f"The weights of {node}")


def construction(optimiser: Optimiser) -> tuple[str, dict[str, Any]]:
    """Class below ``torch.optim`` and its keyword arguments, only those off torch's default.

    What acts on the gradient before the optimiser does, such as ``clip``, is not among them.
    Raises SettingError.
    """
    values = checked(optimiser.algorithm, optimiser.settings)
    chosen = algorithm(optimiser.algorithm)
    apart = values.get("decoupled", False)
    values = {name: value for name, value in values.items() if name not in BESIDES}
    if apart or chosen.closure:
        values.pop("weight_decay", None)
    defaults = {p.name: p.default for p in chosen.settings}
    arguments: dict[str, Any] = {"lr": values.pop("lr")}
    betas = (values.pop("beta1", None), values.pop("beta2", None))
    if betas[0] is not None and betas != (BETA1.default, BETA2.default):
        arguments["betas"] = betas
    if values.pop("line_search", "none") != "none":
        arguments["line_search_fn"] = "strong_wolfe"
    if "adjust_lr_fn" in values:  # torch's own default is the other one
        arguments["adjust_lr_fn"] = values.pop("adjust_lr_fn")
    arguments |= {name: value for name, value in values.items() if value != defaults[name]}
    return chosen.target, arguments


def beside_matrices(optimiser: Optimiser) -> Optimiser:
    """The AdamW that trains what an algorithm for matrices does not take."""
    values = checked(optimiser.algorithm, optimiser.settings)
    settings = {name: values[name] for name in ("lr", "weight_decay", "decay_biases")}
    return Optimiser(optimiser.name, "adamw", settings, groups=optimiser.groups)
