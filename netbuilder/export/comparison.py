"""Whether an exported model answers as the model does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from torch import Tensor

from netbuilder.export.report import ExportError
from netbuilder.export.subject import SHARES, Subject

#: Batch sizes compared, each with the share of the longest sequence it uses.
TRIED = {1: 1.0, 2: SHARES[0], 5: SHARES[1]}
RELATIVE, ABSOLUTE = 1e-3, 1e-5


def compared(
    subject: Subject,
    run: Callable[[list[Tensor]], list[Tensor]],
    to: str,
    any_length: bool = True,
) -> dict[int, float]:
    """Largest absolute difference by batch size, with sequences of several lengths.

    any_length: False if the exported model takes sequences of the example's length only.

    Raises ExportError if answers differ by more than 1e-5 + 0.1 %, have other shapes, or
    the exported model does not run at one of the sizes.
    """
    differences = {}
    for batch, share in TRIED.items():
        inputs = subject.example(batch, seed=batch, share=share if any_length else 1.0)
        expected = subject.answers(inputs)
        try:
            found = run(inputs)
        except Exception as error:  # runtimes raise kinds of their own
            first = next(iter(str(error).splitlines()), type(error).__name__)
            raise ExportError(
                f"The {to} file does not run with {batch} samples, so it was not written: {first}"
            ) from error
        differences[batch] = max(
            _difference(a, b, batch, to) for a, b in zip(expected, found, strict=True)
        )
    return differences


def _difference(expected: Tensor, found: Tensor, batch: int, to: str) -> float:
    a, b = expected.detach().numpy(), found.detach().numpy()
    if a.shape != b.shape:
        raise ExportError(
            f"The {to} file would return {b.shape} instead of {a.shape} with {batch} samples, "
            "so it was not written."
        )
    difference = float(np.nan_to_num(np.abs(a.astype(np.float64) - b)).max(initial=0.0))
    if not np.allclose(a, b, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True):
        raise ExportError(
            f"The {to} file would answer differently by {difference:.2g} with {batch} samples, "
            "so it was not written."
        )
    return difference


def checked_text(differences: dict[int, float]) -> str:
    """The second half of a report's sentence."""
    sizes = ", ".join(str(batch) for batch in differences)
    return f"compared with batches of {sizes}; largest difference {max(differences.values()):.1e}"
