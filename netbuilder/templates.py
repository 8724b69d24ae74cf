"""Small networks to begin with, built around whatever data set was chosen.

Each looks at what the fields of the data carry and sizes itself by that; each can be
trained as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from netbuilder.building import Network, Output
from netbuilder.graph import Optimiser, Project, Value
from netbuilder.layers import REGISTRY, TensorSpec
from netbuilder.layers.roles import DataError, DataSet

Fields = Mapping[str, TensorSpec]


@dataclass(frozen=True)
class Template:
    """A way to begin. data: the kind it uses where none was chosen."""

    name: str
    title: str
    help: str
    icon: str
    data: str
    fits: Callable[[Fields], bool]
    build: Callable[[Network, Output, Fields], None]
    epochs: int
    lr: float


def fields_of(kind: str, params: Mapping[str, Value] | None = None) -> Fields:
    """What a data set carries. Raises DataError or ParamError with one sentence."""
    layer = REGISTRY[kind].from_params(params or {})
    if not isinstance(layer, DataSet):
        raise DataError(f"{layer.title} is not a data set.")
    return layer.fields()


def started(template: Template, kind: str, params: Mapping[str, Value] | None = None) -> Project:
    """A project of this template around a data set.

    Raises DataError or ParamError with one sentence if the data cannot be read or does not
    fit the template.
    """
    fields = fields_of(kind, params)
    if not template.fits(fields):
        title = REGISTRY[kind].title
        raise DataError(f"{template.title} needs other fields than {title} has.")
    net = Network(template.name)
    given: dict[str, Any] = dict(params or {})
    data = net.place(kind, **given)
    template.build(net, data, fields)
    optimiser = Optimiser(settings={"lr": template.lr})
    return net.project(epochs=template.epochs, optimisers=(optimiser,))


# --- what fits ------------------------------------------------------------------------------


def _numbers(fields: Fields) -> str | None:
    """The field a network reads: numbers, one or several for each sample."""
    found = (
        n for n, s in fields.items() if s.dtype == "float32" and s.axes >= 2 and s.flow in _READ
    )
    return next(found, None)


_READ = ("image", "sequence", "vector")


def _classes(fields: Fields) -> str | None:
    found = (n for n, s in fields.items() if s.axes == 1 and s.dtype == "int64" and s.classes)
    return next(found, None)


def _amount(fields: Fields) -> str | None:
    """A field of numbers to predict beside the one that is read."""
    first = _numbers(fields)
    found = (n for n, s in fields.items() if n != first and s.dtype == "float32" and s.axes == 2)
    return next(found, None)


def _tokens(fields: Fields) -> tuple[str, str] | None:
    """Tokens, and the same ones a step further on."""
    names = [n for n, s in fields.items() if s.axes == 2 and s.dtype == "int64" and s.classes]
    if len(names) < 2 or fields[names[0]] != fields[names[1]]:
        return None
    return names[0], names[1]


def _can_be_coded(fields: Fields) -> bool:
    """A code shorter than two numbers shows nothing."""
    name = _numbers(fields)
    return name is not None and prod(int(n) for n in fields[name].shape[1:]) >= 4


# --- what is built --------------------------------------------------------------------------


def _body(net: Network, x: Output, spec: TensorSpec) -> Output:
    """Features of a sample, as a vector."""
    found: Output
    if spec.flow == "image":
        x = net.relu(net.conv2d(x, out_channels=16, kernel_size=(3,), padding="same"))
        if min(int(n) for n in spec.shape[2:]) >= 4:
            x = net.max_pool2d(x, kernel_size=(2,))
        x = net.relu(net.conv2d(x, out_channels=32, kernel_size=(3,), padding="same"))
        found = net.flatten(x)
    elif spec.flow == "sequence":
        found = net.lstm(x, hidden_size=64).last
    else:
        x = net.relu(net.linear(x, out_features=32))
        found = net.relu(net.linear(x, out_features=32))
    return found


def _classification(net: Network, data: Output, fields: Fields) -> None:
    source, label = str(_numbers(fields)), str(_classes(fields))
    x = _body(net, getattr(data, source), fields[source])
    scores = net.linear(x, out_features=int(fields[label].classes or 2))
    net.output(scores, name="class")
    wanted = getattr(data, label)
    net.cross_entropy(scores, wanted)
    net.accuracy(scores, wanted)


def _regression(net: Network, data: Output, fields: Fields) -> None:
    source, target = str(_numbers(fields)), str(_amount(fields))
    x = _body(net, getattr(data, source), fields[source])
    guess = net.linear(x, out_features=int(fields[target].shape[1]))
    net.output(guess, name="prediction")
    wanted = getattr(data, target)
    net.mse(guess, wanted)
    net.r2(guess, wanted)


def _autoencoder(net: Network, data: Output, fields: Fields) -> None:
    source = str(_numbers(fields))
    sizes = tuple(int(n) for n in fields[source].shape[1:])
    width = prod(sizes)
    x = given = getattr(data, source)
    if len(sizes) > 1:
        x = net.flatten(x)
    x = net.relu(net.linear(x, out_features=64))
    code = net.tanh(net.linear(x, out_features=max(2, min(16, width // 2))), title="Code")
    x = net.linear(net.relu(net.linear(code, out_features=64)), out_features=width)
    if len(sizes) > 1:
        x = net.reshape(x, sizes=sizes)
    net.output(x, name="copy")
    net.mse(x, given)


def _language(net: Network, data: Output, fields: Fields) -> None:
    tokens, following = _tokens(fields) or ("", "")
    x = net.embedding(getattr(data, tokens), embedding_dim=64)
    x = net.lstm(x, hidden_size=128)
    scores = net.linear(x, out_features=int(fields[tokens].classes or 2))
    wanted = getattr(data, following)
    net.output(scores, name="next")
    net.cross_entropy(scores, wanted)
    net.perplexity(scores, wanted)


TEMPLATES = (
    Template(
        "classification",
        "Classification",
        "Say which class a sample belongs to.",
        "target",
        "digits",
        lambda fields: None not in (_numbers(fields), _classes(fields)),
        _classification,
        20,
        2e-3,
    ),
    Template(
        "regression",
        "Regression",
        "Predict a number.",
        "chart-line",
        "diabetes",
        lambda fields: None not in (_numbers(fields), _amount(fields)),
        _regression,
        40,
        2e-3,
    ),
    Template(
        "autoencoder",
        "Autoencoder",
        "Squeeze samples through a short code and rebuild them.",
        "swap-horizontal",
        "digits",
        _can_be_coded,
        _autoencoder,
        40,
        2e-3,
    ),
    Template(
        "language_model",
        "Language model",
        "Guess the next character of a text.",
        "format-letter-case",
        "text",
        lambda fields: _tokens(fields) is not None,
        _language,
        3,
        3e-3,
    ),
)
