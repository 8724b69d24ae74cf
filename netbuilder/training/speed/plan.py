"""How the arithmetic of a step is done: layout of images, precision, compiled or not.

The network, the batches and the objective stay what they are; only rounding differs, so a
run keeps its plan in its record and is resumed and repeated with the same one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn

from netbuilder.folders import home

#: An objective method of the generated class: fields in, (loss, losses by node) out.
Method = Callable[..., tuple[Tensor, Mapping[str, Tensor]]]
Layout = Literal["contiguous", "channels_last"]
Precision = Literal["float32", "bfloat16"]


@dataclass(frozen=True)
class Plan:
    """One way to compute a step.

    layout: order of an image's numbers in memory; channels last suits most convolutions.
    precision: of products; bfloat16 by torch's autocast, weights and losses stay float32.
    compiled: the objectives go through torch.compile. graphs: what was compiled is recorded
    once and then replayed by the graphics card (CUDA graphs), without a call for each kernel.
    """

    layout: Layout = "contiguous"
    precision: Precision = "float32"
    compiled: bool = False
    graphs: bool = False

    @property
    def title(self) -> str:
        """As the status bar says it: ``bf16 · channels-last``; plain eager is ``eager``."""
        parts = []
        if self.precision == "bfloat16":
            parts.append("bf16")
        if self.layout == "channels_last":
            parts.append("channels-last")
        if self.compiled:
            parts.append("compiled")
        if self.graphs:
            parts.append("CUDA graphs")
        return " · ".join(parts) or "eager"

    @classmethod
    def of(cls, values: object) -> Plan | None:
        """The plan that `saved` wrote, or None if it is none."""
        try:
            plan = cls(**cast(Any, values))
        except TypeError:
            return None
        known = plan.layout in ("contiguous", "channels_last")
        return plan if known and plan.precision in ("float32", "bfloat16") else None

    def saved(self) -> dict[str, Any]:
        """Plain values for a record."""
        return asdict(self)

    def lay_out(self, model: nn.Module) -> None:
        """Put the weights of convolutions into this layout, in place."""
        model.to(memory_format=_FORMATS[self.layout])  # type: ignore[call-overload]

    def laid_out(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The batch with its images in this layout."""
        if self.layout == "contiguous":
            return batch
        return {
            name: t.contiguous(memory_format=torch.channels_last) if t.dim() == 4 else t
            for name, t in batch.items()
        }

    def method(self, method: Method, device: torch.device) -> Method:
        """An objective computed this way."""
        if self.compiled:
            method = _compiled(method, self.graphs and device.type == "cuda")
        if self.precision == "float32":
            return method

        @wraps(method)
        def lower(**batch: Tensor) -> tuple[Tensor, Mapping[str, Tensor]]:
            with torch.autocast(device.type, torch.bfloat16):
                loss, parts = method(**batch)
            return loss.float(), parts

        return lower


def use_cache() -> None:
    """Let torch keep what it compiles with the program's own files, for later runs."""
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(home() / "compiled"))


#: What everybody would write first; always a candidate.
PLAIN = Plan()
_FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def _compiled(method: Method, graphs: bool = False) -> Method:
    """Compiled for the first size of batch that it meets; the odd last one runs as it is.

    graphs: by torch's mode reduce-overhead, whose graphs are of one shape, too.
    """
    import torch._dynamo

    use_cache()
    torch._dynamo.config.suppress_errors = True  # what cannot be compiled runs as it is
    fast = torch.compile(method, dynamic=False, mode="reduce-overhead" if graphs else None)
    rows: list[int] = []

    @wraps(method)
    def chosen(**batch: Tensor) -> tuple[Tensor, Mapping[str, Tensor]]:
        size = next(iter(batch.values())).shape[0]
        if not rows:
            rows.append(size)
        if graphs:  # results of the call before may be written over from here on
            torch.compiler.cudagraph_mark_step_begin()  # type: ignore[no-untyped-call]
        return (fast if size == rows[0] else method)(**batch)

    return chosen
