r"""How a kind of node is declared: once, in one class.

Palette, inspector, validation, shapes, generated code, help and the test battery all read
the same declaration. `call` returns data, never runs anything, so declarations load
without torch.

    class LeakyReLU(Layer):
        '''Let a little of the negative side through.'''

        kind, title, family = "leaky_relu", "Leaky ReLU", "Activation"
        tex = r"y = \max(0, x) + a \min(0, x)"
        use = "Where many ReLU units have died."
        negative_slope: float = param(0.01, min=0, max=1, help="Slope below zero.")

        def call(self, x):
            return Call("F.leaky_relu", (In("x"), self.negative_slope))
"""

from __future__ import annotations

import dataclasses
import inspect
import math
import threading
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Literal, dataclass_transform

from netbuilder.layers.look import Looks
from netbuilder.layers.parameter import Param as Param
from netbuilder.layers.parameter import ParamError as ParamError
from netbuilder.layers.parameter import ParamType as ParamType
from netbuilder.layers.shape import Flow, Shape, TensorSpec, sample

Role = Literal["layer", "data", "noise", "input", "output", "loss", "metric"]
#: Families in the order of the palette.
FAMILIES = (
    "Data", "Augmentation", "Dense", "Convolution", "Pooling", "Normalisation", "Activation",
    "Recurrent", "Attention", "Combine", "Reshape", "Noise", "Other", "Losses", "Metrics",
    "Outputs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class In:
    """Stands for what arrives at an input port; a `many` port expands to all its wires.

    ``In("self")`` stands for the node's own module, where a function is given it.
    """

    port: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call as data, as in torch.fx: constructing a module or applying a function.

    target: ``nn.Conv2d`` or ``netbuilder.nn.Maxout`` (a module: the node becomes an
    attribute), ``F.relu`` or ``torch.cat`` (a function), ``.flatten`` (a method of the
    first argument), ``+ - * / @`` (an operator between the arguments), ``custom.Sine`` (a
    module of the person's own), ``expression`` (one of the person's own: its text, and what
    its names stand for).
    args, kwargs: numbers, texts, tuples, lists, `In` and further calls.
    """

    target: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kwargs", MappingProxyType(dict(self.kwargs)))

    @property
    def is_module(self) -> bool:
        """Whether this constructs an `nn.Module`, so that the node is an attribute."""
        owner, _, name = self.target.rpartition(".")
        return owner == "custom" or (owner in ("nn", "netbuilder.nn") and name[:1].isupper())


@dataclass(frozen=True, slots=True)
class Port:
    """An input port.

    many: takes several wires, in drawing order. optional: may stay free; then it takes
    what arrives at the port named by `default`, and without one it is left out.
    takes: kinds of data that fit; empty if the shape rule alone decides.
    """

    name: str
    many: bool = False
    optional: bool = False
    takes: tuple[Flow, ...] = ()
    help: str = ""
    default: str = ""


def param(
    default: Any,
    *,
    help: str,
    label: str = "",
    min: float | None = None,
    max: float | None = 1_000_000,
    length: int | None = None,
    path: bool = False,
    folder: bool = False,
    code: bool = False,
) -> Any:
    """Declare a parameter; its type is read from the annotation.

    `int`, `float`, `bool`, `str`, `Literal[...]` (a choice), `tuple[int, ...]` (sizes, one
    for all axes or one an axis: `length` axes), each `| None` if it may be left out.
    """
    metadata = {"help": help, "label": label, "min": min, "max": max, "length": length}
    return dataclasses.field(
        default=default, metadata={**metadata, "path": path, "folder": folder, "code": code}
    )


REGISTRY: dict[str, type[Layer]] = {}
_COMPLETING = threading.RLock()
_BEGINNING = ("weight_init", "init_value", "bias_init")


def _beginning() -> dict[str, tuple[Any, Any]]:
    """Parameters that every kind with weights has: annotations and declarations.

    What they make of it is in ``initial.py``.
    """
    method = Literal[
        "default", "zeros", "constant", "normal", "xavier_uniform", "xavier_normal",
        "kaiming_uniform", "kaiming_normal", "orthogonal",
    ]  # fmt: skip
    return {
        "weight_init": (
            method,
            param(
                "default",
                label="First weights",
                help="How weights are drawn before training. default: as torch does; Xavier fits "
                "tanh and sigmoid, Kaiming ReLU; with zeros all units stay alike.",
            ),
        ),
        "init_value": (
            float | None,
            param(
                None,
                min=-1_000_000,
                label="Scale",
                help="constant: its value (empty: 1); normal: its σ (empty: 0.02); Xavier and "
                "orthogonal: a factor (empty: 1).",
            ),
        ),
        "bias_init": (
            float | None,
            param(
                None,
                min=-1_000_000,
                label="First bias",
                help="Value of every bias before training; empty: as torch draws it.",
            ),
        ),
    }


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(param,))
class Layer:
    """Base of every declaration. Subclassing registers the kind.

    Class attributes: `kind` (name in files and stem of ids), `title`, `family`, `inputs`,
    `outputs`, `role`, `cites` (course and week, or paper), `also` (other words people search
    for). Help: `tex` (the formula, in LaTeX as mathtext knows it, a line for each line; as text
    it is told by ``formula.py``), `use` (when to use it, at most 200 characters), `mistakes`
    (what often goes wrong, a sentence each).
    The first docstring line says what it does; the rest is its help.
    """

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    family: ClassVar[str] = ""
    tex: ClassVar[str] = ""
    use: ClassVar[str] = ""
    mistakes: ClassVar[tuple[str, ...]] = ()
    cites: ClassVar[str] = ""
    also: ClassVar[str] = ""
    role: ClassVar[Role] = "layer"
    inputs: ClassVar[tuple[Port, ...]] = (Port("x"),)
    outputs: ClassVar[tuple[str, ...]] = ("y",)
    #: How the result is taken apart, with output ports in braces: ``{y}, ({h}, {c})``.
    returns: ClassVar[str] = ""
    abstract: ClassVar[bool] = True

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.abstract = abstract
        if "weights" in cls.__dict__ and not hasattr(cls, "weight_init"):
            for name, (hint, declared) in _beginning().items():
                cls.__annotations__[name] = hint
                setattr(cls, name, declared)
        if not abstract:
            if "kind" not in cls.__dict__ or cls.kind in REGISTRY:
                raise TypeError(f"{cls.__name__} needs a `kind` of its own")
            REGISTRY[cls.kind] = cls

    def __new__(cls, *args: Any, **kwargs: Any) -> Layer:
        cls.completed()
        return object.__new__(cls)

    @classmethod
    def completed(cls) -> None:
        """Make the class the frozen dataclass that it declares, with its bases, when first used.

        Writing the methods of two hundred dataclasses took most of the time in which the
        registry loads, and a session uses a handful of them.
        """
        if "_whole" in cls.__dict__:
            return
        with _COMPLETING:  # two threads of an engine may meet a class at once
            if "_whole" not in cls.__dict__:
                for base in reversed(cls.__mro__[1:]):
                    if issubclass(base, Layer) and base is not Layer:
                        base.completed()
                dataclass(frozen=True, kw_only=True)(cls)
                cls._whole = True  # type: ignore[attr-defined]

    # --- what a declaration may define -------------------------------------------------

    def call(self, *specs: Any) -> Call:
        """How torch does it, given what arrives at each input port.

        A spec is a `TensorSpec`; None at a free optional port; a tuple at a `many` port.
        """
        raise TypeError(f"{self.kind} declares no call")

    def applied(self, used: frozenset[str], *specs: Any) -> Call:
        """How the module built by `call` is applied; `used` are the output ports needed.

        specs: as for `call`, because what is passed on may depend on which ports are free.
        """
        return Call("self", tuple(In(port.name) for port in self.input_ports()))

    def taken(self, used: frozenset[str]) -> str:
        """How the result is taken apart: `returns`, or the only output."""
        return self.returns or f"{{{self.output_ports()[0]}}}"

    @property
    def picks(self) -> Mapping[str, str]:
        """Output ports that are an expression over names of `taken`: ``{"last": "{h}[-1]"}``.

        ``{self}`` stands for the module, whose weights can so leave by a port.
        """
        return {}

    def infer(self, *specs: Any) -> TensorSpec | Mapping[str, TensorSpec]:
        """What flows out, in plain Python; raises ShapeError with the numbers.

        The default fits everything that works element by element. A test holds every
        rule against torch's meta device.
        """
        return typing.cast(TensorSpec, specs[0])

    def looks(self, *specs: Any) -> Looks:
        """How far each value looks into what arrives at the first port, axis by axis.

        The default is everywhere. Receptive fields are counted from it.
        """
        return {}

    def weights(self, *specs: Any) -> Mapping[str, Shape]:
        """Shapes of the learned tensors, by their names in torch."""
        return {}

    def multiply_adds(self, out: TensorSpec, *specs: Any) -> int:
        """Multiplications (each with an addition) for one sample."""
        return sum(math.prod(factors) for factors in self.work(out, *specs).values())

    def work(self, out: TensorSpec, *specs: Any) -> Mapping[str, Shape]:
        """What is multiplied for one sample: by name, the factors whose product says how often.

        The default multiplies every learned matrix once for each place of the result.
        """
        found = {}
        for name, shape in self.weights(*specs).items():
            if len(shape) > 1:
                places = list(sample(out.shape))
                if shape[0] in places:
                    places.remove(shape[0])
                else:
                    places = [math.prod(places) // int(shape[0])]
                found[name] = (*shape, *places)
        return found

    def not_in_onnx(self, *specs: Any) -> str:
        """Why this node cannot be written as ONNX, in one sentence; empty if it can."""
        return ""

    def input_ports(self) -> tuple[Port, ...]:
        """Input ports of this node, which may depend on its parameters."""
        return self.inputs

    def output_ports(self) -> tuple[str, ...]:
        """Output ports of this node, which may depend on its parameters."""
        return self.outputs

    def summary(self) -> str:
        """At most 19 characters on the node: the parameters that matter, ``16 · 3×3``."""
        shown = [f"{getattr(self, p.name)}" for p in self.params()[:2] if p.type != "bool"]
        return " · ".join(shown)

    @property
    def foreign(self) -> str:
        """Code that did not come with this program: it runs only where it is trusted."""
        return ""

    # --- readers ---------------------------------------------------------------------

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        """Declared parameters in order; how weights begin comes last."""
        cached = cls.__dict__.get("_params")
        if cached is None:
            cls.completed()
            hints = typing.get_type_hints(cls)
            own = sorted(dataclasses.fields(cls), key=lambda f: f.name in _BEGINNING)  # type: ignore[arg-type]
            cached = tuple(_param(f, hints[f.name]) for f in own)
            cls._params = cached  # type: ignore[attr-defined]
        return typing.cast("tuple[Param, ...]", cached)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Layer:
        """This kind with these parameters, checked; raises ParamError."""
        declared = {p.name: p for p in cls.params()}
        for name in params:
            if name not in declared:
                known = ", ".join(declared) or "none"
                raise ParamError(name, f"{cls.title} has no parameter {name}; it has {known}.")
        values = {n: declared[n].checked(v) for n, v in params.items()}
        return cls(**values)

    @classmethod
    def help(cls) -> str:
        """The docstring, indentation removed."""
        return inspect.cleandoc(cls.__doc__ or "")


def _param(f: dataclasses.Field[Any], hint: Any) -> Param:
    args = [a for a in typing.get_args(hint) if a is not type(None)]
    optional = type(None) in typing.get_args(hint)
    base = args[0] if optional and len(args) == 1 else hint
    origin = typing.get_origin(base)
    choices: tuple[str, ...] = ()
    kind: ParamType
    if origin is Literal:
        kind, choices = "choice", tuple(typing.get_args(base))
    elif origin is tuple:
        kind = "ints"
    elif f.metadata.get("path"):
        kind = "path"
    elif f.metadata.get("code"):
        kind = "code"
    else:
        kind = typing.cast(ParamType, {int: "int", float: "float", bool: "bool", str: "text"}[base])
    label = f.metadata.get("label") or f.name.replace("_", " ").capitalize()
    number = kind in ("int", "float", "ints")
    return Param(
        name=f.name,
        type=kind,
        default=f.default,
        label=label,
        help=f.metadata["help"],
        min=f.metadata["min"] if number else None,
        max=f.metadata["max"] if number else None,
        choices=choices,
        length=f.metadata["length"],
        optional=optional,
        folder=bool(f.metadata.get("folder")),
    )
