"""NumPy, imported by its first use: it takes longer to load than all declarations together.

``from netbuilder.layers.late import np`` where a declaration computes something, such as the
curve that is drawn of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["Array", "Floats", "np"]

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    Floats = npt.NDArray[np.float64]
else:

    class _Late:
        def __getattr__(self, name: str) -> Any:
            import numpy

            return getattr(numpy, name)

    np = _Late()
    Array = Floats = Any  # names in annotations only
