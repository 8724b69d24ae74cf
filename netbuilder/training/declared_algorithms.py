"""The optimisation algorithms: names, settings, ranges, help and sources."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.layers.spec import Param
from netbuilder.training.algorithm import Algorithm


def _float(
    name: str, default: float, label: str, help: str, low: float = 0.0, high: float = 1.0
) -> Param:
    return Param(name, "float", default, label, help, low, high)


def _bool(name: str, label: str, help: str, default: bool = False) -> Param:
    return Param(name, "bool", default, label, help)


def _rate(default: float) -> Param:
    return _float("lr", default, "Learning rate", "How far each step goes.", 0.0, 1e6)


_DECAY = _float("weight_decay", 0.0, "Weight decay", "Pulls the weights towards zero each step.")
_EPS = _float("eps", 1e-8, "Epsilon", "Keeps the division by the gradient's scale finite.", 1e-16)
BETA1 = _float("beta1", 0.9, "Beta 1", "Share of the old mean gradient kept.", 0.0, 0.999999)
BETA2 = _float("beta2", 0.999, "Beta 2", "Share of the old mean square kept.", 0.0, 0.999999)
_MOMENTUM = _float(
    "momentum", 0.0, "Momentum", "Share of the previous step's direction kept.", 0.0, 0.999999
)
_AMSGRAD = _bool("amsgrad", "AMSGrad", "Never let the scale of a gradient shrink again.")

#: What is done about a step besides the algorithm itself (``steps.py``).
L1 = _float(
    "l1", 0.0, "L1 penalty",
    "Adds this times the sum of |w| to what is minimised; with weight decay: elastic net.",
    0.0, 1e6,
)  # fmt: skip
DECAY_BIASES = _bool(
    "decay_biases", "Decay biases",
    "Off: decay and penalties spare biases and the weights of normalisation, all of one axis.",
    True,
)  # fmt: skip
DECOUPLED = _bool(
    "decoupled", "Decoupled decay",
    "Take rate × decay off the weights themselves, not into the gradient.",
)  # fmt: skip
CLIP = _float(
    "clip", 0.0, "Clip gradient",
    "Shorten the gradient to this norm where it is longer; 0 leaves it alone.", 0.0, 1e6,
)  # fmt: skip
CLIP_VALUE = _float(
    "clip_value", 0.0, "Clip each value",
    "Hold every number of the gradient within ± this; 0 leaves it alone.", 0.0, 1e6,
)  # fmt: skip
ACCUMULATE = Param(
    "accumulate", "int", 1, "Accumulate",
    "Compute a batch in this many parts and step once: the memory of one part, the gradient "
    "of all.", 1, 10_000,
)  # fmt: skip

#: Names of the settings that the algorithm itself does not take.
BESIDES = frozenset(p.name for p in (L1, DECAY_BIASES, DECOUPLED, CLIP, CLIP_VALUE, ACCUMULATE))
_STEP = (L1, DECAY_BIASES, CLIP, CLIP_VALUE, ACCUMULATE)

_ALL = (
    Algorithm(
        "sgd", "SGD", "SGD",
        "Steps against the gradient of each batch, with momentum if set.",
        "APS360, week 2; Robbins and Monro 1951; Nesterov 1983; Loshchilov and Hutter 2019 (SGDW)",
        (
            _rate(1e-2), _MOMENTUM,
            _bool("nesterov", "Nesterov", "Look ahead along the momentum. Needs momentum above 0."),
            _DECAY, DECOUPLED, *_STEP,
        ),
        fused=True,
    ),
    Algorithm(
        "adam", "Adam", "Adam",
        "Scales each weight's step by the recent size of its gradient.",
        "APS360, week 2; Kingma and Ba 2015",
        (_rate(1e-3), BETA1, BETA2, _EPS, _DECAY, _AMSGRAD, *_STEP),
        fused=True,
    ),
    Algorithm(
        "adamw", "AdamW", "AdamW",
        "Adam with the weight decay taken apart from the gradient.",
        "Loshchilov and Hutter 2019",
        (
            _rate(1e-3), BETA1, BETA2, _EPS,
            _float("weight_decay", 1e-2, _DECAY.label, _DECAY.help), _AMSGRAD, *_STEP,
        ),
        fused=True,
    ),
    Algorithm(
        "nadam", "NAdam", "NAdam",
        "Adam that looks ahead along its momentum.",
        "Dozat 2016",
        (_rate(2e-3), BETA1, BETA2, _EPS, _DECAY, *_STEP),
    ),
    Algorithm(
        "rmsprop", "RMSprop", "RMSprop",
        "Divides each step by a running root mean square of the gradient.",
        "APS360, week 2; Hinton 2012",
        (
            _rate(1e-2),
            _float("alpha", 0.99, "Alpha", "Share of the old mean square kept.", 0.0, 0.999999),
            _EPS, _MOMENTUM, _DECAY, DECOUPLED,
            _bool("centered", "Centred", "Subtract the mean gradient from its scale."), *_STEP,
        ),
    ),
    Algorithm(
        "adagrad", "Adagrad", "Adagrad",
        "Steps shorten for weights whose gradients have been large so far.",
        "Duchi, Hazan and Singer 2011",
        (
            _rate(1e-2),
            _float("lr_decay", 0.0, "Rate decay", "How fast the learning rate falls.", 0.0, 1e6),
            _float("eps", 1e-10, _EPS.label, _EPS.help, 1e-16), _DECAY, DECOUPLED, *_STEP,
        ),
        fused=True,
    ),
    Algorithm(
        "adadelta", "Adadelta", "Adadelta",
        "Scales each step by how large recent steps were beside recent gradients.",
        "Zeiler 2012",
        (
            _rate(1.0),
            _float("rho", 0.9, "Rho", "Share of the old mean squares kept.", 0.0, 0.999999),
            _float("eps", 1e-6, _EPS.label, _EPS.help, 1e-16), _DECAY, DECOUPLED, *_STEP,
        ),
    ),
    Algorithm(
        "muon", "Muon", "Muon",
        "Makes each matrix of momentum orthogonal before it steps; what is no matrix, such as "
        "biases and convolutions, is trained by AdamW at the same rate and decay.",
        "Jordan et al. 2024; Liu et al. 2025 (matching AdamW)",
        (
            _rate(1e-3),
            _float("weight_decay", 0.1, _DECAY.label, _DECAY.help),
            _float("momentum", 0.95, _MOMENTUM.label, _MOMENTUM.help, 0.0, 0.999999),
            _bool("nesterov", "Nesterov", "Look ahead along the momentum.", True),
            Param("ns_steps", "int", 5, "Iterations", "How often Newton–Schulz is applied to make "
                  "the step orthogonal.", 1, 20),
            Param("adjust_lr_fn", "choice", "match_rms_adamw", "Size of a step",
                  "match_rms_adamw: as large as AdamW's, so its rates fit; original: as in the "
                  "first paper.", choices=("match_rms_adamw", "original")),
            *_STEP,
        ),
        since="2.9",
        matrices=True,
    ),
    Algorithm(
        "lbfgs", "L-BFGS", "LBFGS",
        "Guesses the curvature from the last gradients; each step tries several points. For "
        "the whole training set in one batch.",
        "Liu and Nocedal 1989",
        (
            _rate(1.0),
            Param("max_iter", "int", 20, "Iterations", "Updates in one step, at most.", 1, 1000),
            Param("history_size", "int", 100, "History", "Gradients it remembers.", 1, 1000),
            Param("line_search", "choice", "strong_wolfe", "Line search", "none: each update goes "
                  "the whole rate; strong_wolfe: as far as pays.",
                  choices=("strong_wolfe", "none")),
            _DECAY, L1, DECAY_BIASES, ACCUMULATE,
        ),
        closure=True,
    ),
    Algorithm(
        "newton", "Newton's method", "netbuilder.nn.Newton",
        "Solves with the exact matrix of second derivatives. Time grows with the cube of the "
        "number of weights, memory with its square: that is why it is not used.",
        "Nocedal and Wright 2006, chapter 3",
        (
            _rate(1.0),
            _float("damping", 1e-3, "Damping", "Added to the diagonal of the matrix: the larger, "
                   "the closer to plain gradient descent.", 0.0, 1e6),
            _DECAY, L1, DECAY_BIASES,
        ),
        closure=True,
    ),
)  # fmt: skip

#: Every algorithm by the name that project files use.
ALGORITHMS: Mapping[str, Algorithm] = {a.name: a for a in _ALL}
