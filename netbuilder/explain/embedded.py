"""Let a score of tokens be seen as a score of the tokens' vectors."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from netbuilder.explain.undisturbed import ExplainError


class Embedded:
    """A score as a function of the vectors that embeddings give for fixed tokens.

    tokens: (1, T) whole numbers. vectors: (1, T, width), the widths of all embeddings that
    read these tokens side by side. Raises ExplainError if no embedding does.
    """

    def __init__(self, model: nn.Module, score: Callable[[Tensor], Tensor], tokens: Tensor) -> None:
        self._score, self._tokens = score, tokens
        self._tables: list[nn.Module] = []
        seen: list[Tensor] = []

        def watch(module: nn.Module, args: tuple[Tensor, ...], out: Tensor) -> None:
            # A table that is used twice is the same argument of the score.
            if torch.equal(args[0], tokens) and module not in self._tables:
                self._tables.append(module)
                seen.append(out.detach())

        tables = [m for m in model.modules() if isinstance(m, nn.Embedding)]
        handles = [table.register_forward_hook(watch) for table in tables]
        try:
            with torch.no_grad():
                score(tokens)
        finally:
            for handle in handles:
                handle.remove()
        if not seen:
            raise ExplainError("This input is whole numbers that pass no Embedding.")
        self._widths = [vectors.shape[-1] for vectors in seen]
        self.vectors = torch.cat(seen, -1)

    def score(self, vectors: Tensor) -> Tensor:
        """The score, (n,), of n variants of the vectors, (n, T, width)."""
        given = dict(zip(self._tables, torch.split(vectors, self._widths, -1), strict=True))
        tokens = self._tokens.expand(vectors.shape[0], *self._tokens.shape[1:])

        def swap(module: nn.Module, args: tuple[Tensor, ...], out: Tensor) -> Tensor:
            return given[module] if torch.equal(args[0], tokens) else out

        handles = [table.register_forward_hook(swap) for table in self._tables]
        try:
            return self._score(tokens)
        finally:
            for handle in handles:
                handle.remove()
