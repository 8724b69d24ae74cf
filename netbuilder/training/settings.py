"""Optimisers as declared: names, settings, ranges and help. Loads without torch.

The window builds its form from `ALGORITHMS`, the exporter writes the call that
`construction` describes, and ``training/algorithms.py`` makes the optimiser from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netbuilder.graph import Optimiser, Value
from netbuilder.layers.spec import Param, ParamError


class SettingError(ValueError):
    """A setting that an optimiser cannot use: which one, and one plain sentence."""

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(message)
        self.setting = setting


@dataclass(frozen=True)
class Algorithm:
    """One optimisation algorithm: how torch calls it and what can be set.

    target: name of the class below ``torch.optim``. cites: paper or course week.
    fused: whether torch has an implementation that updates all weights in one call.
    """

    name: str
    title: str
    target: str
    help: str
    cites: str
    settings: tuple[Param, ...]
    fused: bool = False

    def setting(self, name: str) -> Param:
        """The declaration of one setting; raises SettingError if there is none."""
        for param in self.settings:
            if param.name == name:
                return param
        known = ", ".join(p.name for p in self.settings)
        raise SettingError(name, f"{self.title} has no setting {name}; it has {known}.")


def _float(
    name: str, default: float, label: str, help: str, low: float = 0.0, high: float = 1.0
) -> Param:
    return Param(name, "float", default, label, help, low, high)


def _bool(name: str, label: str, help: str) -> Param:
    return Param(name, "bool", False, label, help)


def _rate(default: float) -> Param:
    return _float("lr", default, "Learning rate", "How far each step goes.", 0.0, 1e6)


#: Settings that every algorithm has besides its own.
CLIP = _float(
    "clip", 0.0, "Clip gradient",
    "Shorten the gradient to this norm where it is longer; 0 leaves it alone.", 0.0, 1e6,
)  # fmt: skip
_DECAY = _float("weight_decay", 0.0, "Weight decay", "Pulls the weights towards zero each step.")
_EPS = _float("eps", 1e-8, "Epsilon", "Keeps the division by the gradient's scale finite.", 1e-16)
_BETA1 = _float("beta1", 0.9, "Beta 1", "Share of the old mean gradient kept.", 0.0, 0.999999)
_BETA2 = _float("beta2", 0.999, "Beta 2", "Share of the old mean square kept.", 0.0, 0.999999)
_MOMENTUM = _float(
    "momentum", 0.0, "Momentum", "Share of the previous step's direction kept.", 0.0, 0.999999
)

_ALL = (
    Algorithm(
        "sgd", "SGD", "SGD",
        "Steps against the gradient of each batch, with momentum if set.",
        "APS360, week 2; Robbins and Monro 1951; Nesterov 1983",
        (
            _rate(1e-2), _MOMENTUM,
            _bool("nesterov", "Nesterov", "Look ahead along the momentum. Needs momentum above 0."),
            _DECAY, CLIP,
        ),
        fused=True,
    ),
    Algorithm(
        "adam", "Adam", "Adam",
        "Scales each weight's step by the recent size of its gradient.",
        "APS360, week 2; Kingma and Ba 2015",
        (
            _rate(1e-3), _BETA1, _BETA2, _EPS, _DECAY,
            _bool("amsgrad", "AMSGrad", "Never let the scale of a gradient shrink again."), CLIP,
        ),
        fused=True,
    ),
    Algorithm(
        "adamw", "AdamW", "AdamW",
        "Adam with the weight decay taken apart from the gradient.",
        "Loshchilov and Hutter 2019",
        (
            _rate(1e-3), _BETA1, _BETA2, _EPS,
            _float("weight_decay", 1e-2, _DECAY.label, _DECAY.help),
            _bool("amsgrad", "AMSGrad", "Never let the scale of a gradient shrink again."), CLIP,
        ),
        fused=True,
    ),
    Algorithm(
        "nadam", "NAdam", "NAdam",
        "Adam that looks ahead along its momentum.",
        "Dozat 2016",
        (_rate(2e-3), _BETA1, _BETA2, _EPS, _DECAY, CLIP),
    ),
    Algorithm(
        "rmsprop", "RMSprop", "RMSprop",
        "Divides each step by a running root mean square of the gradient.",
        "APS360, week 2; Hinton 2012",
        (
            _rate(1e-2),
            _float("alpha", 0.99, "Alpha", "Share of the old mean square kept.", 0.0, 0.999999),
            _EPS, _MOMENTUM, _DECAY,
            _bool("centered", "Centred", "Subtract the mean gradient from its scale."), CLIP,
        ),
    ),
    Algorithm(
        "adagrad", "Adagrad", "Adagrad",
        "Steps shorten for weights whose gradients have been large so far.",
        "Duchi, Hazan and Singer 2011",
        (
            _rate(1e-2),
            _float("lr_decay", 0.0, "Rate decay", "How fast the learning rate falls.", 0.0, 1e6),
            _float("eps", 1e-10, _EPS.label, _EPS.help, 1e-16), _DECAY, CLIP,
        ),
        fused=True,
    ),
)  # fmt: skip

#: Every algorithm by the name that project files use.
ALGORITHMS: Mapping[str, Algorithm] = {a.name: a for a in _ALL}


def algorithm(name: str) -> Algorithm:
    """The algorithm called `name`; raises SettingError."""
    if name not in ALGORITHMS:
        raise SettingError(
            "algorithm", f"There is no optimiser {name}; choose {', '.join(ALGORITHMS)}."
        )
    return ALGORITHMS[name]


def checked(name: str, settings: Mapping[str, Value]) -> dict[str, Any]:
    """All settings of an algorithm: those given, checked, and defaults for the rest.

    Raises SettingError for an unknown algorithm or setting or a value out of range.
    """
    chosen = algorithm(name)
    values = {p.name: p.default for p in chosen.settings}
    for setting, value in settings.items():
        try:
            values[setting] = chosen.setting(setting).checked(value)
        except ParamError as error:
            raise SettingError(setting, str(error)) from None
    if values.get("nesterov") and not values.get("momentum"):
        raise SettingError("nesterov", "Nesterov needs a momentum above 0; set it to 0.9.")
    return values


def construction(optimiser: Optimiser) -> tuple[str, dict[str, Any]]:
    """Class below ``torch.optim`` and its keyword arguments, only those off torch's default.

    ``clip`` is not among them: it acts on the gradient before the optimiser does.
    Raises SettingError.
    """
    values = checked(optimiser.algorithm, optimiser.settings)
    values.pop("clip")
    chosen = algorithm(optimiser.algorithm)
    defaults = {p.name: p.default for p in chosen.settings}
    arguments: dict[str, Any] = {"lr": values.pop("lr")}
    betas = (values.pop("beta1", None), values.pop("beta2", None))
    if betas[0] is not None and betas != (_BETA1.default, _BETA2.default):
        arguments["betas"] = betas
    arguments |= {name: value for name, value in values.items() if value != defaults[name]}
    return chosen.target, arguments
