"""NetBuilder: wire layers into a neural network, watch it learn, take PyTorch away.

>>> import netbuilder as nb
>>> project = nb.load("examples/digits_cnn.netbuilder")
>>> model = nb.compile(project)
>>> for event in nb.train(project): ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from netbuilder.api import (
        Network,
        bag,
        baselines,
        check,
        code,
        compile,
        cross_validate,
        examples,
        export,
        load,
        save,
        train,
        trained,
        trust,
        tune,
    )

__all__ = [
    "Network",
    "__version__",
    "bag",
    "baselines",
    "check",
    "code",
    "compile",
    "cross_validate",
    "examples",
    "export",
    "load",
    "save",
    "train",
    "trained",
    "trust",
    "tune",
]


def __getattr__(name: str) -> Any:
    # Lazy, so that the window and `netbuilder --help` start without torch.
    if name in __all__:
        from netbuilder import api

        return getattr(api, name)
    raise AttributeError(f"module 'netbuilder' has no attribute {name!r}")
