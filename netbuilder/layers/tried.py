"""Kinds of which only torch knows what leaves them and what they learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netbuilder.layers.law import Begins, Law
from netbuilder.layers.shape import Shape, TensorSpec
from netbuilder.layers.spec import Layer
from netbuilder.layers.trial import tried


class Tried(Layer, Begins, abstract=True):
    """A declaration whose rules are a trial without data."""

    def infer(self, *specs: Any) -> TensorSpec | Mapping[str, TensorSpec]:
        return tried(self, specs).outputs

    def begins(self, name: str, shape: Shape) -> Law | None:
        return None

    def weights(self, *specs: Any) -> Mapping[str, Shape]:
        return tried(self, specs).weights

    def work(self, out: TensorSpec, *specs: Any) -> Mapping[str, Shape]:
        counted = tried(self, specs).multiply_adds
        return {"as torch counts": (counted,)} if counted else {}
